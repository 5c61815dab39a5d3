namespace Firn.Data;

/// <summary>What a model was trained on.</summary>
/// <param name="Description">Where the texts came from, in words.</param>
/// <param name="Rows">Labeled texts read, training, validation and test together.</param>
/// <param name="Sha256">
/// Hash of the rows in order, 64 hexadecimal digits: of each row label, a zero byte, text, a line feed, in UTF-8. Says
/// whether two models saw the same data, whatever the file's format.
/// </param>
public sealed record DataSource(string Description, long Rows, string Sha256)
{
    /// <summary>
    /// How the file was read: layout, encoding, rows left out; null for texts that came from no file.
    /// </summary>
    public CorpusSummary? Reading { get; init; }

    /// <summary>No data: a model that was put together by hand.</summary>
    public static DataSource None { get; } = new("none", 0, "");
}
