using System.Text.Json;
using Firn.Interop.NumPy;
using Firn.Interop.Pickle;

namespace Firn.Interop.Keras.Preprocessing;

/// <summary>Reads tokenizers from files of every form in which people keep them.</summary>
internal static class TokenizerFile
{
    private const int MaxGaps = 4; // ids of an index without words for some; settings under names have far larger ones
    private const string Remedy = "Give the pickle or to_json text of a Keras Tokenizer, or its word_index.";
    private static readonly string[] Settings = ["num_words", "oov_token", "filters", "lower", "split", "char_level"];

    public static KerasTokenizer Load(string path)
    {
        return Json.Begins(path) ? Json.Guarded(path, () => Make(path, FromJson(path))) : Make(path, FromPickle(path));
    }

    private static TokenizerState FromPickle(string path)
    {
        object? root = PickleFile.Read(path);
        string? other = null;
        PickleDict? index = null;
        foreach (object value in PickleFile.Within(root))
        {
            if (value is PickleObject described)
            {
                if (IsTokenizer(described))
                    return FromObject(path, described);
                other ??= described.Type is PickleGlobal ? described.TypeName : null;
            }
            else if (value is PickleDict dictionary)
            {
                if (dictionary.TryGet("word_index", out object? inner) && inner is PickleDict or PickleObject)
                    return FromDictionary(dictionary);
                if (index is null && IsIndex(dictionary))
                    index = dictionary;
            }
        }
        if (index is not null && other is null)
            return new TokenizerState(Entries(index), []);
        string found = other is null ? "no class and no word index" : $"a {other}";
        throw new InvalidDataException(
            $"{path}: byte 0: this pickle holds {found} where a tokenizer is expected. {Remedy}"
        );
    }

    /// <summary>
    /// The class under all the names that it had: of Keras alone, in TensorFlow, and keras_preprocessing.
    /// </summary>
    private static bool IsTokenizer(PickleObject value) =>
        value.Type is PickleGlobal { Name: "Tokenizer" } type
        && type.Module.EndsWith("text", StringComparison.Ordinal)
        && type.Module.Contains("preprocessing", StringComparison.Ordinal)
        && type.Module.Split('.')[0] is "keras" or "tf_keras" or "tensorflow" or "keras_preprocessing";

    private static TokenizerState FromObject(string path, PickleObject tokenizer)
    {
        if (tokenizer.State is not PickleDict attributes)
            throw new InvalidDataException($"{path}: byte 0: the {tokenizer.TypeName} has no settings. {Remedy}");
        if (attributes.TryGet("analyzer", out object? analyzer) && analyzer is not null)
        {
            throw new InvalidDataException(
                $"{path}: byte 0: the tokenizer cuts texts by a function of its author's "
                    + $"own ({analyzer}), which is code and is not run. Give a tokenizer that has none."
            );
        }
        return FromDictionary(attributes);
    }

    private static TokenizerState FromDictionary(PickleDict attributes)
    {
        attributes.TryGet("word_index", out object? index);
        PickleDict? words = index as PickleDict ?? (index as PickleObject)?.Entries;
        var settings = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach ((object? key, object? value) in attributes.Entries)
        {
            if (key is string name)
                settings[name == "nb_words" ? "num_words" : name] = NumPyTexts.Plain(value); // as Keras 1 calls it
        }
        return new TokenizerState(words is null ? [] : Entries(words), settings);
    }

    private static bool IsIndex(PickleDict dictionary) =>
        dictionary.Entries.Count > 0
        && dictionary.Entries.All(e => e.Key is string && NumPyTexts.Whole(e.Value) is not null);

    private static IEnumerable<(string Word, object? Id)> Entries(PickleDict index) =>
        index.Entries.Select(e => (NumPyTexts.Text(e.Key) ?? "", NumPyTexts.Whole(e.Value) as object));

    private static TokenizerState FromJson(string path)
    {
        using JsonDocument document = Json.Read(path);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"{path}: this JSON is no object, as a tokenizer is. {Remedy}");
        if (
            root.TryGetProperty("class_name", out _)
            && root.TryGetProperty("config", out JsonElement config)
            && config.ValueKind == JsonValueKind.Object
        )
            root = config;
        if (root.TryGetProperty("model", out _) && root.TryGetProperty("pre_tokenizer", out _))
            throw new InvalidDataException($"{path}: this is a tokenizer of Hugging Face's library. {Remedy}");
        if (!root.TryGetProperty("word_index", out JsonElement index))
            return new TokenizerState([.. JsonEntries(root)], []);
        var settings = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty setting in root.EnumerateObject())
            settings[setting.Name] = Json.Plain(setting.Value);
        if (index.ValueKind != JsonValueKind.String)
            return new TokenizerState([.. JsonEntries(index)], settings);
        using JsonDocument inner = Json.Parse(path, index.GetString()!); // to_json writes it as a text within the text
        return new TokenizerState([.. JsonEntries(inner.RootElement)], settings);
    }

    /// <summary>
    /// The pairs of an index; those of an <c>index_word</c>, which goes the other way, are turned round.
    /// </summary>
    private static IEnumerable<(string Word, object? Id)> JsonEntries(JsonElement index)
    {
        if (index.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (JsonProperty entry in index.EnumerateObject())
        {
            object? value = Json.Plain(entry.Value);
            if (value is string word && long.TryParse(entry.Name, out long id))
                yield return (word, id);
            else
                yield return (entry.Name, value);
        }
    }

    private static KerasTokenizer Make(string path, TokenizerState state)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string word, object? id) in state.Words)
        {
            ids[word] = id is long number and >= 0 and < int.MaxValue
                ? (int)number
                : throw new InvalidDataException(
                    $"{path}: the id of '{word}' is {id ?? "missing"} where a whole number is expected. {Remedy}"
                );
        }
        if (ids.Count == 0)
            throw new InvalidDataException($"{path}: the tokenizer has no words; it was never fitted. {Remedy}");
        string[] missing = [.. Settings.Where(name => !state.Settings.ContainsKey(name))];
        int last = ids.Values.Max();
        if (missing.Length == Settings.Length && last > MaxGaps * (ids.Count + 16L))
        {
            throw new InvalidDataException(
                $"{path}: ids go up to {last} for {ids.Count} words; this is no word index. {Remedy}"
            );
        }
        try
        {
            return new KerasTokenizer(ids, Options(path, state.Settings), missing);
        }
        catch (ArgumentException error)
        {
            string why = error.Message.Split(" (Parameter", 2)[0];
            throw new InvalidDataException($"{path}: {why} {Remedy}", error);
        }
    }

    private static KerasTokenizerOptions Options(string path, Dictionary<string, object?> settings)
    {
        var defaults = new KerasTokenizerOptions();
        return new KerasTokenizerOptions
        {
            NumWords = Get("num_words") is null ? null : (int)Math.Clamp(Whole("num_words"), 0, int.MaxValue),
            OovToken = Get("oov_token") is { } oov ? NumPyTexts.Text(oov) : null,
            Filters =
                Get("filters") is { } filters ? Filters(filters)
                : Absent("filters") ? defaults.Filters
                : "",
            Lower = Flag("lower", defaults.Lower),
            Split = Get("split") is null ? defaults.Split : Text("split"),
            CharLevel = Flag("char_level", defaults.CharLevel),
        };

        object? Get(string name) => settings.GetValueOrDefault(name);

        bool Absent(string name) => !settings.ContainsKey(name);

        long Whole(string name) => NumPyTexts.Whole(Get(name)) ?? throw Bad(name);

        string Text(string name) => Get(name) as string ?? throw Bad(name);

        bool Flag(string name, bool fallback) =>
            Get(name) switch
            {
                null => Absent(name) && fallback,
                bool flag => flag,
                long number => number != 0,
                _ => throw Bad(name),
            };

        string Filters(object value) =>
            value as string
            ?? (value is List<object?> list ? string.Concat(list.Select(NumPyTexts.Text)) : throw Bad("filters"));

        InvalidDataException Bad(string name) =>
            new($"{path}: the tokenizer's '{name}' is {Get(name)}, which Keras does not allow. {Remedy}");
    }

    /// <summary>What was read, before it is checked.</summary>
    private sealed record TokenizerState(
        IEnumerable<(string Word, object? Id)> Words,
        Dictionary<string, object?> Settings
    );
}
