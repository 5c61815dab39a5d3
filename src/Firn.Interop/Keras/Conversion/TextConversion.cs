using System.Globalization;
using Firn.Interop.Keras.Preprocessing;
using Firn.Text;

namespace Firn.Interop.Keras.Conversion;

/// <summary>How a model gets its ids: the rules from text to words, and the words.</summary>
/// <param name="Cleaning">The rules.</param>
/// <param name="Vocabulary">The words, V.</param>
/// <param name="Notes">What a user should know.</param>
internal sealed record ConvertedText(CleaningOptions Cleaning, Vocabulary Vocabulary, IReadOnlyList<string> Notes)
{
    /// <summary>The words as these rules use them.</summary>
    public Vocabulary Vocabulary { get; } = Vocabulary.WithUnknownIdOf(Cleaning);
}

/// <summary>Keras' tokenizers as Firn's rules and vocabulary.</summary>
internal static class TextConversion
{
    /// <summary>Of a model that is given ids alone: no text has a word.</summary>
    public static ConvertedText OfNothing(int rows) =>
        new(CleaningOptions.Of(new KerasTextOptions()), Words([], rows), []);

    /// <summary>Of a tokenizer.</summary>
    /// <param name="path">What errors call its file.</param>
    /// <param name="tokenizer">Its words and settings.</param>
    /// <param name="cleaning">What the author did before.</param>
    /// <param name="rows">Rows of the embedding, V.</param>
    public static ConvertedText Of(string path, KerasTokenizer tokenizer, KerasCleaning cleaning, int rows)
    {
        KerasTokenizerOptions options = tokenizer.Options;
        int limit = options.NumWords is > 0 and var words ? words : int.MaxValue;
        int unknown = tokenizer.OovId ?? -1;
        if (unknown == 0 || unknown >= rows)
        {
            throw new KerasImportException(
                $"{path}: the unknown word '{options.OovToken}' has the id {unknown}, and the embedding's ids "
                    + $"of words go from 1 to {rows - 1}: the tokenizer is another model's."
            );
        }
        if (tokenizer.WordIndex.FirstOrDefault(w => w.Value == 0).Key is { } zero)
            throw new KerasImportException(
                $"{path}: the word '{zero}' has the id 0, which is the pad's; a word index of Keras begins at 1."
            );
        KeyValuePair<string, int>[] used = [.. tokenizer.WordIndex.Where(w => w.Value < limit || w.Value == unknown)];
        int beyond = used.Count(w => w.Value >= rows);
        var notes = new List<string>();
        if (beyond > 0)
        {
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{beyond:N0} words of the tokenizer have ids from {rows} on, beyond the embedding's {rows} rows: "
                )
                    + $"Keras fails at a text that has one; here they are unknown words, "
                    + $"{(unknown > 0 ? $"as '{options.OovToken}'" : "left out")}"
            );
        }
        KerasTextOptions text = tokenizer.Rules with { Before = cleaning.Steps };
        if (!cleaning.KerasRules)
            text = text with
            {
                LowerCase = false,
                Filters = "",
                Cut = options.CharLevel ? KerasCut.Characters : KerasCut.WhiteSpace,
            };
        return new ConvertedText(CleaningOptions.Of(text), Named(path, used.Where(w => w.Value < rows), rows), notes);
    }

    /// <summary>Of a layer that takes texts.</summary>
    public static ConvertedText Of(string path, KerasTextVectorization layer, KerasCleaning? cleaning, int rows)
    {
        IReadOnlyList<string> words =
            layer.Vocabulary ?? throw new InvalidOperationException("The layer has no vocabulary.");
        var notes = new List<string>();
        if (words.Count > rows)
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{words.Count - rows:N0} words of the vocabulary lie beyond the embedding's {rows} rows: Keras "
                        + $"fails at them; here they are unknown words"
                )
            );
        KerasTextOptions text = layer.Rules with
        {
            Before = cleaning?.Steps ?? [],
            UnknownId = rows > 1 ? layer.Rules.UnknownId : -1,
        };
        var index = words.Select((word, id) => KeyValuePair.Create(word, id)).Skip(1).Take(rows - 1);
        return new ConvertedText(CleaningOptions.Of(text), Named(path, index, rows), notes);
    }

    private static Vocabulary Named(string path, IEnumerable<KeyValuePair<string, int>> index, int rows)
    {
        try
        {
            return Words(index, rows);
        }
        catch (ArgumentException error)
        {
            throw new KerasImportException(
                $"{path}: {error.Message.Split(" (Parameter", 2)[0]} Give the tokenizer of this model.",
                error
            );
        }
    }

    /// <summary>A vocabulary of so many ids; those without a word have a name that no text can have.</summary>
    private static Vocabulary Words(IEnumerable<KeyValuePair<string, int>> index, int rows)
    {
        var words = new string?[rows];
        words[0] = Vocabulary.PadToken;
        foreach ((string word, int id) in index)
        {
            if (words[id] is { } other)
                throw new ArgumentException(
                    $"'{other}' and '{word}' both have the id {id}, which no bundle can hold.",
                    nameof(index)
                );
            words[id] = word.Length > 0 ? KerasWords.Written(word) : null;
        }
        for (int id = 0; id < rows; id++)
            words[id] ??= KerasWords.Unused(id);
        return Vocabulary.Of(words!);
    }
}
