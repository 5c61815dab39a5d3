using System.Globalization;

namespace Firn.Data;

/// <summary>Labels as they stand in data, to classes and their names.</summary>
public sealed class LabelMap
{
    private const int MaxClasses = 100_000;

    // From so many on, a column with nearly as many values as rows is one of texts or numbers of rows.
    private const int ManyClasses = 1000;
    private readonly Dictionary<string, int> _classes = new(StringComparer.Ordinal);

    private LabelMap(IReadOnlyList<string> names, Dictionary<string, int>? known = null)
    {
        Names = names;
        foreach ((string label, int c) in known ?? [])
            _classes[label] = c;
        for (int c = 0; c < names.Count; c++)
            _classes.TryAdd(names[c], c);
        for (int c = 0; c < names.Count; c++)
            _classes.TryAdd(names[c].ToLowerInvariant(), c);
    }

    /// <summary>Stands between the labels of a text that has several: <c>joy|love</c>.</summary>
    public const char Separator = '|';

    /// <summary>
    /// The sets of classes that labels are numbers of, where a text may have several; null for one class a text.
    /// </summary>
    public LabelSets? Sets { get; private init; }

    /// <summary>Names of the classes, [C].</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// Classes in a stable order: labels that are whole numbers by value, else all by their characters. Labels that the
    /// names call the same are one class.
    /// </summary>
    /// <param name="labels">The distinct labels of the data.</param>
    /// <param name="names">Names for some of them; the others are their own.</param>
    /// <exception cref="InvalidDataException">
    /// There are fewer than two classes, or so many that they can be no labels.
    /// </exception>
    public static LabelMap From(IReadOnlyCollection<string> labels, IReadOnlyDictionary<string, string> names) =>
        From(labels, names, long.MaxValue);

    /// <summary>As above, and refuses so many classes for so few texts that they can be no labels.</summary>
    /// <param name="labels">The distinct labels of the data.</param>
    /// <param name="names">Names for some of them.</param>
    /// <param name="texts">Texts of the data.</param>
    internal static LabelMap From(
        IReadOnlyCollection<string> labels,
        IReadOnlyDictionary<string, string> names,
        long texts
    )
    {
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(names);
        bool numbers = labels.All(l =>
            long.TryParse(l, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
        );
        IEnumerable<string> ordered = numbers
            ? labels.OrderBy(l => long.Parse(l, CultureInfo.InvariantCulture))
            : labels.Order(StringComparer.Ordinal);
        string[] classes = [.. ordered.Select(l => names.GetValueOrDefault(l, l)).Distinct(StringComparer.Ordinal)];
        if (classes.Length < 2)
        {
            throw new InvalidDataException(
                classes.Length == 0
                    ? "The data holds no labeled text; check the path and the columns."
                    : $"The data holds one label, '{classes[0]}', and a classifier needs two; check the label column."
            );
        }
        if (classes.Length > MaxClasses || (classes.Length > ManyClasses && classes.Length > texts / 2))
        {
            throw new InvalidDataException(
                $"The data holds {classes.Length} different labels, such as '{classes[0]}' and '{classes[1]}', too "
                    + $"many for its texts or for a classifier ({MaxClasses} at most); name the column that holds "
                    + $"the label, or join rare labels."
            );
        }
        var map = new LabelMap(classes);
        foreach (string label in labels)
            map._classes[label] = map._classes[names.GetValueOrDefault(label, label)];
        return map;
    }

    /// <summary>
    /// As <see cref="From(IReadOnlyCollection{string}, IReadOnlyDictionary{string, string})"/> where a text may have
    /// any number of labels, with <see cref="Separator"/> between them; an empty label is none, and so is a lone
    /// separator, which files need because they take an empty label for a mistake.
    /// </summary>
    /// <exception cref="InvalidDataException">As there.</exception>
    public static LabelMap FromSets(IReadOnlyCollection<string> labels, IReadOnlyDictionary<string, string> names)
    {
        ArgumentNullException.ThrowIfNull(labels);
        LabelMap single = From([.. labels.SelectMany(Parts).Distinct(StringComparer.Ordinal)], names);
        return new LabelMap(single.Names, single._classes) { Sets = new LabelSets(single.Names.Count) };
    }

    /// <summary>The classes of a trained model, by their names.</summary>
    /// <param name="names">Names of the classes, [C].</param>
    /// <param name="several">Whether a text may have several.</param>
    public static LabelMap Of(IReadOnlyList<string> names, bool several)
    {
        ArgumentNullException.ThrowIfNull(names);
        return new LabelMap(names) { Sets = several ? new LabelSets(names.Count) : null };
    }

    /// <summary>
    /// The class of a label: by itself, by the name it bears, or by either in lower case; -1 when there is none. Where
    /// a text may have several, the number of the set in <see cref="Sets"/>; -1 when a class of them is unknown.
    /// </summary>
    public int ClassOf(string label, IReadOnlyDictionary<string, string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (Sets is null)
            return Single(label, names);
        int[] classes = [.. Parts(label).Select(part => Single(part, names))];
        return classes.Contains(-1) ? -1 : Sets.Add(classes);
    }

    private static string[] Parts(string label) =>
        label.Split(Separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    // A column of whole numbers becomes one of 0.0 and 1.0 where another program met an empty field in it.
    private bool SameNumber(string label, out int found)
    {
        found = -1;
        return WholeNumbers.Of(label) is { } whole
            && (_classes.TryGetValue(whole, out found) || _classes.TryGetValue(whole + ".0", out found));
    }

    private int Single(string label, IReadOnlyDictionary<string, string>? names)
    {
        string name = names?.GetValueOrDefault(label) ?? label;
        return
            _classes.TryGetValue(name, out int c)
            || _classes.TryGetValue(name.ToLowerInvariant(), out c)
            || _classes.TryGetValue(label, out c)
            || SameNumber(label, out c)
            ? c
            : -1;
    }
}
