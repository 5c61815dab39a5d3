using System.Text;
using System.Text.Json;
using Firn.Files;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;

namespace Firn.Interop.Keras.Preprocessing;

/// <summary>
/// Reads the vocabulary of a <c>TextVectorization</c> layer as people keep it beside an <c>.h5</c> file.
/// </summary>
internal static class VocabularyFile
{
    private const string Remedy = "Give what get_vocabulary() gave, pickled, as JSON or a word a line.";

    /// <summary>The words, in the order of their ids.</summary>
    public static IReadOnlyList<string> Read(string path)
    {
        IReadOnlyList<string> words = Words(path);
        return words.Count > 0 ? words : throw Bad(path, "there are no words");
    }

    private static IReadOnlyList<string> Words(string path)
    {
        if (!InputFile.KindOf(path).IsText())
            return OfPickle(path, PickleFile.Read(path));
        if (PickleFile.TryReadText(path, out object? root))
            return OfPickle(path, root);
        // the special word is what a list of JSON could be taken for
        if (
            Json.Begins(path)
            && OfLines(path)
                is not ([_, KerasTextVectorization.UnknownToken, ..] or [KerasTextVectorization.UnknownToken, ..])
        )
            return Json.Guarded(path, () => OfJson(path));
        return OfLines(path);
    }

    /// <summary>The longest list of texts: a vocabulary alone, or the weights beside a layer's settings.</summary>
    private static string[] OfPickle(string path, object? root)
    {
        string[] longest = [];
        foreach (object value in PickleFile.Within(root))
        {
            if (
                NumPyTexts.Values(value, path) is { } values
                && values.Count > longest.Length
                && values.All(v => v is string)
            )
                longest = [.. values.Cast<string>()];
        }
        return longest.Length > 0 ? longest : throw Bad(path, "this pickle holds no list of words");
    }

    private static string[] OfJson(string path)
    {
        using JsonDocument document = Json.Read(path);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw Bad(path, "this JSON is no list of words");
        IEnumerable<JsonElement> words = document.RootElement.EnumerateArray();
        return
        [
            .. words.Select(w =>
                w.ValueKind == JsonValueKind.String
                    ? w.GetString()!
                    : throw Bad(path, $"the list holds {w.ValueKind} where a word is expected")
            ),
        ];
    }

    /// <summary>A word a line; the first may be empty, which is the word of padding.</summary>
    private static List<string> OfLines(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path), Encoding.UTF8);
        var words = new List<string>();
        while (reader.ReadLine() is { } line)
            words.Add(line);
        return words;
    }

    private static InvalidDataException Bad(string path, string problem) => new($"{path}: {problem}. {Remedy}");
}
