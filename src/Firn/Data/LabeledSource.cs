namespace Firn.Data;

/// <summary>Labeled texts and what is known of their labels.</summary>
/// <param name="Rows">The texts; can be gone through more than once.</param>
/// <param name="Description">Where they come from.</param>
/// <param name="LabelNames">Names for labels.</param>
internal sealed record LabeledSource(
    IEnumerable<LabeledText> Rows,
    string Description,
    IReadOnlyDictionary<string, string> LabelNames
)
{
    /// <summary>A label for messages, with the name it bears: <c>2 (neutral)</c>.</summary>
    public string Named(string label) =>
        LabelNames.TryGetValue(label, out string? name) && name != label ? $"{label} ({name})" : label;

    /// <summary>The name that a label bears, else the label.</summary>
    public string NameOf(string label) => LabelNames.GetValueOrDefault(label, label);

    /// <summary>The file that texts come from, corrected or not; null for texts in memory.</summary>
    public static CorpusReader? Reader(IEnumerable<LabeledText> rows) =>
        (rows is CorrectedTexts corrected ? corrected.Texts : rows) as CorpusReader;

    public static LabeledSource Of(IEnumerable<LabeledText> rows, IReadOnlyDictionary<string, string>? names)
    {
        var reader = Reader(rows);
        var all = new Dictionary<string, string>(
            reader?.LabelNames ?? new Dictionary<string, string>(),
            StringComparer.Ordinal
        );
        foreach ((string label, string name) in names ?? new Dictionary<string, string>())
            all[label] = name;
        return new LabeledSource(rows, reader?.Description ?? "texts in memory", all);
    }
}
