using System.Text.Json.Serialization;

namespace Firn.Text;

/// <summary>
/// How a text becomes tokens: a preset that names the grammar, and one switch for each of its rules. A model keeps the
/// options it was trained with, and prediction can use no others.
/// </summary>
/// <remarks>
/// The grammars are in <c>docs/text.md</c>. A switch that a grammar does not know has no effect there. Rules that are
/// absent from a stored model are off: a rule that is younger than the model was not applied to its training texts.
/// </remarks>
public sealed record CleaningOptions
{
    /// <summary>The grammar of a model that was made with Keras; its rules are <see cref="Keras"/>.</summary>
    internal const string KerasPreset = "keras";

    /// <summary>
    /// Name of the grammar: <c>notebook</c>, <c>tweets</c>, <c>none</c>, or <c>keras</c> for an imported model.
    /// </summary>
    public string Preset { get; init; } = "notebook";

    /// <summary>The rules of the grammar <c>keras</c>; null for other grammars.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public KerasTextOptions? Keras { get; init; }

    /// <summary>Upper-case letters become lower-case (all grammars).</summary>
    public bool LowerCase { get; init; }

    /// <summary>User names become a space (notebook: <c>@\S+</c>) or the token <c>&lt;user&gt;</c> (tweets).</summary>
    public bool ReplaceUsers { get; init; }

    /// <summary>Web addresses become a space (notebook) or the token <c>&lt;url&gt;</c> (tweets).</summary>
    public bool ReplaceUrls { get; init; }

    /// <summary>
    /// HTML entities become the characters they stand for: <c>&amp;amp;</c>, <c>&amp;lt;3</c> (tweets).
    /// </summary>
    public bool UnescapeHtml { get; init; }

    /// <summary>HTML tags such as <c>&lt;br /&gt;</c> separate words and leave no token (tweets).</summary>
    public bool RemoveMarkup { get; init; }

    /// <summary>
    /// A hash tag gives its words: <c>#ILoveIt</c> gives i, love, it; when off it is one token, with its # (tweets).
    /// </summary>
    public bool SplitHashTags { get; init; }

    /// <summary>
    /// A hash tag that is split is a token of its own too, behind its words: <c>#ILoveIt</c> gives i, love, it,
    /// #iloveit (tweets; off in the preset). Its words tell what it says, itself what those who use it say.
    /// </summary>
    public bool KeepHashTags { get; init; }

    /// <summary>
    /// A hash tag leaves no token, whatever <see cref="SplitHashTags"/> says (tweets; off in the preset): where texts
    /// were gathered by hash tags, those settle the label of the texts at hand and of no others.
    /// </summary>
    public bool DropHashTags { get; init; }

    /// <summary>
    /// Emoticons are tokens, each kind in one spelling: <c>:-))</c> and <c>(=</c> give <c>:)</c> (tweets).
    /// </summary>
    public bool KeepEmoticons { get; init; }

    /// <summary>Emoji are tokens, without their skin tone and presentation marks (tweets).</summary>
    public bool KeepEmoji { get; init; }

    /// <summary>
    /// Punctuation that carries tone is kept: <c>!</c>, <c>!!</c>, <c>?</c>, <c>??</c>, <c>?!</c>, <c>...</c> (tweets).
    /// </summary>
    public bool KeepTone { get; init; }

    /// <summary>
    /// Every other ASCII mark is a token too: comma, full stop, dash, quotation mark (tweets; off in the preset, on in
    /// the recipe of that name).
    /// </summary>
    public bool KeepPunctuation { get; init; }

    /// <summary>
    /// An apostrophe between letters belongs to the word: <c>don't</c>; when off it separates (tweets).
    /// </summary>
    public bool KeepContractions { get; init; }

    /// <summary>
    /// Contractions written without their apostrophe get it back: dont, cant, im (tweets; a closed list; needs
    /// <see cref="KeepContractions"/>).
    /// </summary>
    public bool RestoreApostrophes { get; init; }

    /// <summary>A final <c>'s</c> is dropped: <c>dad's</c> gives dad, <c>it's</c> gives it (tweets).</summary>
    public bool DropPossessives { get; init; }

    /// <summary>A letter repeated three times or more is kept twice: <c>soooo</c> gives soo (tweets).</summary>
    public bool SqueezeRepeats { get; init; }

    /// <summary>Numbers become the token <c>&lt;number&gt;</c> (tweets).</summary>
    public bool ReplaceNumbers { get; init; }

    /// <summary>
    /// Runs of scripts that are written without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give overlapping
    /// pairs of characters, each with its marks: 我爱你 gives 我爱 and 爱你. With it letters beyond Unicode's basic plane are
    /// letters, joiners inside words fall away, full-width <c>!</c> and <c>?</c> are marks of tone, and keycaps and
    /// flags of regions are whole emoji (tweets).
    /// </summary>
    public bool SplitUnspacedScripts { get; init; }

    /// <summary>
    /// NLTK's 179 English stop words, <c>not</c> and <c>no</c> among them, are dropped (all grammars).
    /// </summary>
    public bool RemoveStopWords { get; init; }

    /// <summary>Words are stemmed by Snowball's English stemmer as it stood until 2023 (all grammars).</summary>
    public bool Stem { get; init; }

    /// <summary>The cleaning of the reference notebook: its regular expression and NLTK's stop words.</summary>
    public static CleaningOptions Notebook =>
        new()
        {
            Preset = "notebook",
            LowerCase = true,
            ReplaceUsers = true,
            ReplaceUrls = true,
            RemoveStopWords = true,
        };

    /// <summary>Keeps what carries sentiment in short messages; also for reviews and news.</summary>
    public static CleaningOptions Tweets =>
        new()
        {
            Preset = "tweets",
            LowerCase = true,
            ReplaceUsers = true,
            ReplaceUrls = true,
            UnescapeHtml = true,
            RemoveMarkup = true,
            SplitHashTags = true,
            KeepEmoticons = true,
            KeepEmoji = true,
            KeepTone = true,
            KeepContractions = true,
            RestoreApostrophes = true,
            DropPossessives = true,
            SqueezeRepeats = true,
            SplitUnspacedScripts = true,
        };

    /// <summary>Splits at white space and does nothing else; for text that is tokenized already.</summary>
    public static CleaningOptions None => new() { Preset = "none" };

    /// <summary>The cleaning of a model that was made with Keras.</summary>
    internal static CleaningOptions Of(KerasTextOptions keras)
    {
        ArgumentNullException.ThrowIfNull(keras);
        return new() { Preset = KerasPreset, Keras = keras };
    }

    /// <summary>The options of a preset by its name.</summary>
    /// <exception cref="ArgumentException">No preset has this name.</exception>
    public static CleaningOptions ForPreset(string name) =>
        name switch
        {
            "notebook" => Notebook,
            "tweets" => Tweets,
            "none" => None,
            _ => throw new ArgumentException(
                $"There is no cleaning preset '{name}'; choose notebook, tweets or none.",
                nameof(name)
            ),
        };
}
