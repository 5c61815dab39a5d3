using Firn.Text;

namespace Firn.Data;

/// <summary>
/// Texts that others equal once they are cleaned. They are kept; a random split leaves them on one side, unless it is
/// the notebook's.
/// </summary>
/// <param name="Repeated">Texts of the data that equal an earlier one.</param>
/// <param name="Conflicting">Texts of the data that equal one with another label.</param>
/// <param name="ValidationInTraining">Validation texts that a training text equals.</param>
/// <param name="TestInTraining">Test texts that a training text equals.</param>
/// <param name="TestInValidation">Test texts that a validation text equals.</param>
public sealed record DuplicateCounts(
    int Repeated,
    int Conflicting,
    int ValidationInTraining,
    int TestInTraining,
    int TestInValidation
)
{
    /// <summary>Whether there is any.</summary>
    public bool Any => Repeated > 0 || ValidationInTraining > 0 || TestInTraining > 0 || TestInValidation > 0;
}

/// <summary>Finds texts that are equal token for token.</summary>
internal static class EqualTexts
{
    /// <summary>
    /// For each text, corpus after corpus, the number of the first that equals it. A text without tokens equals none.
    /// </summary>
    public static int[] FirstOf(params RaggedIds[] corpora)
    {
        int count = corpora.Sum(c => c.Count),
            at = 0;
        var hashes = new ulong[count];
        var order = new int[count];
        foreach (RaggedIds corpus in corpora)
        {
            for (int i = 0; i < corpus.Count; i++, at++)
                (hashes[at], order[at]) = (HashOf(corpus[i]), at);
        }
        Array.Sort(hashes, order);
        var first = new int[count];
        for (int i = 0; i < count; i++)
            first[i] = i;
        for (int from = 0, to; from < count; from = to)
        {
            to = from + 1;
            while (to < count && hashes[to] == hashes[from])
                to++;
            if (to - from > 1)
                Compare(order.AsSpan(from, to - from), corpora, first);
        }
        return first;
    }

    /// <summary>Texts of one hash, which are equal as a rule and need not be.</summary>
    private static void Compare(Span<int> texts, RaggedIds[] corpora, int[] first)
    {
        texts.Sort();
        var heads = new List<int>(1);
        foreach (int text in texts)
        {
            ReadOnlySpan<int> ids = TextOf(corpora, text);
            if (ids.IsEmpty)
                continue;
            int found = -1;
            foreach (int head in heads)
            {
                if (TextOf(corpora, head).SequenceEqual(ids))
                    found = head;
            }
            if (found < 0)
                heads.Add(text);
            else
                first[text] = found;
        }
    }

    private static ReadOnlySpan<int> TextOf(RaggedIds[] corpora, int text)
    {
        int corpus = 0;
        while (text >= corpora[corpus].Count)
            text -= corpora[corpus++].Count;
        return corpora[corpus][text];
    }

    private static ulong HashOf(ReadOnlySpan<int> ids)
    {
        ulong hash = (ulong)ids.Length;
        foreach (int id in ids)
        {
            hash = (hash ^ (uint)id) * 0x9E3779B97F4A7C15;
            hash ^= hash >> 29;
        }
        return hash;
    }
}
