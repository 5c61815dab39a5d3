using System.Buffers;
using System.Globalization;
using System.Text;

namespace Firn.Text;

/// <summary>Cuts texts as Keras' <c>Tokenizer</c> and <c>TextVectorization</c> do; safe for many threads.</summary>
/// <remarks>
/// A vocabulary's file has one word a line, and words of Keras may hold line breaks or be called as the pad is. Such
/// tokens are written otherwise (<see cref="Written"/>), in texts and in the vocabulary alike.
/// </remarks>
internal sealed class KerasWords
{
    private const char ShownReturn = '\u240D',
        ShownFeed = '\u240A',
        Replacement = '\uFFFD';
    private const string AsciiSpace = " \t\n\v\f\r";
    private static readonly SearchValues<char> _s_unwritable = SearchValues.Create("\r\n\u240D\u240A");

    private readonly KerasTextOptions _options;
    private readonly CleaningSteps? _before;
    private readonly HashSet<Rune> _filters;
    private readonly bool[]? _asciiFilters; // of a text of ASCII alone, cut at a space; null where rules are others

    /// <summary>Makes the rules ready.</summary>
    /// <exception cref="ArgumentException">A rule cannot be.</exception>
    public KerasWords(KerasTextOptions options)
    {
        if (options.Cut == KerasCut.Separator && options.Separator.Length == 0)
            throw new ArgumentException(
                "The separator must not be empty: Python cannot split by nothing.",
                nameof(options)
            );
        foreach (int length in options.Ngrams)
            Throw.IfOutside(length, 1, 99, nameof(options.Ngrams));
        _options = options;
        _before = options.Before.Count > 0 ? new CleaningSteps(options.Before) : null;
        _filters = [.. options.Filters.EnumerateRunes()];
        if (options is { Vectorization: false, Cut: KerasCut.Separator, Separator: " ", Ngrams.Count: 0 })
        {
            _asciiFilters = new bool[128];
            foreach (Rune rune in _filters.Where(r => r.IsAscii))
                _asciiFilters[rune.Value] = true;
        }
    }

    /// <summary>
    /// A token as it stands in a vocabulary: no line breaks, no half pairs of surrogates, not the names of pad and
    /// unknown word.
    /// </summary>
    public static string Written(string token)
    {
        if (token is Vocabulary.PadToken or Vocabulary.UnknownToken)
            return "\\" + token;
        if (!token.AsSpan().ContainsAny(_s_unwritable) && !token.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
            return token;
        var written = new StringBuilder(token.Length);
        for (int i = 0; i < token.Length; i++)
        {
            char c = token[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < token.Length && char.IsLowSurrogate(token[i + 1]);
            if (pair)
                written.Append(c).Append(token[++i]);
            else if (c is ShownReturn or ShownFeed || char.IsSurrogate(c))
                written.Append(Replacement);
            else
                written.Append(
                    c == '\r' ? ShownReturn
                    : c == '\n' ? ShownFeed
                    : c
                );
        }
        return written.ToString();
    }

    /// <summary>What a vocabulary has in the place of an id without a word; no text gives it.</summary>
    public static string Unused(int id) => string.Create(CultureInfo.InvariantCulture, $"<unused {id}>");

    /// <summary>Whether an id of a vocabulary has no word.</summary>
    public static bool IsUnused(Vocabulary vocabulary, int id) => vocabulary[id] == Unused(id);

    /// <summary>Appends the tokens of a text, as <see cref="Written"/>.</summary>
    public void Tokenize(ReadOnlySpan<char> text, TokenBuffer destination)
    {
        string? cleaned = _before?.Clean(text.ToString());
        if (cleaned is not null)
            text = cleaned;
        if (_asciiFilters is not null && Ascii.IsValid(text) && !HoldsReserved(text))
        {
            AsciiTokens(text, destination);
            return;
        }
        foreach (string word in Words(cleaned ?? text.ToString()))
        {
            if (word.Length > 0)
                destination.Add(Written(word));
        }
    }

    /// <summary>The words of a text that is cleaned already, as Keras has them.</summary>
    public IEnumerable<string> Words(string text)
    {
        string[] words = _options.Vectorization
            ? Cut(Standardized(text))
            : Cut(Filtered(_options.LowerCase ? PythonText.Lower(text) : text));
        return _options.Ngrams.Count == 0 ? words : Joined(words);
    }

    private void AsciiTokens(ReadOnlySpan<char> text, TokenBuffer destination)
    {
        destination.Reserve(text.Length);
        char[] chars = destination.Chars;
        bool lower = _options.LowerCase;
        int start = destination.Used,
            end = start;
        foreach (char c in text)
        {
            if (c != ' ' && !_asciiFilters![c])
            {
                chars[end++] = c switch
                {
                    '\r' => ShownReturn,
                    '\n' => ShownFeed,
                    _ => lower && char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c,
                };
                continue;
            }
            if (end > start)
                destination.Mark(start, end);
            start = end;
        }
        if (end > start)
            destination.Mark(start, end);
        destination.Used = end;
    }

    private static bool HoldsReserved(ReadOnlySpan<char> text) =>
        text.Contains('<')
        && (
            text.Contains(Vocabulary.PadToken, StringComparison.OrdinalIgnoreCase)
            || text.Contains(Vocabulary.UnknownToken, StringComparison.OrdinalIgnoreCase)
        );

    private string Filtered(string text)
    {
        if (_options.Cut == KerasCut.Characters || _filters.Count == 0)
            return text; // Keras does not filter where characters are words
        return PythonText.Replace(text, _filters, _options.Cut == KerasCut.Separator ? _options.Separator : " ");
    }

    private string Standardized(string text)
    {
        if (!_options.LowerCase && _filters.Count == 0)
            return text;
        var result = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (!_options.Filters.Contains(c, StringComparison.Ordinal))
                result.Append(_options.LowerCase && char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        }
        return result.ToString();
    }

    private string[] Cut(string text) =>
        _options.Cut switch
        {
            KerasCut.Separator => PythonText.Split(text, _options.Separator),
            KerasCut.Characters => [.. PythonText.Characters(text)],
            KerasCut.WhiteSpace when _options.Vectorization => text.Split(
                AsciiSpace.ToCharArray(),
                StringSplitOptions.RemoveEmptyEntries
            ),
            KerasCut.WhiteSpace => SpacedWords(text),
            _ => [text], // an empty one, too: Keras gives it the pad's id
        };

    private static string[] SpacedWords(string text)
    {
        var words = new List<string>();
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && !UnicodeSpace.Is(text[i]))
                i++;
            if (i > start)
                words.Add(text[start..i]);
        }
        return [.. words];
    }

    /// <summary>All runs of the first length, then all of the second, and so on, joined by a space.</summary>
    private IEnumerable<string> Joined(string[] words)
    {
        foreach (int length in _options.Ngrams)
        {
            for (int from = 0; from + length <= words.Length; from++)
                yield return string.Join(' ', words, from, length);
        }
    }
}
