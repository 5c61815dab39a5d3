using Firn.Text;

namespace Firn.Data;

/// <summary>Splits texts into those to train on and those kept apart for the test.</summary>
public static class TrainTestSplit
{
    /// <summary>
    /// The split of scikit-learn's <c>train_test_split(range(n), test_size=testSize, random_state=seed)</c>, index for
    /// index: NumPy's permutation of n, of which the first ceil(testSize * n) are the test and the rest, in order, the
    /// training part.
    /// </summary>
    /// <param name="n">Number of texts; at least 2.</param>
    /// <param name="testSize">
    /// Share of the test, above 0 and below 1, as a double: 1 - 0.8 is a little less than 0.2 and can give one text
    /// less.
    /// </param>
    /// <param name="seed">scikit-learn's <c>random_state</c>.</param>
    /// <exception cref="ArgumentException">One of the parts would be empty.</exception>
    public static SplitRows Random(int n, double testSize, uint seed)
    {
        int tests = TestCount(n, testSize);
        int[] order = new MersenneTwister(seed).Permutation(n);
        return new(order[tests..], order[..tests]);
    }

    /// <summary>
    /// A split in which every label has its share of the test. The test has ceil(testSize * n) texts; each label gets
    /// the whole part of its share and the largest remainders get one more (ties: the label seen first). Which texts of
    /// a label are taken, and the order of both parts, follow the permutation of <see cref="Random"/>. Not
    /// scikit-learn's <c>stratify</c> index for index.
    /// </summary>
    /// <param name="labels">Label of each text.</param>
    /// <param name="testSize">Share of the test, above 0 and below 1.</param>
    /// <param name="seed">Of the permutation.</param>
    /// <exception cref="ArgumentException">One of the parts would be empty.</exception>
    public static SplitRows Stratified(ReadOnlySpan<int> labels, double testSize, uint seed)
    {
        int tests = TestCount(labels.Length, testSize);
        Dictionary<int, int> wanted = Wanted(labels, tests);
        var train = new List<int>(labels.Length - tests);
        var test = new List<int>(tests);
        foreach (int text in new MersenneTwister(seed).Permutation(labels.Length))
        {
            bool taken = wanted[labels[text]]-- > 0;
            (taken ? test : train).Add(text);
        }
        return new([.. train], [.. test]);
    }

    /// <summary>
    /// As <see cref="Stratified"/>, the texts of a group staying together: a group goes to the test, in the order of
    /// the permutation, if that takes no label beyond its share. Without groups of several texts it is
    /// <see cref="Stratified"/>, index for index; with large ones the test can be smaller than asked for, and it is
    /// empty where all texts are one group.
    /// </summary>
    /// <param name="labels">Label of each text; all the same for a split that looks at groups alone.</param>
    /// <param name="groups">Any number for each text, the same for those that belong together.</param>
    /// <param name="testSize">Share of the test, above 0 and below 1.</param>
    /// <param name="seed">Of the permutation.</param>
    /// <exception cref="ArgumentException">
    /// One of the parts would be empty, or there are not as many groups as labels.
    /// </exception>
    public static SplitRows Grouped(ReadOnlySpan<int> labels, ReadOnlySpan<int> groups, double testSize, uint seed)
    {
        Throw.IfLengthDiffers(groups.Length, labels.Length, nameof(groups));
        int tests = TestCount(labels.Length, testSize);
        Dictionary<int, int> wanted = Wanted(labels, tests);
        var members = new Dictionary<int, List<int>>(labels.Length);
        for (int text = 0; text < labels.Length; text++)
        {
            if (!members.TryGetValue(groups[text], out List<int>? group))
                members[groups[text]] = group = new List<int>(1);
            group.Add(text);
        }
        int[] order = new MersenneTwister(seed).Permutation(labels.Length);
        var taken = new HashSet<int>();
        var decided = new HashSet<int>();
        foreach (int text in order)
        {
            if (decided.Add(groups[text]) && Take(members[groups[text]], labels, wanted))
                taken.Add(groups[text]);
        }
        if (taken.Count == 0 && members.Count > 1)
            taken.Add(members.MinBy(group => (group.Value.Count, group.Value[0])).Key);
        var train = new List<int>(labels.Length - tests);
        var test = new List<int>(tests);
        foreach (int text in order)
            (taken.Contains(groups[text]) ? test : train).Add(text);
        return new([.. train], [.. test]);
    }

    /// <summary>Takes a group off what is wanted of its labels, unless that is too little.</summary>
    private static bool Take(List<int> group, ReadOnlySpan<int> labels, Dictionary<int, int> wanted)
    {
        int fit = 0;
        while (fit < group.Count && wanted[labels[group[fit]]] > 0)
            wanted[labels[group[fit++]]]--;
        if (fit == group.Count)
            return true;
        for (int i = 0; i < fit; i++)
            wanted[labels[group[i]]]++;
        return false;
    }

    /// <summary>Texts of each label that belong to the test.</summary>
    private static Dictionary<int, int> Wanted(ReadOnlySpan<int> labels, int tests)
    {
        int n = labels.Length;
        var totals = new Dictionary<int, int>();
        var seen = new List<int>();
        foreach (int label in labels)
        {
            if (totals.TryGetValue(label, out int total))
            {
                totals[label] = total + 1;
                continue;
            }
            totals.Add(label, 1);
            seen.Add(label);
        }
        var wanted = new Dictionary<int, int>();
        foreach (int label in seen)
            wanted[label] = (int)((long)totals[label] * tests / n);
        int left = tests - wanted.Values.Sum();
        foreach (int label in seen.OrderByDescending(l => (long)totals[l] * tests % n).Take(left))
            wanted[label]++;
        return wanted;
    }

    private static int TestCount(int n, double testSize)
    {
        if (n < 2)
            throw new ArgumentOutOfRangeException(nameof(n), n, "A split needs at least 2 texts.");
        if (!(testSize > 0 && testSize < 1))
            throw new ArgumentOutOfRangeException(
                nameof(testSize),
                testSize,
                "testSize must lie between 0 and 1, both excluded."
            );
        int tests = (int)Math.Ceiling(testSize * n);
        if (tests >= n)
            throw new ArgumentException(
                $"A test share of {testSize} of {Counted.Of(n, "text")} leaves none to train on; choose a smaller "
                    + $"share.",
                nameof(testSize)
            );
        return tests;
    }
}
