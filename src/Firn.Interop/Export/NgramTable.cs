using Firn.Linear;

namespace Firn.Interop.Export;

/// <summary>
/// The n-grams of a linear part as lists of ids. A bundle keeps 64-bit hashes of them, key = mix(key of all but the
/// last id + last id). The mix can be undone, and the training texts that hold an n-gram hold its beginning, which is
/// therefore a feature too: the feature whose key lies less than V below the undone hash is the beginning, and the
/// distance is the id (that another key lies there has a probability of 5e-9 with a million n-grams of 100,000 words).
/// </summary>
internal sealed class NgramTable
{
    private NgramTable(IReadOnlyList<NgramLevel> levels)
    {
        Levels = levels;
    }

    /// <summary>N-grams of one id, of two, and so on; the last is not empty.</summary>
    public IReadOnlyList<NgramLevel> Levels { get; }

    /// <summary>Finds the ids behind the keys.</summary>
    /// <param name="vectorizer">The features.</param>
    /// <param name="vocabulary">V.</param>
    /// <exception cref="ExportException">A key is of no n-gram of these ids.</exception>
    public static NgramTable Of(NgramVectorizer vectorizer, int vocabulary)
    {
        ulong[] keys = vectorizer.Keys;
        var sorted = (ulong[])keys.Clone();
        int[] columns = [.. Enumerable.Range(0, keys.Length)];
        Array.Sort(sorted, columns);
        var place = new (int Length, int Prefix, int Last)[keys.Length]; // prefix: a column, -1 for none
        for (int column = 0; column < keys.Length; column++)
            Resolve(keys, sorted, columns, place, column, vocabulary);
        return new NgramTable(ToLevels(place));
    }

    private static void Resolve(
        ulong[] keys,
        ulong[] sorted,
        int[] columns,
        (int Length, int Prefix, int Last)[] place,
        int start,
        int vocabulary
    )
    {
        // An n-gram's beginning may stand behind it; at most 16 ids are followed.
        var chain = new Stack<int>();
        for (int column = start; column >= 0 && place[column].Length == 0; )
        {
            chain.Push(column);
            (int prefix, int last) = Parts(keys[column], sorted, columns, vocabulary);
            place[column] = (0, prefix, last);
            if (chain.Count > 16)
                throw Unknown();
            column = prefix;
        }
        while (chain.TryPop(out int column))
        {
            (_, int prefix, int last) = place[column];
            place[column] = (prefix < 0 ? 1 : place[prefix].Length + 1, prefix, last);
        }
    }

    private static (int Prefix, int Last) Parts(ulong key, ulong[] sorted, int[] columns, int vocabulary)
    {
        ulong sum = Undo(key);
        if (sum < (ulong)vocabulary && NgramKeys.Mix(sum) == key)
            return (-1, (int)sum);
        int at = Array.BinarySearch(sorted, sum);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 && sum - sorted[at] < (ulong)vocabulary && NgramKeys.Mix(sum) == key
            ? (columns[at], (int)(sum - sorted[at]))
            : throw Unknown();
    }

    private static ExportException Unknown() =>
        new("The n-grams of the linear part cannot be told from the bundle; leave it out, or train again.");

    private static List<NgramLevel> ToLevels((int Length, int Prefix, int Last)[] place)
    {
        var levels = new List<NgramLevel>();
        var rankOf = new int[place.Length]; // within its level, from 1
        for (int length = 1; ; length++)
        {
            int[] columns = [.. Enumerable.Range(0, place.Length).Where(column => place[column].Length == length)];
            if (columns.Length == 0)
                return levels;
            (long Prefix, long Last) Key(int column) =>
                (place[column].Prefix < 0 ? 0 : rankOf[place[column].Prefix], place[column].Last);
            columns = [.. columns.OrderBy(Key)];
            for (int i = 0; i < columns.Length; i++)
                rankOf[columns[i]] = i + 1;
            levels.Add(
                new NgramLevel(
                    columns,
                    [.. columns.Select(c => (int)Key(c).Prefix)],
                    [.. columns.Select(c => place[c].Last)]
                )
            );
        }
    }

    /// <summary>What <see cref="NgramKeys.Mix"/> was given (SplitMix64's finalizer, step by step backwards).</summary>
    private static ulong Undo(ulong z)
    {
        z ^= z >> 31 ^ z >> 62;
        z *= 0x319642B2D24D8EC3;
        z ^= z >> 27 ^ z >> 54;
        z *= 0x96DE1B173F119089;
        z ^= z >> 30 ^ z >> 60;
        return z - 0x9E3779B97F4A7C15;
    }
}

/// <summary>The n-grams of one length, by their beginning and then by their last id.</summary>
/// <param name="Columns">The feature of each.</param>
/// <param name="Prefixes">The place of its beginning among those one shorter, from 1; 0 for n-grams of one id.</param>
/// <param name="Lasts">Its last id.</param>
internal sealed record NgramLevel(int[] Columns, int[] Prefixes, int[] Lasts);
