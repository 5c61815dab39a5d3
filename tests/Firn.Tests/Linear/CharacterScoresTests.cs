using Firn.Linear;
using Firn.Text;

namespace Firn.Tests.Linear;

public class CharacterScoresTests
{
    private static readonly string[] Spellings =
    [
        "television",
        "tv",
        "televised",
        "aaaa",
        "vision",
        "visions",
        "telephone",
        "\u00e9t\u00e9",
        "#tv",
    ];

    [Theory] // "where" is the paper's example: <wh, whe, her, ere, re> and the word itself
    [InlineData("where", 3, 6)]
    [InlineData("where", 8, 5 + 4 + 3 + 2 + 1)]
    [InlineData("a", 3, 1)]
    [InlineData("aaaa", 3, 4)] // <aa, aaa twice, aa>, and the word
    public void A_word_has_the_runs_of_the_paper(string word, int longest, int distinct)
    {
        var keys = new List<ulong>();
        new CharacterSource(
            RaggedIds.From([
                [1],
            ]),
            VocabularyOf(word),
            longest
        ).Extract(1, keys);
        Assert.Equal(distinct, keys.Distinct().Count());
        Assert.Equal(Runs(word, longest).Count(), keys.Count);
        Assert.Equal(Runs(word, longest).Distinct().Count(), keys.Distinct().Count());
    }

    [Fact]
    public void A_run_inside_a_word_is_not_the_word()
    {
        Vocabulary vocabulary = VocabularyOf("where", "her", "there");
        var source = new CharacterSource(
            RaggedIds.From([
                [1],
            ]),
            vocabulary,
            5
        );
        HashSet<ulong> where = KeysOf(1),
            her = KeysOf(2),
            there = KeysOf(3);
        Assert.Single(where.Intersect(her)); // her, and not <her>
        Assert.Equal(Runs("where", 5).Intersect(Runs("there", 5)).Count(), where.Intersect(there).Count());
        Assert.Empty(KeysOf(0));

        HashSet<ulong> KeysOf(int id)
        {
            var keys = new List<ulong>();
            source.Extract(id, keys);
            return [.. keys];
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_and_folded_scores_are_those_of_a_slow_reference(int outputs)
    {
        Vocabulary vocabulary = VocabularyOf(Spellings);
        RaggedIds texts = RaggedIds.From([
            [1, 2, 1],
            [3, 5],
            [],
            [4, 4, 6],
            [7, 1],
            [0, 8],
            [2],
            [5, 6, 9],
        ]);
        var options = new LinearBranchOptions { LongestCharacters = 4, MinTexts = 2 };
        (CharacterRuns runs, SparseMatrix rows) = CharacterRuns.Fit(texts, vocabulary, options, 2);
        Dictionary<string, double> idf = Frequencies(texts, vocabulary, options);
        Assert.Equal(idf.Count, rows.ColumnCount);
        double[] squares =
        [
            .. Enumerable
                .Range(0, texts.Count)
                .Select(t => Values(texts[t].ToArray(), vocabulary, idf).Squares)
                .Where(s => s > 0)
                .Order(),
        ];
        double median = squares[squares.Length / 2];
        Assert.Contains(squares, s => s < median); // the lower half keeps its length
        for (int text = 0; text < texts.Count; text++)
        {
            (Dictionary<string, double> values, double square) = Values(texts[text].ToArray(), vocabulary, idf);
            double[] expected = [.. values.Values.Select(v => v / Math.Sqrt(Math.Max(median, square))).Order()];
            double[] found =
            [
                .. rows.Values[rows.RowStarts[text]..rows.RowStarts[text + 1]].Select(v => (double)v).Order(),
            ];
            Assert.Equal(expected.Length, found.Length);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], found[i], 1e-6);
        }

        var random = new Random(3);
        double[] weights = [.. Enumerable.Range(0, rows.ColumnCount * outputs).Select(_ => random.NextDouble() - 0.5)];
        CharacterScores scores = runs.Fold(weights.Select(w => (float)w).ToArray(), outputs);
        var logits = new double[texts.Count * outputs];
        rows.Multiply(weights, outputs, logits, 1);
        for (int text = 0; text < texts.Count; text++)
        {
            var own = new float[outputs];
            scores.AddLogits(texts[text], own);
            for (int k = 0; k < outputs; k++)
                Assert.Equal(logits[text * outputs + k], own[k], 1e-5);
        }
    }

    [Fact]
    public void A_word_that_training_lacks_is_judged_by_its_spelling()
    {
        Vocabulary vocabulary = VocabularyOf(
            "television",
            "televisions",
            "rain",
            "rains",
            "the",
            "a",
            "televised",
            "raining",
            "zzz"
        );
        RaggedIds texts = RaggedIds.From([
            .. Enumerable.Range(0, 80).Select(i => new[] { i % 2 == 0 ? 1 + i / 2 % 2 : 3 + i / 2 % 2, 5, 6 }),
        ]);
        int[] labels = [.. Enumerable.Range(0, 80).Select(i => i % 2)];
        NgramClassifier spelling = NgramClassifier.Fit(
            texts,
            vocabulary,
            labels,
            2,
            [],
            new LinearBranchOptions { LongestCharacters = 5 },
            2
        );
        NgramClassifier plain = NgramClassifier.Fit(texts, vocabulary, labels, 2, [], new LinearBranchOptions(), 2);
        Assert.True(LogitOf(spelling, 7) < LogitOf(spelling, 9) - 0.5, "televised is like television");
        Assert.True(LogitOf(spelling, 8) > LogitOf(spelling, 9) + 0.5, "raining is like rain");
        Assert.Equal(LogitOf(plain, 9), LogitOf(plain, 7));
        Assert.Equal(spelling.Intercepts[0], LogitOf(spelling, 9)); // no run of zzz is known

        static float LogitOf(NgramClassifier model, int id)
        {
            var logits = new float[1];
            model.AddLogits([id], logits, new NgramScratch());
            return logits[0];
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_word_without_an_id_says_what_it_says_with_one(int classes)
    {
        Vocabulary vocabulary = VocabularyOf(Spellings);
        RaggedIds texts = RaggedIds.From([
            .. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 9, 1 + i % 7, 1 + i % 4 }),
        ]);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i * i % 7 % classes)];
        NgramClassifier model = NgramClassifier.Fit(
            texts,
            vocabulary,
            labels,
            classes,
            [],
            new LinearBranchOptions { LongestCharacters = 5 },
            2
        );
        model.Scale(0.7f, 0);
        foreach (int id in Enumerable.Range(1, Spellings.Length))
        {
            var unseen = new float[model.OutputSize + 1];
            model.Characters!.Spelling!.Add(vocabulary[id], unseen);
            Assert.Equal(model.Characters.Squares[id], unseen[^1], 1e-5);
            float[] with = new float[model.OutputSize],
                without = new float[model.OutputSize];
            model.Characters.AddLogits([2, 5, id], with);
            model.Characters.AddLogits([2, 5], without, unseen);
            for (int k = 0; k < with.Length; k++)
                Assert.Equal(with[k], without[k], 1e-5);
        }
        Span<float> none = stackalloc float[model.OutputSize + 1];
        model.Characters!.Spelling!.Add(new string('v', 101), none); // no word is as long
        model.Characters.Spelling.Add("", none);
        Assert.Equal(0, none[^1]);
    }

    [Fact]
    public void Words_without_an_id_train_the_runs_as_those_with_one()
    {
        // The last words are too rare for the vocabulary, which is cut: what a test text has of them must have been
        // weighed like it.
        Vocabulary whole = VocabularyOf(Spellings),
            cut = VocabularyOf(Spellings[..4]);
        int[][] all = [.. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 9, 1 + i % 7, 1 + i % 4 })];
        var words = new TokenTable();
        foreach (string word in Spellings)
            words.FindOrAdd(word);
        var unseen = new UnseenWords(
            words,
            RaggedIds.From([.. all.Select(t => t.Where(id => id > 4).Select(id => id - 1).ToArray())])
        );
        RaggedIds known = RaggedIds.From([.. all.Select(t => t.Where(id => id <= 4).ToArray())]);
        var options = new LinearBranchOptions { LongestCharacters = 5 };
        (CharacterRuns a, SparseMatrix rows) = CharacterRuns.Fit(RaggedIds.From(all), whole, options, 1);
        (CharacterRuns b, SparseMatrix same) = CharacterRuns.Fit(known, cut, options, 1, unseen);
        Assert.Equal(rows.ColumnCount, same.ColumnCount);
        for (int text = 0; text < all.Length; text++)
        {
            float[] expected = [.. rows.Values[rows.RowStarts[text]..rows.RowStarts[text + 1]].Order()],
                found = [.. same.Values[same.RowStarts[text]..same.RowStarts[text + 1]].Order()];
            Assert.Equal(expected, found, (x, y) => Math.Abs(x - y) < 1e-6);
        }
        Assert.NotNull(a.Fold(new float[rows.ColumnCount], 1).Spelling);
        Assert.NotNull(b.Fold(new float[rows.ColumnCount], 1).Spelling);
        Assert.Equal(
            unseen.Texts.Ids,
            unseen.Select([.. Enumerable.Range(0, 30)]).With(unseen.Select([.. Enumerable.Range(30, 30)])).Texts.Ids
        );
    }

    [Fact]
    public void The_result_does_not_depend_on_the_threads()
    {
        Vocabulary vocabulary = VocabularyOf(Spellings);
        RaggedIds texts = RaggedIds.From([
            .. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 9, 1 + i % 7, 1 + i % 4 }),
        ]);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 3)];
        var options = new LinearBranchOptions { LongestCharacters = 5 };
        CharacterScores one = NgramClassifier.Fit(texts, vocabulary, labels, 3, [], options, 1).Characters!;
        CharacterScores four = NgramClassifier.Fit(texts, vocabulary, labels, 3, [], options, 4).Characters!;
        Assert.Equal(one.Scores, four.Scores);
        Assert.Equal(one.Squares, four.Squares);
    }

    [Fact]
    public void A_sample_tells_about_how_many_runs_there_are()
    {
        var random = new Random(5);
        Vocabulary vocabulary = VocabularyOf([
            .. Enumerable
                .Range(0, 3000)
                .Select(_ =>
                    string.Concat(
                        Enumerable
                            .Range(0, 3 + random.Next(6))
                            .Select(_ => (char)('a' + (int)(26 * Math.Pow(random.NextDouble(), 2))))
                    )
                )
                .Distinct(),
        ]);
        RaggedIds texts = RaggedIds.From([
            .. Enumerable
                .Range(0, 2000)
                .Select(_ => Enumerable.Range(0, 12).Select(_ => random.Next(1, vocabulary.Count)).ToArray()),
        ]);
        var options = new LinearBranchOptions { LongestCharacters = 5 };
        (_, SparseMatrix rows) = CharacterRuns.Fit(texts, vocabulary, options, 1);
        NgramSample sample = NgramSample.Of(new CharacterSource(texts, vocabulary, 5), options.MinTexts);
        Assert.InRange(sample.Kept, 0.9 * rows.ColumnCount, 1.1 * rows.ColumnCount);
        Assert.InRange(sample.KeptValues, 0.9 * rows.Values.Length, 1.1 * rows.Values.Length);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(9)]
    [InlineData(-1)]
    public void Lengths_out_of_range_are_refused(int longest)
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() =>
            new LinearBranchOptions { LongestCharacters = longest }.Validate()
        );
        Assert.Contains("LongestCharacters", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs as strings; a word longer than the longest run is one too.</summary>
    private static IEnumerable<string> Runs(string word, int longest)
    {
        string marked = $"<{word}>";
        for (int start = 0; start < marked.Length; start++)
        {
            for (int length = 3; length <= longest && start + length <= marked.Length; length++)
                yield return marked.Substring(start, length);
        }
        if (marked.Length > longest)
            yield return marked;
    }

    private static Dictionary<string, double> Frequencies(
        RaggedIds texts,
        Vocabulary vocabulary,
        LinearBranchOptions options
    )
    {
        var frequencies = new Dictionary<string, int>();
        for (int text = 0; text < texts.Count; text++)
        {
            foreach (
                string run in texts[text]
                    .ToArray()
                    .Where(id => id > 0)
                    .SelectMany(id => Runs(vocabulary[id], options.LongestCharacters))
                    .Distinct()
            )
                frequencies[run] = frequencies.GetValueOrDefault(run) + 1;
        }
        return frequencies
            .Where(f => f.Value >= options.MinTexts)
            .ToDictionary(f => f.Key, f => Math.Log((1.0 + texts.Count) / (1 + f.Value)) + 1);
    }

    private static (Dictionary<string, double> Values, double Squares) Values(
        int[] ids,
        Vocabulary vocabulary,
        Dictionary<string, double> idf
    )
    {
        double squares = 0;
        var values = new Dictionary<string, double>();
        foreach (int id in ids.Where(id => id > 0))
        {
            foreach (IGrouping<string, string> run in Runs(vocabulary[id], 4).Where(idf.ContainsKey).GroupBy(r => r))
            {
                double value = run.Count() * idf[run.Key];
                values[run.Key] = values.GetValueOrDefault(run.Key) + value;
                squares += value * value;
            }
        }
        return (values, squares);
    }

    private static Vocabulary VocabularyOf(params string[] words)
    {
        var builder = new VocabularyBuilder();
        for (int i = 0; i < words.Length; i++)
            builder.Add(words[i], 10_000 - i);
        return builder.Build();
    }
}
