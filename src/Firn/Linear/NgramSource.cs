using Firn.Text;

namespace Firn.Linear;

/// <summary>Texts that n-grams can be read from.</summary>
internal interface INgramSource
{
    /// <summary>Number of texts.</summary>
    int Count { get; }

    /// <summary>
    /// A reader for one thread: appends a key for each occurrence of an n-gram in the text of that number.
    /// </summary>
    Action<int, List<ulong>> CreateReader();
}

/// <summary>N-grams of words of texts as they were written.</summary>
internal sealed class TextSource(IReadOnlyList<string> texts, NgramOptions options) : INgramSource
{
    public int Count => texts.Count;

    public Action<int, List<ulong>> CreateReader()
    {
        var keys = new NgramKeys(options);
        return (text, list) => keys.Extract(texts[text], list);
    }
}

/// <summary>N-grams of words of texts as token ids; the cleaning was done when the ids were made.</summary>
internal sealed class IdSource(RaggedIds texts, NgramOptions options) : INgramSource
{
    public int Count => texts.Count;

    public Action<int, List<ulong>> CreateReader() => (text, list) => NgramKeys.Extract(texts[text], options, list);
}
