using Firn.Data;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>Rows of a corpus, in the order in which they are used.</summary>
internal sealed record TextRows(ReadCorpus From, int[] Rows)
{
    public int Count => Rows.Length;

    /// <summary>The texts, in numbers of the table of words.</summary>
    public IEnumerable<ReadOnlyMemory<int>> Texts => Rows.Select(From.Raw.Ids.Slice);

    /// <summary>The class of each.</summary>
    public int[] ClassesIn(LabelMap labels)
    {
        int[] classOf = [.. From.Raw.LabelTexts.Select(l => labels.ClassOf(l, From.Source.LabelNames))];
        return [.. Rows.Select(row => classOf[From.Raw.Labels[row]])];
    }
}

/// <summary>Which rows train, validate and test.</summary>
/// <param name="Train">From the corpus, and for a second training from where the validation texts come too.</param>
/// <param name="Validation">May be none.</param>
/// <param name="Test">May be none.</param>
internal sealed record PartRows(IReadOnlyList<TextRows> Train, TextRows Validation, TextRows Test)
{
    /// <summary>Validation and test rows left out because the training texts lack their label.</summary>
    public int UnknownLabels { get; private init; }

    /// <summary>Texts that others equal.</summary>
    public required DuplicateCounts Duplicates { get; init; }

    /// <summary>Training and validation rows together, to train on; none validate.</summary>
    public PartRows Joined => this with { Train = [.. Train, Validation], Validation = Validation with { Rows = [] } };

    /// <summary>Draws them; validation and test come from the corpus itself where they are not given.</summary>
    public static PartRows Draw(RecipeTexts texts, LabelMap labels, RecipeOptions options)
    {
        ReadCorpus corpus = texts.Corpus;
        int count = corpus.Raw.Ids.Count;
        int[] first = EqualTexts.FirstOf(
            corpus.Raw.Ids,
            texts.Validation?.Raw.Ids ?? Nothing,
            texts.Test?.Raw.Ids ?? Nothing
        );
        int[] classes = new TextRows(corpus, [.. Enumerable.Range(0, count)]).ClassesIn(labels);
        (int[] trained, int[] tested) =
            texts.Test is not null || options.TestShare == 0
                ? new SplitRows(new MersenneTwister(options.SplitSeed).Permutation(count), [])
                : DrawTest(classes, first[..count], options);
        int unknown = 0;
        TextRows? validation = texts.Validation is { } given
            ? new TextRows(given, KnownRows(given, labels, options, ref unknown))
            : null;
        if (validation is null)
        {
            (trained, int[] measuring) = Validate(trained, classes, first, options);
            validation = new TextRows(corpus, measuring);
        }
        var train = new TextRows(corpus, trained);
        TextRows test = texts.Test is { } apart
            ? new TextRows(apart, KnownRows(apart, labels, options, ref unknown))
            : new TextRows(corpus, tested);
        return new PartRows([train], validation, test)
        {
            UnknownLabels = unknown,
            Duplicates = CountDuplicates(
                first,
                classes,
                train.Rows,
                Numbers(validation, texts.Validation is null ? 0 : count),
                Numbers(test, texts.Test is null ? 0 : count + (texts.Validation?.Raw.Ids.Count ?? 0))
            ),
        };
    }

    /// <summary>The test part of a corpus, as <see cref="RecipeOptions.TestSplit"/> draws it.</summary>
    /// <param name="classes">[N] the class of each text.</param>
    /// <param name="groups">[N] the first text that equals each.</param>
    /// <param name="options">Share, seed and kind of the split.</param>
    public static SplitRows DrawTest(int[] classes, int[] groups, RecipeOptions options) =>
        options.TestSplit == TestSplit.Random
            ? TrainTestSplit.Random(classes.Length, options.TestShare, options.SplitSeed)
            : TrainTestSplit.Grouped(
                options.Classifier.MultiLabel ? new int[classes.Length] : classes,
                groups,
                options.TestShare,
                options.SplitSeed
            );

    /// <summary>
    /// Each fold of the training rows as validation rows, the others training. Every class has its share in every fold,
    /// and equal texts are in one; where all are equal there is one fold, and that trains nothing.
    /// </summary>
    public IReadOnlyList<PartRows> InFolds(int folds, LabelMap labels, uint seed)
    {
        TextRows all = Train[0];
        int[] first = EqualTexts.FirstOf(all.From.Raw.Ids),
            classes = labels.Sets is null ? all.ClassesIn(labels) : new int[all.Count];
        int[] foldOf = FoldOf(classes, [.. all.Rows.Select(row => first[row])], folds, seed);
        return
        [
            .. Enumerable
                .Range(0, foldOf.Max() + 1)
                .Select(fold =>
                    this with
                    {
                        Train = [all with { Rows = [.. all.Rows.Where((_, i) => foldOf[i] != fold)] }],
                        Validation = all with { Rows = [.. all.Rows.Where((_, i) => foldOf[i] == fold)] },
                        Test = all with { Rows = [] },
                    }
                ),
        ];
    }

    /// <summary>
    /// The fold of each text, from 0. Every class has its share in every fold, and a group is in one; of fewer groups
    /// than folds each is a fold, and the last folds are missing.
    /// </summary>
    /// <param name="classes">[N] the class of each text.</param>
    /// <param name="groups">[N] the first text that equals each.</param>
    /// <param name="folds">How many.</param>
    /// <param name="seed">Of the order in which texts are dealt out.</param>
    public static int[] FoldOf(int[] classes, int[] groups, int folds, uint seed)
    {
        var foldOf = new Dictionary<int, int>(); // of each group
        var counts = new Dictionary<int, int[]>(); // of each class, by fold
        var sizes = new int[folds];
        var found = new int[classes.Length];
        foreach (int i in new MersenneTwister(seed).Permutation(classes.Length))
        {
            if (!counts.TryGetValue(classes[i], out int[]? ofClass))
                counts[classes[i]] = ofClass = new int[folds];
            if (!foldOf.TryGetValue(groups[i], out int fold))
                foldOf[groups[i]] = fold = Enumerable.Range(0, folds).MinBy(f => (ofClass[f], sizes[f], f));
            (found[i], ofClass[fold], sizes[fold]) = (fold, ofClass[fold] + 1, sizes[fold] + 1);
        }
        return found;
    }

    private static RaggedIds Nothing { get; } = new([], [0]);

    private static int[] Numbers(TextRows rows, int from) => [.. rows.Rows.Select(row => from + row)];

    private static (int[] Train, int[] Validation) Validate(
        int[] rows,
        int[] classes,
        int[] first,
        RecipeOptions options
    )
    {
        if (options.ValidationShare == 0 || options.Folds > 0)
            return (rows, []);
        if (options.Validation == ValidationSplit.Last)
        {
            int kept = (int)Math.Floor(rows.Length * (1 - options.ValidationShare)); // as Keras computes it
            return (rows[..kept], rows[kept..]);
        }
        if (rows.Length < 2)
            return (rows, []);
        int[] labels = options.Classifier.MultiLabel ? new int[rows.Length] : [.. rows.Select(row => classes[row])];
        (int[] train, int[] validation) = TrainTestSplit.Grouped(
            labels,
            [.. rows.Select(row => first[row])],
            options.ValidationShare,
            options.SplitSeed
        );
        return ([.. train.Select(i => rows[i])], [.. validation.Select(i => rows[i])]);
    }

    /// <summary>
    /// Rows whose label the training texts have; the others are refused or counted, as the options say.
    /// </summary>
    private static int[] KnownRows(ReadCorpus texts, LabelMap labels, RecipeOptions options, ref int unknown)
    {
        bool[] known = [.. texts.Raw.LabelTexts.Select(l => labels.ClassOf(l, texts.Source.LabelNames) >= 0)];
        int[] rows = [.. Enumerable.Range(0, texts.Raw.Ids.Count).Where(row => known[texts.Raw.Labels[row]])];
        int left = texts.Raw.Ids.Count - rows.Length;
        if (left > 0 && options.OnUnknownLabel == RowErrorPolicy.Stop)
            throw new UnknownLabelException(
                [.. texts.Raw.LabelTexts.Where((_, l) => !known[l]).Select(texts.Source.Named)],
                left,
                labels.Names
            );
        unknown += left;
        return rows;
    }

    private static DuplicateCounts CountDuplicates(
        int[] first,
        int[] classes,
        int[] train,
        int[] validation,
        int[] test
    )
    {
        var mixed = new bool[first.Length];
        int repeated = 0;
        for (int i = 0; i < classes.Length; i++)
        {
            repeated += first[i] == i ? 0 : 1;
            mixed[first[i]] |= classes[i] != classes[first[i]];
        }
        bool[] inTraining = Marked(train, first),
            inValidation = Marked(validation, first);
        return new DuplicateCounts(
            repeated,
            Enumerable.Range(0, classes.Length).Count(i => mixed[first[i]]),
            validation.Count(i => inTraining[first[i]]),
            test.Count(i => inTraining[first[i]]),
            test.Count(i => inValidation[first[i]])
        );
    }

    private static bool[] Marked(int[] texts, int[] first)
    {
        var marked = new bool[first.Length];
        foreach (int text in texts)
            marked[first[text]] = true;
        return marked;
    }
}
