using Firn.Data;
using Firn.Layers;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Study;

/// <summary>
/// What all classifiers of a study share: texts to draw training sets from, test texts, the pretrained table.
/// </summary>
internal sealed class StudyData
{
    public required Vocabulary Vocabulary { get; init; }

    /// <summary>The pretrained vectors; never written to.</summary>
    public required EmbeddingTable Table { get; init; }

    /// <summary>Texts to train on; the test is not among them.</summary>
    public required StudyTexts Pool { get; init; }

    public required StudyTexts Test { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Where the texts come from.</summary>
    public required DataSource Source { get; init; }

    /// <summary>Where the vectors come from, in words.</summary>
    public required string VectorsFrom { get; init; }

    /// <summary>Tells these texts and vectors from others.</summary>
    public required string Identity { get; init; }

    /// <summary>Mean number of tokens of a test text.</summary>
    public double TestTokens => (double)Test.Ids.TotalTokens / Test.Count;

    /// <summary>
    /// Reads texts, takes or trains vectors. Vectors that are trained are kept in <paramref name="folder"/>, under a
    /// name that says what made them, and read from there the next time.
    /// </summary>
    public static StudyData Read(
        IEnumerable<LabeledText> corpus,
        IEnumerable<LabeledText>? test,
        IEnumerable<LabeledText>? unlabeled,
        StudyOptions options,
        string folder,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        LabeledSource source = LabeledSource.Of(corpus, options.LabelNames);
        LabeledSource? testSource = test is null ? null : LabeledSource.Of(test, options.LabelNames);
        clock.Begin(RecipeStage.Read);
        var words = new TokenTable(1 << 16);
        RawCorpus raw = RawCorpus.Read(source, options.Cleaning, words, clock, cancellation);
        var labels = LabelMap.From(raw.LabelTexts, source.LabelNames, raw.Labels.Length);
        RawCorpus? rawTest = testSource is null
            ? null
            : RawCorpus.Read(testSource, options.Cleaning, words, clock, cancellation);
        RawCorpus? more = unlabeled is null
            ? null
            : RawCorpus.Read(LabeledSource.Of(unlabeled, null), options.Cleaning, words, clock, cancellation);
        (int[] poolRows, int[] testRows) = Split(raw, rawTest, labels, testSource, options);
        clock.End(
            $"{raw.Labels.Length:n0} texts, labels {Counted.Listed(labels.Names)}; {poolRows.Length:n0} to train on, "
                + $"{testRows.Length:n0} to test"
        );

        clock.Begin(RecipeStage.Vectors);
        (WordVectors vectors, string from) = Vectors(raw, more, options, folder, clock, cancellation);
        clock.End($"{Counted.Of(vectors.Count, "vector")} of {vectors.Dimension} dimensions, {from}");
        Vocabulary vocabulary = StudyVectors.VocabularyOf(vectors);
        var idOf = new int[words.Count];
        for (int word = 0; word < idOf.Length; word++)
            idOf[word] = vocabulary.IdOf(words[word]);
        return new StudyData
        {
            Vocabulary = vocabulary,
            Table = EmbeddingTable.From(vocabulary, vectors),
            Pool = StudyTexts.From(raw, poolRows, ClassesOf(raw, labels, source), idOf, options.MaxTokens),
            Test = StudyTexts.From(
                rawTest ?? raw,
                testRows,
                ClassesOf(rawTest ?? raw, labels, testSource ?? source),
                idOf,
                options.MaxTokens
            ),
            Labels = labels.Names,
            Source = new DataSource(source.Description, raw.Labels.Length, raw.Sha256),
            VectorsFrom = from,
            Identity =
                $"{raw.Sha256} {rawTest?.Sha256 ?? "split"} {StudyVectors.HashOf(vectors)} "
                + $"{string.Join('\n', labels.Names)}",
        };
    }

    private static SplitRows Split(
        RawCorpus raw,
        RawCorpus? test,
        LabelMap labels,
        LabeledSource? testSource,
        StudyOptions options
    )
    {
        if (test is null)
            return TrainTestSplit.Random(raw.Ids.Count, options.TestShare, options.Seed);
        bool[] known = [.. test.LabelTexts.Select(l => labels.ClassOf(l, testSource!.LabelNames) >= 0)];
        int[] rows = [.. Enumerable.Range(0, test.Ids.Count).Where(row => known[test.Labels[row]])];
        if (rows.Length < test.Ids.Count && options.OnUnknownLabel == RowErrorPolicy.Stop)
            throw new UnknownLabelException(
                [.. test.LabelTexts.Where((_, l) => !known[l]).Select(testSource!.Named)],
                test.Ids.Count - rows.Length,
                labels.Names
            );
        if (rows.Length == 0)
            throw new InvalidDataException(
                $"{testSource!.Description} holds no text whose label the training texts have; give test texts of "
                    + $"the same labels."
            );
        return new([.. Enumerable.Range(0, raw.Ids.Count)], rows);
    }

    private static (WordVectors Vectors, string From) Vectors(
        RawCorpus raw,
        RawCorpus? more,
        StudyOptions options,
        string folder,
        StageClock clock,
        CancellationToken cancellation
    )
    {
        if (options.VectorsPath is { } path)
            return (StudyVectors.Load(path, options.Words, raw.Words), $"from {path}");
        string from = more is null
            ? "word2vec on all texts of the data, labels unread"
            : "word2vec on all texts of the data and the unlabeled ones, labels unread";
        string file = Path.Combine(folder, $"vectors-{StudyIdentity.OfVectors(raw, more, options)}.bin");
        if (File.Exists(file))
            return (WordVectors.Load(file), from);
        WordVectors vectors = StudyVectors.Train(
            more is null ? [raw] : [raw, more],
            options.Word2Vec,
            clock,
            cancellation
        );
        vectors.Save(file, VectorFormat.Word2VecBinary);
        return (vectors, from);
    }

    private static int[] ClassesOf(RawCorpus corpus, LabelMap labels, LabeledSource source) =>
        [.. corpus.LabelTexts.Select(l => labels.ClassOf(l, source.LabelNames))];
}
