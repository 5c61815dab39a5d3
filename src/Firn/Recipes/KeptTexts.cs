using Firn.Data;

namespace Firn.Recipes;

/// <summary>Texts that can be gone through twice, in the same order.</summary>
internal static class KeptTexts
{
    private const int CheckedAtOnce = 1024;

    /// <summary>
    /// A reader or a collection as it is; any other sequence, such as a query, in a list, for its second pass might
    /// give other texts.
    /// </summary>
    public static IEnumerable<LabeledText> Of(IEnumerable<LabeledText> texts, CancellationToken cancellation)
    {
        if (texts is CorpusReader or IReadOnlyCollection<LabeledText> or ICollection<LabeledText>)
            return texts;
        var kept = new List<LabeledText>();
        foreach (LabeledText text in texts)
        {
            if (kept.Count % CheckedAtOnce == 0)
                cancellation.ThrowIfCancellationRequested();
            kept.Add(text);
        }
        return kept;
    }
}
