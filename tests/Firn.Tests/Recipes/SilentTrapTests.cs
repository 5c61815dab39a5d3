using System.ComponentModel;
using Firn.Data;
using Firn.Explain;
using Firn.Model;
using Firn.Recipes;
using Firn.Tests.Bundles;
using Firn.Tests.Training;
using Firn.Text;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Recipes;

/// <summary>What once went wrong without a word.</summary>
public class SilentTrapTests
{
    private static readonly RecipeOptions _small = RecipeOptions.Notebook with
    {
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 8,
            MinCount = 2,
            Epochs = 2,
            Window = 3,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 4,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
        },
        Training = new TrainingOptions
        {
            BatchSize = 32,
            Epochs = 1,
            Threads = 1,
        },
    };

    [Fact]
    public void A_preset_is_a_value_of_its_own_each_time()
    {
        RecipeOptions mine = RecipeOptions.Tweets with { MaxTokens = 5 };
        // As a configuration binder does: through reflection, into the objects that are there.
        typeof(TrainingOptions).GetProperty(nameof(TrainingOptions.Epochs))!.SetValue(mine.Training, 77);
        typeof(ClassifierOptions).GetProperty(nameof(ClassifierOptions.HiddenSize))!.SetValue(mine.Classifier, 3);
        Assert.Equal((77, 3), (mine.Training.Epochs, mine.Classifier.HiddenSize));
        Assert.Equal((5, 64), (RecipeOptions.Tweets.Training.Epochs, RecipeOptions.Tweets.Classifier.HiddenSize));
        Assert.Equal(RecipeOptions.Tweets, RecipeOptions.Tweets);
        Assert.Equal(RecipeOptions.Notebook, Recipe.Notebook.Options);
        typeof(CleaningOptions).GetProperty(nameof(CleaningOptions.LowerCase))!.SetValue(CleaningOptions.Tweets, false);
        Assert.True(CleaningOptions.Tweets.LowerCase);
    }

    [Fact]
    public void A_schedule_is_read_from_its_text()
    {
        TypeConverter converter = TypeDescriptor.GetConverter(typeof(ThawSchedule));
        Assert.Equal(ThawSchedule.ThawEmbedding(2), converter.ConvertFromInvariantString("thaw-embedding@2"));
        Assert.ThrowsAny<Exception>(() => converter.ConvertFromInvariantString("thaw-it"));
    }

    [Fact]
    public void A_customized_recipe_differs_in_what_was_customized_alone()
    {
        Recipe changed = Recipe.Tweets.With(o => o with { Training = o.Training with { Epochs = 2 } });
        Assert.Equal(2, changed.Options.Training.Epochs);
        Assert.Equal(SizeSettings.Tweets & ~SizeSettings.Epochs, changed.BySize);
        Assert.Equal(SizeSettings.Tweets, Recipe.Tweets.With(o => o with { Calibrate = false }).BySize);
        Assert.Throws<ArgumentOutOfRangeException>(() => Recipe.Tweets.With(o => o with { MaxTokens = -1 }));
    }

    [Fact]
    public void Errors_are_rows_of_the_data_whatever_the_source_gives_a_second_time()
    {
        var random = new Random(3);
        List<LabeledText> data =
        [
            .. ToyCorpus.Make(300).Select(row => row with { Label = random.Next(3) == 0 ? "0" : row.Label }),
        ];
        RecipeResult once = new Recipe(_small).Train(Once(data), cancellation: TestContext.Current.CancellationToken);
        RecipeResult shuffled = new Recipe(_small).Train(
            data.OrderBy(_ => random.Next()),
            cancellation: TestContext.Current.CancellationToken
        );
        foreach (RecipeResult result in new[] { once, shuffled })
        {
            Assert.NotEmpty(result.Errors);
            Assert.All(result.Errors, error => Assert.Contains(new LabeledText(error.Text, error.Actual), data));
        }
    }

    [Fact]
    public void Null_texts_and_labels_are_named()
    {
        List<LabeledText> data = ToyCorpus.Make(20);
        data[6] = data[6] with { Text = null! };
        Assert.Contains("Row 7 of texts in memory: the text is null", Refused(data).Message);
        data[6] = new LabeledText("text", null!);
        Assert.Contains("Row 7 of texts in memory: the label is null", Refused(data).Message);
        using Predictor predictor = SmallPredictor.Make();
        Assert.Contains(
            "Text 1 is null",
            Assert.Throws<ArgumentException>(() => predictor.Predict(["a", null!])).Message
        );

        static InvalidDataException Refused(List<LabeledText> data) =>
            Assert.Throws<InvalidDataException>(() =>
                new Recipe(_small).Train(data, cancellation: TestContext.Current.CancellationToken)
            );
    }

    [Fact]
    public void Properties_set_at_the_start_are_checked_as_those_of_With()
    {
        using Predictor made = SmallPredictor.Make();
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, 0, null, 0.5f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, -1, null, 0.5f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, 9, 1.5, 0.5f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, 9, double.NaN, 0.5f, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, 9, null, float.NaN, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Again(made, 9, null, 0.5f, -2));
        Assert.Equal(9, Again(made, 9, 0.7, 0.25f, 1).MaxTokens);
    }

    [Fact]
    public void A_class_that_is_called_unsure_leaves_no_room_for_texts_that_the_model_is_unsure_about()
    {
        using Predictor made = SmallPredictor.Make(labels: ["sure", "unsure"]);
        Assert.Contains("'unsure'", Assert.Throws<ArgumentException>(() => made.WithAbstainBelow(0.9)).Message);
        Assert.Null(made.WithAbstainBelow(null).AbstainBelow);
    }

    [Fact]
    public void Two_trainers_of_one_model_are_refused()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        TextClassifier model = SmallTask.Model();
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 32,
            Threads = 1,
        };
        var observer = new Second(() => new Trainer(model, options).Run(texts, labels));
        new Trainer(model, options).Run(
            texts,
            labels,
            observer: observer,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Contains("another Trainer", Assert.IsType<InvalidOperationException>(observer.Met).Message);
        // and afterwards it may
        new Trainer(model, options).Run(texts, labels, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void An_explanation_ends_when_it_is_cancelled_and_says_whether_it_converged()
    {
        using Predictor predictor = SmallPredictor.Make();
        var explainer = new Explainer(predictor);
        Explanation explained = explainer.Explain("I love this good song", TestContext.Current.CancellationToken);
        Assert.Equal(explained.CompletenessError <= 0.005, explained.Converged);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            explainer.Explain("good", new CancellationToken(canceled: true))
        );
        Explanation longest = explainer.Explain(
            string.Join(' ', Enumerable.Repeat("good bad love", 100)),
            TestContext.Current.CancellationToken
        );
        Assert.True(longest.Steps * 300L <= 1 << 16, $"{longest.Steps} steps");
    }

    private static Predictor Again(Predictor made, int maxTokens, double? unsure, float threshold, int threads) =>
        new(made.Tokenizer, made.Vocabulary, made.Classifier, made.Labels)
        {
            MaxTokens = maxTokens,
            AbstainBelow = unsure,
            Threshold = threshold,
            Threads = threads,
        };

    /// <summary>Gives its rows once, as a reader of a network stream does.</summary>
    private static IEnumerable<LabeledText> Once(IEnumerable<LabeledText> rows)
    {
        IEnumerator<LabeledText> all = rows.GetEnumerator();
        return Rest();

        IEnumerable<LabeledText> Rest()
        {
            while (all.MoveNext())
                yield return all.Current;
        }
    }

    private sealed class Second(Action run) : ITrainingObserver
    {
        public Exception? Met { get; private set; }

        public void OnBatch(BatchProgress progress) => Met ??= Record.Exception(run);
    }
}
