namespace Firn.Data;

/// <summary>
/// What reading a corpus from its first row to its last came to; kept in a bundle, so that others can see how its texts
/// were read.
/// </summary>
public sealed record CorpusSummary
{
    /// <summary>The layout.</summary>
    public required CorpusLayout Layout { get; init; }

    /// <summary>
    /// The encoding by which the bytes were read, a name that <see cref="TextEncodings.Get(string)"/> knows.
    /// </summary>
    public required string Encoding { get; init; }

    /// <summary>
    /// Bytes in the texts that were none of the encoding; under <see cref="TextEncodings.Auto"/> they were read as
    /// Windows-1252.
    /// </summary>
    public long InvalidBytes { get; init; }

    /// <summary>Rows read.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows left out because they could not be read.</summary>
    public long Skipped { get; init; }

    /// <summary>How many rows were left out for each reason, of the first hundred reasons.</summary>
    public IReadOnlyDictionary<string, long> SkipReasons { get; init; } = new Dictionary<string, long>();

    /// <summary>The number of distinct labels.</summary>
    public int DistinctLabels { get; init; }

    /// <summary>Rows of each label as it stands in the data, the most frequent first, at most a hundred.</summary>
    public IReadOnlyList<LabelCount> Labels { get; init; } = [];

    /// <summary>What is odd about labels and texts: labels that differ only in case, texts that are empty.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <summary>How many rows have a label.</summary>
/// <param name="Label">As it stands in the data.</param>
/// <param name="Rows">Rows that have it.</param>
public sealed record LabelCount(string Label, long Rows);
