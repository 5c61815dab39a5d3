namespace Firn.Text;

/// <summary>Cleans a text by the rules of its options. May be used by several threads.</summary>
public sealed class Cleaner
{
    private readonly Tokenizer _tokenizer;

    /// <summary>A cleaner for these rules.</summary>
    /// <exception cref="ArgumentException">The options name no known preset.</exception>
    public Cleaner(CleaningOptions options) => _tokenizer = new Tokenizer(options);

    /// <summary>The rules.</summary>
    public CleaningOptions Options => _tokenizer.Options;

    /// <summary>
    /// The cleaned text. Preset <c>notebook</c>: exactly what the notebook's regular expression leaves, before stop
    /// words and stems, with every space that it leaves. Presets <c>tweets</c> and <c>none</c>: the tokens, one space
    /// between.
    /// </summary>
    public string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Options.Preset != "notebook")
            return string.Join(' ', _tokenizer.Tokenize(text));
        var cleaned = new char[2 * text.Length];
        return new string(cleaned, 0, NotebookGrammar.Clean(text, Options, cleaned));
    }
}
