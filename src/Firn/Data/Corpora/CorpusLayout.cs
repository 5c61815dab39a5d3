namespace Firn.Data;

/// <summary>How the texts of a corpus are laid out, as it was found or named.</summary>
/// <param name="Name">The layout in words: <c>CSV</c>, <c>fastText</c>, <c>JSON lines</c>.</param>
public sealed record CorpusLayout(string Name)
{
    /// <summary>What separates the fields: <c>comma</c>, <c>tab</c>; null where nothing does.</summary>
    public string? Separator { get; init; }

    /// <summary>Whether the first row names the columns; null where there are none.</summary>
    public bool? HasHeader { get; init; }

    /// <summary>
    /// The column or property of the text, several with commas between; a number from 1 where the columns have no
    /// names; null where there are none.
    /// </summary>
    public string? TextColumn { get; init; }

    /// <summary>The column or property of the label, as <see cref="TextColumn"/>.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>What is unusual about the file and how it was taken.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The name of a separator.</summary>
    internal static string SeparatorName(char separator) =>
        separator switch
        {
            ',' => "comma",
            '\t' => "tab",
            ';' => "semicolon",
            '|' => "bar",
            ' ' => "space",
            _ => $"'{separator}'",
        };
}
