using Firn.Data;
using Firn.Linear;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>Texts of one part as ids of the vocabulary, their classes, and which rows of the data they are.</summary>
internal sealed record CorpusPart(RaggedIds Texts, int[] Labels, int[] Rows)
{
    public int Count => Labels.Length;

    /// <summary>Words without an id, those cut off left out; null where the recipe does not read them.</summary>
    public UnseenWords? Unseen { get; init; }

    /// <summary>At most so many ids of each text.</summary>
    public CorpusPart Cut(int most, Truncation truncation)
    {
        int[] offsets = new int[Texts.Count + 1];
        for (int i = 0; i < Texts.Count; i++)
            offsets[i + 1] = offsets[i] + Math.Min(Texts.LengthOf(i), most);
        if (offsets[^1] == Texts.TotalTokens)
            return this;
        var ids = new int[offsets[^1]];
        for (int i = 0; i < Texts.Count; i++)
            TokenWindow.Of(Texts.LengthOf(i), most, truncation).CopyTo(Texts[i], ids.AsSpan(offsets[i]));
        return this with { Texts = new RaggedIds(ids, offsets) };
    }

    /// <summary>These texts and behind them others.</summary>
    public CorpusPart With(CorpusPart more) =>
        new(Texts.With(more.Texts), [.. Labels, .. more.Labels], [.. Rows, .. more.Rows])
        {
            Unseen = more.Unseen is null ? Unseen : Unseen?.With(more.Unseen),
        };

    /// <summary>The chosen texts, in the order given.</summary>
    public CorpusPart Select(ReadOnlySpan<int> texts)
    {
        var labels = new int[texts.Length];
        var rows = new int[texts.Length];
        for (int i = 0; i < texts.Length; i++)
            (labels[i], rows[i]) = (Labels[texts[i]], Rows[texts[i]]);
        return new CorpusPart(Texts.Select(texts), labels, rows) { Unseen = Unseen?.Select(texts) };
    }
}

/// <summary>What is cut off texts that have more tokens than the model uses.</summary>
/// <param name="Texts">Training and validation texts that are cut.</param>
/// <param name="OfTexts">Of so many.</param>
/// <param name="Tokens">Tokens that they lose.</param>
/// <param name="OfTokens">Of so many in all texts.</param>
public sealed record CutTexts(int Texts, int OfTexts, long Tokens, long OfTokens);

/// <summary>All that parts are made of, whichever rows train.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Labels">Their classes.</param>
/// <param name="Start">A bundle to start from, or null.</param>
/// <param name="Options">The recipe.</param>
/// <param name="VectorWords">Words that get an id though the training texts lack them.</param>
internal sealed record PartSource(
    RecipeTexts Texts,
    LabelMap Labels,
    WarmStart? Start,
    RecipeOptions Options,
    IReadOnlyList<string> VectorWords
);

/// <summary>The data as training, validation and test parts, in ids of a vocabulary of the training texts.</summary>
internal sealed class CorpusParts
{
    private readonly PartSource? _source;
    private readonly PartRows? _rows;
    private CorpusPart? _joined;

    private CorpusParts(PartSource source, PartRows rows, Vocabulary vocabulary, RaggedIds wordVectorTexts)
    {
        if (source.Options.Refit || source.Options.Folds > 0)
            (_source, _rows) = (source, rows); // else the corpus goes once its parts are made
        (UnknownLabels, Duplicates) = (rows.UnknownLabels, rows.Duplicates);
        Vocabulary = vocabulary;
        WordVectorTexts = wordVectorTexts;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>What word vectors are trained on: the training texts, not cut, and the texts without labels.</summary>
    public RaggedIds WordVectorTexts { get; }

    public required CorpusPart Train { get; init; }

    public required CorpusPart Validation { get; init; }

    public required CorpusPart Test { get; init; }

    /// <summary>What a refit trains on, in the ids of the first training.</summary>
    public CorpusPart TrainAndValidation => _joined ??= Train.With(Validation);

    /// <summary>
    /// Words of <see cref="Vocabulary"/> that the training texts hold; those that only word vectors have follow them.
    /// </summary>
    public required int SeenWords { get; init; }

    /// <summary>What is cut off long texts.</summary>
    public required CutTexts Cut { get; init; }

    /// <summary>Validation and test rows left out because the training texts lack their label.</summary>
    public int UnknownLabels { get; }

    /// <summary>Texts that others equal.</summary>
    public DuplicateCounts Duplicates { get; }

    /// <summary>
    /// The parts that train on the validation texts too, or on other rows: with a vocabulary and counts of their own.
    /// Only where the options have a second training or folds.
    /// </summary>
    public CorpusParts Again(Func<PartRows, PartRows> choose) => Of(_source!, choose(_rows!));

    /// <summary>Each fold of the training rows as validation rows.</summary>
    public IReadOnlyList<PartRows> Folds(int folds, LabelMap labels, uint seed) => _rows!.InFolds(folds, labels, seed);

    /// <summary>
    /// The parts of these rows. Vocabulary and counts are of the training rows alone, unless the options count
    /// validation rows of the same data too.
    /// </summary>
    public static CorpusParts Of(PartSource source, PartRows rows)
    {
        RecipeOptions options = source.Options;
        RawCorpus corpus = source.Texts.Corpus.Raw;
        TextRows[] counted =
            options.CountValidation && rows.Validation.From == source.Texts.Corpus
                ? [.. rows.Train, rows.Validation]
                : [.. rows.Train];
        (int seen, Vocabulary vocabulary) = BuildVocabulary(source, counted.SelectMany(c => c.Texts));
        int[] idOf = IdsOf(corpus.Words, vocabulary);
        CorpusPart[] train = [.. rows.Train.Select(part => PartOf(part, idOf, vocabulary.UnknownId, source))];
        CorpusPart whole = train.Skip(1).Aggregate(train[0], (all, more) => all.With(more)),
            validation = PartOf(rows.Validation, idOf, vocabulary.UnknownId, source);
        RaggedIds forVectors = counted.Length > rows.Train.Count ? whole.With(validation).Texts : whole.Texts;
        CorpusPart cut = whole.Cut(options.MaxTokens, options.Truncation),
            cutValidation = validation.Cut(options.MaxTokens, options.Truncation);
        return new CorpusParts(source, rows, vocabulary, Joined(forVectors, source.Texts.Unlabeled, idOf))
        {
            Train = cut,
            Validation = cutValidation,
            Test = PartOf(rows.Test, idOf, vocabulary.UnknownId, source).Cut(options.MaxTokens, options.Truncation),
            SeenWords = seen,
            Cut = new CutTexts(
                Longer(whole, options.MaxTokens) + Longer(validation, options.MaxTokens),
                whole.Count + validation.Count,
                (long)whole.Texts.TotalTokens
                    - cut.Texts.TotalTokens
                    + validation.Texts.TotalTokens
                    - cutValidation.Texts.TotalTokens,
                (long)whole.Texts.TotalTokens + validation.Texts.TotalTokens
            ),
        };
    }

    private static int Longer(CorpusPart part, int most) =>
        Enumerable.Range(0, part.Count).Count(i => part.Texts.LengthOf(i) > most);

    /// <summary>
    /// Counts the training texts in their order, so that ties stand in the order in which Keras sees the words. A
    /// bundle's words keep their ids before them; frequent words of texts without labels follow behind them, and those
    /// that only the word vectors have.
    /// </summary>
    private static (int Seen, Vocabulary All) BuildVocabulary(
        PartSource source,
        IEnumerable<ReadOnlyMemory<int>> trained
    )
    {
        RawCorpus corpus = source.Texts.Corpus.Raw;
        RecipeOptions options = source.Options;
        var counts = new long[corpus.Words.Count];
        var builder = new VocabularyBuilder();
        foreach (int word in Count(trained, counts))
            builder.Add(corpus.Words[word], counts[word]);
        Vocabulary vocabulary = builder.Build(options.Vocabulary);
        if (source.Start is { } start)
            vocabulary = start.Extend(vocabulary);
        int seen = vocabulary.Count - 1;
        // Words that the training texts have and the options leave out stay out.
        if (source.VectorWords.Count > 0)
            vocabulary = vocabulary.With(
                source.VectorWords.Where(word =>
                    !(corpus.Words.Find(word) is >= 0 and int number && counts[number] > 0)
                )
            );
        if (source.Texts.Unlabeled is not { } unlabeled)
            return (seen, vocabulary);
        List<int> more = Count(Enumerable.Range(0, unlabeled.Count).Select(unlabeled.Slice), counts);
        return (
            seen,
            vocabulary.With(
                more.Where(word => counts[word] >= options.Word2Vec.MinCount)
                    .OrderByDescending(word => counts[word])
                    .Select(word => corpus.Words[word].ToString())
            )
        );
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

    private static CorpusPart PartOf(TextRows part, int[] idOf, int unknown, PartSource source)
    {
        var ids = new List<int>();
        var offsets = new int[part.Count + 1];
        for (int i = 0; i < part.Count; i++)
        {
            foreach (int word in part.From.Raw.Ids[part.Rows[i]])
            {
                if (idOf[word] > 0)
                    ids.Add(idOf[word]);
            }
            offsets[i + 1] = ids.Count;
        }
        return new CorpusPart(new RaggedIds([.. ids], offsets), part.ClassesIn(source.Labels), part.Rows)
        {
            Unseen = source.Options.LinearBranch is { LongestCharacters: > 0 }
                ? UnseenOf(part, idOf, unknown, offsets, source.Options)
                : null,
        };
    }

    /// <summary>The words without an id that stand between those that the model uses.</summary>
    private static UnseenWords UnseenOf(TextRows part, int[] idOf, int unknown, int[] known, RecipeOptions options)
    {
        var words = new List<int>();
        var offsets = new int[part.Count + 1];
        for (int i = 0; i < part.Count; i++)
        {
            int length = known[i + 1] - known[i],
                place = 0;
            var window = TokenWindow.Of(length, options.MaxTokens, options.Truncation);
            foreach (int word in part.From.Raw.Ids[part.Rows[i]])
            {
                if (idOf[word] == unknown && window.Holds(place, length))
                    words.Add(word);
                place += idOf[word] > 0 ? 1 : 0;
            }
            offsets[i + 1] = words.Count;
        }
        return new UnseenWords(part.From.Raw.Words, new RaggedIds([.. words], offsets));
    }
}
