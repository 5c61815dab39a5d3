namespace Firn.Linear;

/// <summary>
/// Estimates how many n-grams texts have, from those whose key falls into a fixed sixteenth of all keys: what a
/// vectorizer will allocate can be told before it does.
/// </summary>
/// <param name="Values">N-grams that are distinct within their text, summed over the texts.</param>
/// <param name="Distinct">Distinct n-grams of all texts.</param>
/// <param name="Kept">Distinct n-grams that occur in enough texts.</param>
/// <param name="KeptValues">The part of <paramref name="Values"/> that belongs to those.</param>
internal readonly record struct NgramSample(long Values, long Distinct, long Kept, long KeptValues)
{
    private const ulong Share = 16;

    public static NgramSample Of(INgramSource texts, int minTexts)
    {
        var table = new KeyTable(1 << 12);
        var frequencies = new List<int>();
        var keys = new List<ulong>();
        long values = 0;
        Action<int, List<ulong>> read = texts.CreateReader();
        for (int text = 0; text < texts.Count; text++)
        {
            keys.Clear();
            read(text, keys);
            keys.Sort();
            ulong before = 0;
            foreach (ulong key in keys)
            {
                if (key == before)
                    continue;
                before = key;
                values++;
                if ((key >> 32) % Share != 0) // the low bits place a key in the table
                    continue;
                int index = table.FindOrAdd(key);
                if (index == frequencies.Count)
                    frequencies.Add(0);
                frequencies[index]++;
            }
        }
        long share = (long)Share;
        // Few frequent n-grams make most of the values, so those are counted, and only what the rare ones make is
        // estimated.
        return new NgramSample(
            values,
            share * frequencies.Count,
            share * frequencies.Count(f => f >= minTexts),
            values - share * frequencies.Where(f => f < minTexts).Sum(f => (long)f)
        );
    }

    private const int Slot = sizeof(ulong) + sizeof(int); // of a KeyTable

    private long Matrix => KeptValues * (sizeof(int) + sizeof(float));

    private long Vectorizer => Slot * PowerOfTwo(2 * Kept) + Kept * (sizeof(ulong) + sizeof(float));

    /// <summary>Bytes at the peak of counting, and then of making the matrix.</summary>
    private long Counting
    {
        get
        {
            long table = Slot * PowerOfTwo(4 * Distinct / 3),
                lists = (sizeof(int) + sizeof(ushort)) * PowerOfTwo(Values),
                frequencies = sizeof(int) * PowerOfTwo(Distinct);
            long columns = Distinct * (sizeof(ulong) + sizeof(int)) + Kept * (sizeof(ulong) + sizeof(float));
            long growing = table / 2 + lists / 2; // what was there before it grew
            // the counts, and which of them stay
            long counted = table + lists + frequencies + Math.Max(growing, columns);
            return Math.Max(counted, lists + Matrix + Vectorizer);
        }
    }

    /// <summary>Bytes that <see cref="NgramClassifier.Fit"/> holds at its peak.</summary>
    /// <param name="words">N-grams of words.</param>
    /// <param name="characters">Runs of characters; the default value for none.</param>
    /// <param name="texts">N.</param>
    /// <param name="outputs">K.</param>
    public static long PeakBytes(NgramSample words, NgramSample characters, int texts, int outputs)
    {
        long second = characters == default ? 0 : words.Matrix + words.Vectorizer + characters.Counting;
        long matrices = words.Matrix + characters.Matrix,
            kept = words.Kept + characters.Kept;
        long vectorizers = words.Vectorizer + (characters == default ? 0 : characters.Vectorizer);
        // as it is and turned; and its two parts, which may not be collected yet
        int copies = characters == default ? 2 : 3;
        long solved =
            copies * matrices
            + vectorizers
            + 8L * outputs * sizeof(double) * kept
            + texts * (5L * outputs + 2) * sizeof(double);
        return Math.Max(words.Counting, Math.Max(second, solved));
    }

    /// <summary>Bytes of the fitted n-grams.</summary>
    public long HeldBytes(int outputs) => Vectorizer + Kept * sizeof(float) * (long)outputs;

    private static long PowerOfTwo(long least) =>
        (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(least, 16));
}
