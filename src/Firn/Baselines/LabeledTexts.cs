using Firn.Data;

namespace Firn.Baselines;

/// <summary>Texts as written and their classes.</summary>
internal sealed record LabeledTexts(string[] Texts, int[] Labels)
{
    public static LabeledTexts Empty { get; } = new([], []);

    /// <summary>Texts whose label has a class.</summary>
    public static LabeledTexts Of(
        IEnumerable<LabeledText> rows,
        LabelMap labels,
        IReadOnlyDictionary<string, string> names
    )
    {
        var texts = new List<string>();
        var classes = new List<int>();
        foreach (LabeledText row in rows)
        {
            int c = labels.ClassOf(row.Label, names);
            if (c < 0)
                continue;
            texts.Add(row.Text);
            classes.Add(c);
        }
        return new LabeledTexts([.. texts], [.. classes]);
    }

    public LabeledTexts Select(int[] rows) => new([.. rows.Select(r => Texts[r])], [.. rows.Select(r => Labels[r])]);
}
