using Firn.Data;
using Firn.Explain;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

/// <summary>
/// Words that no text had before are judged by their spelling, wherever a text is read: test, evaluation, prediction,
/// explanation.
/// </summary>
public sealed class UnseenWordsTests : IDisposable
{
    private static readonly RecipeOptions Options = RecipeOptions.Tweets with
    {
        LinearBranch = new LinearBranchOptions { LongestCharacters = 5 },
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 8,
            MinCount = 2,
            Epochs = 2,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 4,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 2, LearningRate = 0.02, Threads = 1 },
    };

    private static readonly RecipeResult Trained = new Recipe(Options).Train(Made(400, 1), Made(200, 2));

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-unseen-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_test_of_a_training_judges_them() => Assert.InRange(Trained.Test!.Accuracy, 0.97, 1);

    [Fact]
    public void An_evaluation_and_predictions_judge_them_alike()
    {
        LabeledText[] rows = [.. Made(100, 3)];
        CorpusEvaluation evaluation = CorpusEvaluation.Run(
            Trained.Predictor,
            rows,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.InRange(evaluation.Report.Accuracy, 0.97, 1);
        float[] together = Trained.Predictor.Probabilities(Trained.Predictor.Encode(rows.Select(row => row.Text)));
        for (int i = 0; i < rows.Length; i++)
        {
            Prediction alone = Trained.Predictor.Predict(rows[i].Text); // its score is that of the label shown
            Assert.Equal(
                together[i],
                alone.Label == Trained.Predictor.Labels[1] ? alone.Score : 1 - alone.Score,
                1e-6f
            );
        }
    }

    [Fact]
    public void The_bundle_keeps_what_they_say()
    {
        string folder = Path.Combine(_folder, "bundle");
        Trained.Predictor.Save(folder);
        using Predictor loaded = Predictor.Load(folder);
        string[] texts = ["we saw a dubilotosis here", "bamukoation", "", "we saw a"];
        Assert.Equal(Trained.Predictor.Predict(texts).Select(p => p.Score), loaded.Predict(texts).Select(p => p.Score));
        Prediction word = loaded.Predict("bamukoation");
        Assert.Equal((0, true, false), (word.KnownTokens, word.Spelled, word.HasNoKnownToken));
        Assert.True(loaded.Predict("").HasNoKnownToken);
        Assert.False(loaded.Predict("we saw a").Spelled);
    }

    [Fact]
    public void A_bundle_without_the_runs_leaves_them_out_as_before()
    {
        string folder = Path.Combine(_folder, "bundle");
        TextClassifier model = Trained.Predictor.Classifier;
        NgramClassifier wide = model.LinearBranch!;
        var before = new TextClassifier(model.Options, model.Embedding, seed: 0)
        {
            LinearBranch = new NgramClassifier(
                wide.Vectorizer,
                wide.Weights,
                wide.Intercepts,
                new CharacterScores(wide.Characters!.Scores, wide.Characters.Squares)
            ),
        };
        new Predictor(Trained.Predictor.Tokenizer, Trained.Predictor.Vocabulary, before, Trained.Predictor.Labels).Save(
            folder
        );
        using Predictor loaded = Predictor.Load(folder);
        Assert.Equal(loaded.Predict("we saw a").Score, loaded.Predict("we saw a dubilotosis").Score);
        Assert.NotEqual(loaded.Predict("we saw a").Score, Trained.Predictor.Predict("we saw a dubilotosis").Score);
    }

    [Fact]
    public void Ids_alone_do_not_tell_them_and_known_words_score_as_they_did()
    {
        Predictor predictor = Trained.Predictor;
        RaggedIds known = predictor.Encode(["we saw a near", "the house"]),
            unknown = predictor.Encode(["we saw a dubilotosis near", "the house"]);
        Assert.Null(known.Unseen);
        Assert.Equal(known.Ids, unknown.Ids);
        Assert.NotNull(unknown.Unseen);
        float[] plain = predictor.Probabilities(known),
            spelled = predictor.Probabilities(unknown);
        Assert.NotEqual(plain[0], spelled[0]);
        Assert.Equal(plain[1], spelled[1]); // to the bit, whatever the other texts have
        Assert.Equal(plain, predictor.Probabilities(new RaggedIds(unknown.Ids, unknown.Offsets)));
        Assert.Equal([spelled[1], spelled[0]], predictor.Probabilities(unknown.Select([1, 0])));
        Assert.Throws<ArgumentException>(() =>
            predictor.Probabilities(new RaggedIds(known.Ids, known.Offsets) { Unseen = new float[3] })
        );
    }

    [Fact]
    public void Their_share_is_explained()
    {
        Explanation explanation = new Explainer(Trained.Predictor).Explain(
            "we saw a dubilotosis near the house",
            TestContext.Current.CancellationToken
        );
        TokenShare word = explanation.Tokens[3];
        Assert.Equal(("dubilotosis", false), (word.Text, word.Known));
        Assert.True(word.LeaveOneOut > 0.5 && word.Integrated > 0.5, $"{word}");
        Assert.True(explanation.Tokens.Max(t => t.LeaveOneOut) == word.LeaveOneOut);
        Assert.InRange(explanation.CompletenessError, 0, 0.01);
        double logit = Math.Log(explanation.Probability / (1 - explanation.Probability));
        Assert.Equal(logit, explanation.Margin, 1e-3);
    }

    [Theory]
    [InlineData(Truncation.Tail, 1)]
    [InlineData(Truncation.Head, 0)]
    public void Those_that_are_cut_off_say_nothing(Truncation truncation, int kept)
    {
        Predictor all = Trained.Predictor;
        var predictor = new Predictor(all.Tokenizer, all.Vocabulary, all.Classifier, all.Labels)
        {
            MaxTokens = 3,
            Truncation = truncation,
        };
        string[] texts = ["bamukoation we saw a near the house", "we saw a near the house bamukoation"];
        RaggedIds ids = predictor.Encode(texts);
        Assert.Equal([kept == 0, kept == 1], Enumerable.Range(0, 2).Select(i => ids.UnseenOf(i)[^1] > 0));
    }

    [Fact]
    public void A_smaller_vocabulary_keeps_the_judgement()
    {
        RecipeResult result = new Recipe(Options with { Vocabulary = new VocabularyOptions { MaxSize = 8 } }).Train(
            Made(400, 1),
            Made(200, 2),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.True(result.Predictor.Vocabulary.Count <= 9);
        Assert.InRange(result.Test!.Accuracy, 0.97, 1);
    }

    /// <summary>Texts whose label only the end of a word tells that no other text has.</summary>
    private static IEnumerable<LabeledText> Made(int count, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < count; i++)
        {
            string stem = string.Concat(
                Enumerable.Range(0, 3).Select(_ => $"{"bdfgklmnpt"[random.Next(10)]}{"aeiou"[random.Next(5)]}")
            );
            bool first = random.Next(2) == 0;
            yield return new LabeledText(
                $"we saw a {stem}{(first ? "osis" : "ation")} near the {(random.Next(2) == 0 ? "house" : "river")}",
                first ? "0" : "4"
            );
        }
    }
}
