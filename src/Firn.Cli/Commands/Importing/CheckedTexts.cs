using Firn.Cli.Output;
using Firn.Data;

namespace Firn.Cli.Commands.Importing;

/// <summary>Labeled texts that settings are tried on.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Labels">The number of each text's label, in <paramref name="Names"/>.</param>
/// <param name="Names">The labels as they are called, in order: numbers by size, else by the alphabet.</param>
internal sealed record CheckedTexts(IReadOnlyList<string> Texts, int[] Labels, IReadOnlyList<string> Names)
{
    /// <summary>Reads texts spread over the whole file, as many as are asked for at most.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="names">Names for its labels.</param>
    /// <param name="most">Texts, at most.</param>
    public static CheckedTexts Read(CorpusReader reader, IReadOnlyDictionary<string, string>? names, int most)
    {
        var rows = new List<LabeledText>();
        int stride = 1,
            number = 0;
        foreach (LabeledText row in reader)
        {
            if (number++ % stride != 0)
                continue;
            rows.Add(row);
            if (rows.Count < 2 * most)
                continue;
            rows = [.. rows.Where((_, i) => i % 2 == 0)];
            stride *= 2;
        }
        if (rows.Count > most)
            rows = [.. Enumerable.Range(0, most).Select(i => rows[(int)((long)i * rows.Count / most)])];
        if (rows.Count == 0)
            throw new UserError($"{reader.Path}: there is no labeled text in it");
        string[] labels = [.. rows.Select(r => Named(r.Label))];
        bool numbers = labels.All(l => int.TryParse(l, out _));
        string[] distinct =
        [
            .. labels
                .Distinct()
                .OrderBy(l => numbers ? int.Parse(l, System.Globalization.CultureInfo.InvariantCulture) : 0)
                .ThenBy(l => l, StringComparer.Ordinal),
        ];
        var numberOf = distinct.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        return new CheckedTexts([.. rows.Select(r => r.Text)], [.. labels.Select(l => numberOf[l])], distinct);

        string Named(string label) =>
            names?.GetValueOrDefault(label) ?? reader.LabelNames.GetValueOrDefault(label) ?? label;
    }
}
