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

    /// <summary>These texts and behind them others.</summary>
    public CorpusPart With(CorpusPart more) => new(
        new RaggedIds([.. Texts.Ids, .. more.Texts.Ids], [.. Texts.Offsets, .. more.Texts.Offsets[1..].ToArray().Select(o => o + Texts.TotalTokens)]),
        [.. Labels, .. more.Labels], [.. Rows, .. more.Rows]);

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
    private CorpusPart? joined;

    private CorpusParts(Vocabulary vocabulary, RaggedIds wordVectorTexts, CorpusPart train, CorpusPart validation, CorpusPart test)
    {
        Vocabulary = vocabulary;
        WordVectorTexts = wordVectorTexts;
        Train = train;
        Validation = validation;
        Test = test;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>What word vectors are trained on: training and validation texts, not cut, and the texts without labels.</summary>
    public RaggedIds WordVectorTexts { get; }

    public CorpusPart Train { get; }

    public CorpusPart Validation { get; }

    public CorpusPart Test { get; }

    /// <summary>What a refit trains on.</summary>
    public CorpusPart TrainAndValidation => joined ??= Train.With(Validation);

    /// <summary>Validation and test rows left out because the training texts lack their label.</summary>
    public int UnknownLabels { get; private init; }

    /// <summary>Words of <see cref="Vocabulary"/> that the training texts hold; those that only word vectors have follow them.</summary>
    public int SeenWords { get; private init; }

    /// <summary>
    /// Draws the parts; validation and test come from the corpus itself where they are not given. The words of
    /// <paramref name="vectorWords"/> get an id though the training texts lack them.
    /// </summary>
    public static CorpusParts Draw(RecipeTexts texts, LabelMap labels, WarmStart? start, RecipeOptions options, IReadOnlyList<string> vectorWords)
    {
        RawCorpus corpus = texts.Corpus.Raw;
        (int[] trainRows, int[] testRows) = texts.Test is not null || options.TestShare == 0
            ? (new MersenneTwister(options.SplitSeed).Permutation(corpus.Ids.Count), [])
            : TrainTestSplit.Random(corpus.Ids.Count, options.TestShare, options.SplitSeed);
        // A refit trains on them, so their words must be known.
        RawCorpus? joining = options.Refit ? texts.Validation?.Raw : null;
        (int seen, Vocabulary vocabulary) = BuildVocabulary(corpus, trainRows, joining, texts.Unlabelled, start, options, vectorWords);
        int[] idOf = IdsOf(corpus.Words, vocabulary);
        CorpusPart whole = PartOf(texts.Corpus, trainRows, idOf, labels);
        CorpusPart cut = whole.Cut(options.MaxTokens);
        int unknown = 0;
        (CorpusPart train, CorpusPart validation) = texts.Validation is { } given
            ? (cut, PartOf(given, KnownRows(given, labels, options, ref unknown), idOf, labels).Cut(options.MaxTokens))
            : SplitValidation(cut, options);
        CorpusPart test = texts.Test is { } apart
            ? PartOf(apart, KnownRows(apart, labels, options, ref unknown), idOf, labels)
            : PartOf(texts.Corpus, testRows, idOf, labels);
        RaggedIds forVectors = joining is null ? whole.Texts : Joined(whole.Texts, joining.Ids, idOf);
        return new CorpusParts(vocabulary, Joined(forVectors, texts.Unlabelled, idOf), train, validation, test.Cut(options.MaxTokens)) 
        {
            UnknownLabels = unknown,
            SeenWords = seen,
        };
    }

    /// <summary>Rows whose label the training texts have; the others are refused or counted, as the options say.</summary>
    private static int[] KnownRows(ReadCorpus texts, LabelMap labels, RecipeOptions options, ref int unknown)
    {
        bool[] known = [.. texts.Raw.LabelTexts.Select(l => labels.ClassOf(l, texts.Source.LabelNames) >= 0)];
        int[] rows = [.. Enumerable.Range(0, texts.Raw.Ids.Count).Where(row => known[texts.Raw.Labels[row]])];
        int left = texts.Raw.Ids.Count - rows.Length;
        if (left > 0 && options.OnUnknownLabel == RowErrorPolicy.Stop)
            throw new UnknownLabelException([.. texts.Raw.LabelTexts.Where((_, l) => !known[l]).Select(texts.Source.Named)], left, labels.Names);
        unknown += left;
        return rows;
    }

    /// <summary>
    /// Counts the training texts in their order, so that ties stand in the order in which Keras sees the words. A bundle's
    /// words keep their ids before them; frequent words of texts without labels follow behind them, and those that only the word vectors have.
    /// </summary>
    private static (int Seen, Vocabulary All) BuildVocabulary(
        RawCorpus corpus, int[] rows, RawCorpus? joining, RaggedIds? unlabelled, WarmStart? start, RecipeOptions options, IReadOnlyList<string> vectorWords)
    {
        var counts = new long[corpus.Words.Count];
        var builder = new VocabularyBuilder();
        IEnumerable<ReadOnlyMemory<int>> trained = rows.Select(corpus.Ids.Slice);
        if (joining is not null)
            trained = trained.Concat(Enumerable.Range(0, joining.Ids.Count).Select(joining.Ids.Slice));
        foreach (int word in Count(trained, counts))
            builder.Add(corpus.Words[word], counts[word]);
        Vocabulary vocabulary = builder.Build(options.Vocabulary);
        if (start is not null)
            vocabulary = start.Extend(vocabulary);
        int seen = vocabulary.Count - 1;
        // Words that the training texts have and the options leave out stay out.
        if (vectorWords.Count > 0)
            vocabulary = vocabulary.With(vectorWords.Where(word => !(corpus.Words.Find(word) is >= 0 and int number && counts[number] > 0)));
        if (unlabelled is null)
            return (seen, vocabulary);
        List<int> more = Count(Enumerable.Range(0, unlabelled.Count).Select(unlabelled.Slice), counts);
        return (seen, vocabulary.With(more.Where(word => counts[word] >= options.Word2Vec.MinCount)
            .OrderByDescending(word => counts[word]).Select(word => corpus.Words[word].ToString())));
    }

    /// <summary>Adds the texts' words up; those that were not counted before, in the order of first sight.</summary>
    private static List<int> Count(IEnumerable<ReadOnlyMemory<int>> texts, long[] counts)
    {
        var order = new List<int>();
        foreach (ReadOnlyMemory<int> text in texts)
        {
            foreach (int word in text.Span)
            {
                if (counts[word]++ == 0)
                    order.Add(word);
            }
        }
        return order;
    }

    /// <summary>The texts, ids already, and behind them others, as ids too.</summary>
    private static RaggedIds Joined(RaggedIds texts, RaggedIds? others, int[] idOf)
    {
        if (others is null)
            return texts;
        var ids = new List<int>(texts.Ids);
        var offsets = new List<int>(texts.Offsets);
        for (int i = 0; i < others.Count; i++)
        {
            foreach (int word in others[i])
            {
                if (idOf[word] > 0)
                    ids.Add(idOf[word]);
            }
            offsets.Add(ids.Count);
        }
        return new RaggedIds([.. ids], [.. offsets]);
    }

    private static int[] IdsOf(TokenTable words, Vocabulary vocabulary)
    {
        var ids = new int[words.Count];
        for (int word = 0; word < ids.Length; word++)
            ids[word] = vocabulary.IdOf(words[word]);
        return ids;
    }

    private static CorpusPart PartOf(ReadCorpus texts, int[] rows, int[] idOf, LabelMap labels)
    {
        RawCorpus corpus = texts.Raw;
        int[] classOf = [.. corpus.LabelTexts.Select(l => labels.ClassOf(l, texts.Source.LabelNames))];
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

    private static (CorpusPart Train, CorpusPart Validation) SplitValidation(CorpusPart texts, RecipeOptions options)
    {
        if (options.ValidationShare == 0)
            return (texts, texts.Select([]));
        int[] rows = [.. Enumerable.Range(0, texts.Count)];
        int kept = (int)Math.Floor(texts.Count * (1 - options.ValidationShare)); // as Keras computes it
        (int[] train, int[] validation) = options.Validation == ValidationSplit.Stratified && !options.Classifier.MultiLabel
            ? TrainTestSplit.Stratified(texts.Labels, options.ValidationShare, options.SplitSeed)
            : (rows[..kept], rows[kept..]);
        return (texts.Select(train), texts.Select(validation));
    }
}
