using System.Text;
using System.Text.Json;
using Firn.Files;
using Firn.Interop.Keras;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;

namespace Firn.Interop.Labels;

/// <summary>
/// Reads the names of classes as people keep them beside a model: an encoder of scikit-learn (pickle or joblib), a list
/// or
/// a dictionary in a pickle or in JSON, or a text of one name a line.
/// </summary>
public static class LabelFile
{
    private const string Remedy = "Give a LabelEncoder, a list of names, or names with their numbers from 0 on.";
    private static readonly string[] Lists =
    [
        "classes",
        "classes_",
        "labels",
        "label_names",
        "class_names",
        "id2label",
    ];

    /// <summary>The name of each class, in the order of their numbers.</summary>
    /// <param name="path">The file; told apart by its content.</param>
    /// <returns>At least one name; blanks at their ends are gone, unless two names would then be alike.</returns>
    /// <exception cref="InvalidDataException">
    /// It holds no names, one twice, or numbers that do not go from 0 on without a gap; nothing in it is ever run.
    /// </exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return OneLine.Read(() => ReadNames(path));
    }

    private static List<string> ReadNames(string path)
    {
        if (!InputFile.KindOf(path).IsText())
            return Checked(path, OfPickle(path, PickleFile.Read(path)));
        if (Json.Begins(path))
            return Checked(path, Json.Guarded(path, () => OfJson(path)));
        return Checked(path, PickleFile.TryReadText(path, out object? root) ? OfPickle(path, root) : OfLines(path));
    }

    private static List<string> OfPickle(string path, object? root)
    {
        string? other = null;
        foreach (object value in PickleFile.Within(root))
        {
            if (value is PickleObject described)
            {
                if (OfEncoder(described, path) is { } classes)
                    return classes;
                if (described.Type is PickleGlobal { Name: not ("dtype" or "ndarray" or "_reconstruct") } type)
                    other ??= type.ToString();
            }
            if (value is PickleDict dictionary && OfPairs(Pairs(dictionary)) is { } named)
                return named;
            if (NumPyTexts.Values(value, path) is { Count: > 0 } list && list.All(v => v is string))
                return [.. list.Cast<string>()];
        }
        throw Bad(path, $"this pickle holds {(other is null ? "" : $"a {other} and ")}no names of classes");

        static IEnumerable<(object? Key, object? Value)> Pairs(PickleDict dictionary) =>
            dictionary.Entries.Select(e => (NumPyTexts.Plain(e.Key), NumPyTexts.Plain(e.Value)));
    }

    /// <summary>
    /// LabelEncoder, LabelBinarizer and MultiLabelBinarizer have classes, OneHotEncoder one list of categories.
    /// </summary>
    private static List<string>? OfEncoder(PickleObject encoder, string path)
    {
        if (!encoder.TypeName.StartsWith("sklearn.", StringComparison.Ordinal))
            return null;
        bool has = encoder.TryGetAttribute("classes_", out object? classes);
        if (!has && encoder.TryGetAttribute("categories_", out object? categories))
            classes = categories is List<object?> { Count: 1 } only ? only[0] : null;
        if (NumPyTexts.Values(classes, path) is not { Count: > 0 } values)
            throw Bad(path, $"the {encoder.TypeName} has no classes; it was never fitted");
        return [.. values.Select(v => NumPyTexts.Text(v) ?? throw Bad(path, "a class of the encoder has no name"))];
    }

    private static List<string> OfJson(string path)
    {
        using JsonDocument document = Json.Read(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Object)
        {
            string? name = Array.Find(
                Lists,
                n =>
                    root.TryGetProperty(n, out JsonElement inner)
                    && inner.ValueKind is JsonValueKind.Array or JsonValueKind.Object
            );
            root = name is null ? root : root.GetProperty(name);
        }
        if (root.ValueKind == JsonValueKind.Array)
        {
            return
            [
                .. root.EnumerateArray()
                    .Select(v =>
                        NumPyTexts.Text(Json.Plain(v))
                        ?? throw Bad(path, $"the list holds {v.ValueKind} where a name is expected")
                    ),
            ];
        }
        IEnumerable<(object?, object?)> pairs =
            root.ValueKind == JsonValueKind.Object
                ? root.EnumerateObject().Select(p => ((object?)p.Name, Json.Plain(p.Value)))
                : [];
        return OfPairs(pairs) ?? throw Bad(path, "this JSON holds no names of classes with numbers from 0 on");
    }

    /// <summary>
    /// Names with numbers, in either direction; null where the numbers are not 0 to the count less one.
    /// </summary>
    private static List<string>? OfPairs(IEnumerable<(object? Key, object? Value)> pairs)
    {
        var read = pairs.ToList();
        bool byName = read.TrueForAll(p => NumPyTexts.Whole(p.Value) is not null && p.Value is not string);
        var names = new string?[read.Count];
        foreach ((object? key, object? value) in read)
        {
            object? number = byName ? value : key;
            long at = NumPyTexts.Whole(number) ?? (long.TryParse(number as string, out long parsed) ? parsed : -1);
            string? name = NumPyTexts.Text(byName ? key : value);
            if (at < 0 || at >= names.Length || names[at] is not null || name is null)
                return null;
            names[at] = name;
        }
        return names.Length == 0 ? null : [.. names.Select(n => n!)];
    }

    private static List<string> OfLines(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        while (lines.Count > 0 && string.IsNullOrWhiteSpace(lines[^1]))
            lines.RemoveAt(lines.Count - 1);
        int blank = lines.FindIndex(string.IsNullOrWhiteSpace);
        return blank < 0 ? lines : throw Bad(path, $"line {blank + 1} is blank where the name of a class is expected");
    }

    private static List<string> Checked(string path, List<string> names)
    {
        List<string> trimmed = names.ConvertAll(n => n.Trim());
        bool apart = trimmed.Distinct(StringComparer.Ordinal).Count() == trimmed.Count;
        names = apart && trimmed.TrueForAll(n => n.Length > 0) ? trimmed : names;
        if (names.Count == 0)
            throw Bad(path, "there are no names of classes");
        string? twice = names.GroupBy(n => n, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1)?.Key;
        return twice is null ? names : throw Bad(path, $"the class '{twice}' is there twice");
    }

    private static InvalidDataException Bad(string path, string problem) => new($"{path}: {problem}. {Remedy}");
}
