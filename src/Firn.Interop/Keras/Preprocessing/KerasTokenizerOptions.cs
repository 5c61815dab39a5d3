namespace Firn.Interop.Keras.Preprocessing;

/// <summary>The settings of a Keras tokenizer; what is not set is as Keras has it.</summary>
public sealed record KerasTokenizerOptions
{
    /// <summary>
    /// What Keras takes for separators: ASCII punctuation without the apostrophe, tabulator and line feed.
    /// </summary>
    public const string DefaultFilters = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n";

    /// <summary>Ids from this one on count as unknown words; null or 0 for none.</summary>
    public int? NumWords { get; init; }

    /// <summary>
    /// The word whose id stands for unknown ones; null where they are left out. It must be a word of the index.
    /// </summary>
    public string? OovToken { get; init; }

    /// <summary>Characters that become separators.</summary>
    public string Filters { get; init; } = DefaultFilters;

    /// <summary>Whether texts become lower case first.</summary>
    public bool Lower { get; init; } = true;

    /// <summary>What stands between words; no other space does.</summary>
    public string Split { get; init; } = " ";

    /// <summary>Whether each character is a word; filters are then not used.</summary>
    public bool CharLevel { get; init; }
}
