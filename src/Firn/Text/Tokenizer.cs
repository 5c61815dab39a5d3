namespace Firn.Text;

/// <summary>
/// Cleans a text, splits it, drops stop words and stems, as its options say. Holds no state of its own: one tokenizer
/// serves all threads, and each thread brings its <see cref="TokenBuffer"/>.
/// </summary>
public sealed class Tokenizer
{
    private readonly bool _fast;
    private readonly KerasWords? _keras;

    /// <summary>A tokenizer for these rules.</summary>
    /// <exception cref="ArgumentException">The options name no known preset.</exception>
    public Tokenizer(CleaningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Preset != CleaningOptions.KerasPreset)
            CleaningOptions.ForPreset(options.Preset);
        else
            _keras = new KerasWords(
                options.Keras
                    ?? throw new ArgumentException(
                        "The cleaning 'keras' comes with an imported model; it has no rules of its own.",
                        nameof(options)
                    )
            );
        Options = options;
        _fast = options.Preset == "tweets" ? TweetScanner.Knows(options) : NotebookScanner.Knows(options);
    }

    /// <summary>The same tokenizer without the fast scanners, which tests compare with them.</summary>
    internal static Tokenizer Reference(CleaningOptions options) => new(options, fast: false);

    private Tokenizer(CleaningOptions options, bool fast)
        : this(options) => _fast = fast;

    /// <summary>The rules.</summary>
    public CleaningOptions Options { get; }

    /// <summary>
    /// Replaces the content of <paramref name="destination"/> by the tokens of the text; there may be none.
    /// </summary>
    public void Tokenize(ReadOnlySpan<char> text, TokenBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Clear();
        switch (Options.Preset)
        {
            case "notebook":
                NotebookTokens(text, destination);
                break;
            case CleaningOptions.KerasPreset:
                _keras!.Tokenize(text, destination);
                break;
            case "tweets":
                TweetGrammar.Tokenize(text, Options, _fast, destination);
                break;
            default:
                SpaceTokens(text, destination);
                break;
        }
    }

    /// <summary>The tokens as strings; allocates, so meant for tests and single texts.</summary>
    public string[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = new TokenBuffer();
        Tokenize(text, buffer);
        return buffer.ToArray();
    }

    private void NotebookTokens(ReadOnlySpan<char> text, TokenBuffer destination)
    {
        if (_fast && NotebookScanner.Tokenize(text, Options.RemoveStopWords, destination))
        {
            if (Options.Stem)
                destination.Stem();
            return;
        }
        destination.Reserve(checked(2 * text.Length));
        char[] chars = destination.Chars;
        int length = NotebookGrammar.Clean(text, Options, chars);
        destination.Used = length;
        for (int i = 0; i < length; i++)
        {
            int start = i;
            while (i < length && chars[i] != ' ')
                i++;
            ScanSteps.Add(i - start + 1);
            if (i > start)
                Finish(destination, start, i);
        }
    }

    private void SpaceTokens(ReadOnlySpan<char> text, TokenBuffer destination)
    {
        destination.Reserve(text.Length);
        char[] chars = destination.Chars;
        if (Options.LowerCase)
            text.ToLowerInvariant(chars);
        else
            text.CopyTo(chars);
        ReplaceHalfPairs(chars.AsSpan(0, text.Length));
        destination.Used = text.Length;
        for (int i = 0; i < text.Length; i++)
        {
            int start = i;
            while (i < text.Length && !UnicodeSpace.Is(chars[i]))
                i++;
            ScanSteps.Add(i - start + 1);
            if (i > start)
                Finish(destination, start, i);
        }
    }

    /// <summary>Half a surrogate pair has no UTF-8 and no line in a vocabulary's file; it becomes U+FFFD.</summary>
    private static void ReplaceHalfPairs(Span<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                text[i] = '\uFFFD';
        }
    }

    /// <summary>
    /// Takes the word at [start, end) of the buffer as a token, unless it is a stop word; stems it in place.
    /// </summary>
    private void Finish(TokenBuffer destination, int start, int end)
    {
        if (Options.RemoveStopWords && EnglishStopWords.Contains(destination.Chars.AsSpan(start, end - start)))
            return;
        if (Options.Stem)
            end = start + SnowballEnglish.Stem(destination.Chars.AsSpan(start, end - start));
        if (end > start)
            destination.Mark(start, end);
    }
}
