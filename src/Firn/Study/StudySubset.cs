using Firn.Kernels;

namespace Firn.Study;

/// <summary>
/// The texts of one training size and one seed: what every policy of that pair is trained on. A seed's smaller sizes
/// are the beginnings of its larger ones.
/// </summary>
internal sealed class StudySubset
{
    private StudySubset(StudyTexts train, StudyTexts validation, int[] counts, bool[] slice)
    {
        Train = train;
        Validation = validation;
        Counts = counts;
        Slice = slice;
    }

    public StudyTexts Train { get; }

    /// <summary>Texts that choose the epoch; no weight is trained on them.</summary>
    public StudyTexts Validation { get; }

    /// <summary>How often each token id occurs in <see cref="Train"/>, [V].</summary>
    public int[] Counts { get; }

    /// <summary>
    /// Whether a test text holds a word that has a vector and that <see cref="Train"/> lacks, [test texts].
    /// </summary>
    public bool[] Slice { get; }

    /// <summary>Draws.</summary>
    /// <param name="data">The texts.</param>
    /// <param name="size">Texts, validation included; at most those there are.</param>
    /// <param name="random">The seed's stream.</param>
    public static StudySubset Draw(StudyData data, int size, CounterRandom random)
    {
        var order = new int[data.Pool.Count];
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        random.Shuffle<int>(order);
        int validation = StudyTraining.ValidationTexts(size);
        StudyTexts train = data.Pool.Select(order.AsSpan(0, size - validation));
        var counts = new int[data.Vocabulary.Count];
        foreach (int id in train.Ids.Ids)
            counts[id]++;
        return new StudySubset(
            train,
            data.Pool.Select(order.AsSpan(size - validation, validation)),
            counts,
            SliceOf(data, counts)
        );
    }

    private static bool[] SliceOf(StudyData data, int[] counts)
    {
        var slice = new bool[data.Test.Count];
        ReadOnlySpan<int> rowOf = data.Table.RowOf;
        for (int text = 0; text < slice.Length; text++)
        {
            foreach (int id in data.Test.Ids[text])
            {
                if (rowOf[id] > 0 && counts[id] == 0)
                {
                    slice[text] = true;
                    break;
                }
            }
        }
        return slice;
    }
}
