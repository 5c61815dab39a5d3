using Firn.Text;

namespace Firn.Recipes;

/// <summary>Texts of one part as ids of the vocabulary, their classes, and which rows of the data they are.</summary>
internal sealed record CorpusPart(RaggedIds Texts, int[] Labels, int[] Rows)
{
    public int Count => Labels.Length;

    /// <summary>The last <paramref name="most"/> ids of each text, as Keras' <c>pad_sequences</c> cuts.</summary>
    public CorpusPart Cut(int most)
    {
        int[] offsets = new int[Texts.Count + 1];
        for (int i = 0; i < Texts.Count; i++)
            offsets[i + 1] = offsets[i] + Math.Min(Texts.LengthOf(i), most);
        if (offsets[^1] == Texts.TotalTokens)
            return this;
        var ids = new int[offsets[^1]];
        for (int i = 0; i < Texts.Count; i++)
            Texts[i][^(offsets[i + 1] - offsets[i])..].CopyTo(ids.AsSpan(offsets[i]));
        return this with { Texts = new RaggedIds(ids, offsets) };
    }

    /// <summary>The chosen texts, in the order given.</summary>
    public CorpusPart Select(ReadOnlySpan<int> texts)
    {
        var labels = new int[texts.Length];
        var rows = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            (labels[i], rows[i]) = (Labels[texts[i]], Rows[texts[i]]);
        return new CorpusPart(Texts.Select(texts), labels, rows);
    }
}

/// <summary>The data as training, validation and test parts, in ids of a vocabulary of the training texts.</summary>
internal sealed class CorpusParts
{
    private CorpusParts(Vocabulary vocabulary, CorpusPart whole, CorpusPart train, CorpusPart validation, CorpusPart test)
    {
        Vocabulary = vocabulary;
        WordVectorTexts = whole.Texts;
        Train = train;
        Validation = validation;
        Test = test;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>What word vectors are trained on: training and validation texts, not cut.</summary>
    public RaggedIds WordVectorTexts { get; }

    public CorpusPart Train { get; }

    public CorpusPart Validation { get; }

    public CorpusPart Test { get; }

    /// <summary>Test rows left out because the training texts lack their label.</summary>
    public int UnknownLabels { get; private init; }

    /// <summary>Draws the parts: the test from the corpus itself, or the whole of <paramref name="test"/> where it is given.</summary>
    public static CorpusParts Draw(RawCorpus corpus, RawCorpus? test, LabelMap labels, LabeledSource source, LabeledSource? testSource, RecipeOptions options)
    {
        (int[] trainRows, int[] testRows) = test is not null || options.TestShare == 0
            ? (new MersenneTwister(options.SplitSeed).Permutation(corpus.Ids.Count), [])
            : TrainTestSplit.Random(corpus.Ids.Count, options.TestShare, options.SplitSeed);
        Vocabulary vocabulary = BuildVocabulary(corpus, trainRows, options.Vocabulary);
        int[] idOf = IdsOf(corpus.Words, vocabulary);
        CorpusPart whole = PartOf(corpus, trainRows, idOf, labels, source.LabelNames);
        CorpusPart cut = whole.Cut(options.MaxTokens);
        (int[] train, int[] validation) = SplitValidation(cut.Labels, options);

        int unknown = 0;
        if (test is not null)
        {
            bool[] known = [.. test.LabelTexts.Select(l => labels.ClassOf(l, testSource!.LabelNames) >= 0)];
            testRows = [.. Enumerable.Range(0, test.Ids.Count).Where(row => known[test.Labels[row]])];
            unknown = test.Ids.Count - testRows.Length;
            if (unknown > 0 && options.OnUnknownLabel == RowErrorPolicy.Stop)
                throw new UnknownLabelException([.. test.LabelTexts.Where((_, l) => !known[l]).Select(testSource!.Named)], unknown, labels.Names);
        }
        CorpusPart testPart = PartOf(test ?? corpus, testRows, idOf, labels, (testSource ?? source).LabelNames).Cut(options.MaxTokens);
        return new CorpusParts(vocabulary, whole, cut.Select(train), cut.Select(validation), testPart) { UnknownLabels = unknown };
    }

    /// <summary>Counts the training texts in their order, so that ties stand in the order in which Keras sees the words.</summary>
    private static Vocabulary BuildVocabulary(RawCorpus corpus, int[] rows, VocabularyOptions options)
    {
        var counts = new long[corpus.Words.Count];
        var order = new List<int>();
        foreach (int row in rows)
        {
            foreach (int word in corpus.Ids[row])
            {
                if (counts[word]++ == 0)
                    order.Add(word);
            }
        }
        var builder = new VocabularyBuilder();
        foreach (int word in order)
            builder.Add(corpus.Words[word], counts[word]);
        return builder.Build(options);
    }

    private static int[] IdsOf(TokenTable words, Vocabulary vocabulary)
    {
        var ids = new int[words.Count];
        for (int word = 0; word < ids.Length; word++)
            ids[word] = vocabulary.IdOf(words[word]);
        return ids;
    }

    private static CorpusPart PartOf(RawCorpus corpus, int[] rows, int[] idOf, LabelMap labels, IReadOnlyDictionary<string, string> names)
    {
        int[] classOf = [.. corpus.LabelTexts.Select(l => labels.ClassOf(l, names))];
        var ids = new List<int>();
        var offsets = new int[rows.Length + 1];
        var classes = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (int word in corpus.Ids[rows[i]])
            {
                if (idOf[word] > 0)
                    ids.Add(idOf[word]);
            }
            offsets[i + 1] = ids.Count;
            classes[i] = classOf[corpus.Labels[rows[i]]];
        }
        return new CorpusPart(new RaggedIds([.. ids], offsets), classes, rows);
    }

    private static (int[] Train, int[] Validation) SplitValidation(int[] labels, RecipeOptions options)
    {
        if (options.ValidationShare == 0)
            return ([.. Enumerable.Range(0, labels.Length)], []);
        if (options.Validation == ValidationSplit.Stratified)
            return TrainTestSplit.Stratified(labels, options.ValidationShare, options.SplitSeed);
        int train = (int)Math.Floor(labels.Length * (1 - options.ValidationShare)); // as Keras computes it
        return ([.. Enumerable.Range(0, train)], [.. Enumerable.Range(train, labels.Length - train)]);
    }
}
