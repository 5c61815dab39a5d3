using System.Text.Json;
using Firn.Baselines;
using Firn.Data;
using Firn.Evaluation;
using Firn.Explain;
using Firn.Kernels;
using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Tests.Cli;
using Firn.Text;
using Firn.Training;
using Firn.Vectors.Training;

namespace Firn.Tests.Training;

public sealed class MultiLabelTests : IDisposable
{
    private static readonly JsonElement Golden = JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "multilabel.json"))
    );

    private static readonly RecipeOptions Small = RecipeOptions.Tweets with
    {
        Word2Vec = new Word2VecOptions
        {
            VectorSize = 12,
            MinCount = 1,
            Epochs = 2,
            Threads = 1,
        },
        Classifier = new ClassifierOptions
        {
            HiddenSize = 8,
            EmbeddingDropout = 0,
            InputDropout = 0,
            RecurrentDropout = 0,
            MultiLabel = true,
        },
        Training = RecipeOptions.Tweets.Training with { BatchSize = 16, Epochs = 6, LearningRate = 0.02, Threads = 1 },
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-multi-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Figures_equal_scikit_learn()
    {
        int[][] truth =
        [
            .. Golden
                .GetProperty("truth")
                .EnumerateArray()
                .Select(row => row.EnumerateArray().Select(v => v.GetInt32()).ToArray()),
        ];
        float[] scores =
        [
            .. Golden
                .GetProperty("scores")
                .EnumerateArray()
                .SelectMany(row => row.EnumerateArray().Select(v => v.GetSingle())),
        ];
        var sets = new LabelSets(truth[0].Length);
        int[] labels = [.. truth.Select(row => sets.Add(Enumerable.Range(0, row.Length).Where(c => row[c] == 1)))];
        EvaluationReport report = MultiLabelEvaluation.Evaluate(
            scores,
            labels,
            sets,
            ["a", "b", "c", "d", "e"],
            Golden.GetProperty("threshold").GetSingle()
        );
        Assert.Equal(
            Doubles("micro"),
            [report.MultiLabel!.MicroPrecision, report.MultiLabel.MicroRecall, report.MultiLabel.MicroF1],
            Close
        );
        Assert.Equal(Doubles("macro"), [report.MacroPrecision, report.MacroRecall, report.MacroF1], Close);
        Assert.Equal(Doubles("weighted"), [report.WeightedPrecision, report.WeightedRecall, report.WeightedF1], Close);
        Assert.Equal(Doubles("f1"), report.PerClass.Select(c => c.F1), Close);
        Assert.Equal(Doubles("support"), report.PerClass.Select(c => (double)c.Support));
        Assert.Equal(Golden.GetProperty("accuracy").GetDouble(), report.Accuracy, 1e-9);
        Assert.Equal(Golden.GetProperty("hamming").GetDouble(), report.MultiLabel.HammingLoss, 1e-9);
        Assert.Equal(Golden.GetProperty("auc").GetDouble(), report.RocAuc!.Value, 1e-9);
        Assert.Equal(Golden.GetProperty("loss").GetDouble(), report.Loss, 1e-6);
    }

    [Fact]
    public void Loss_and_gradient_equal_PyTorch()
    {
        JsonElement torch = Golden.GetProperty("torch");
        float[][] logits = Rows(torch.GetProperty("logits")),
            has = Rows(torch.GetProperty("has")),
            gradients = Rows(torch.GetProperty("gradient"));
        float[] weights = [.. torch.GetProperty("weights").EnumerateArray().Select(v => v.GetSingle())];
        for (int i = 0; i < logits.Length; i++)
        {
            var gradient = new float[weights.Length];
            double loss = Losses.SigmoidsCrossEntropy(logits[i], [.. has[i].Select(v => v > 0)], weights, gradient);
            Assert.Equal(torch.GetProperty("loss")[i].GetDouble(), loss, 1e-6);
            for (int k = 0; k < gradient.Length; k++)
                Assert.Equal(gradients[i][k], gradient[k], 1e-6f);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Labels_are_found_each_by_itself_and_survive_the_bundle(bool wide)
    {
        RecipeResult result = new Recipe(
            Small with
            {
                LinearBranch = wide ? new LinearBranchOptions() : null,
                TuneThreshold = ThresholdMetric.F1,
            }
        ).Train(Corpus(500), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(["joy", "rain", "work"], result.Predictor.Labels);
        Assert.True(result.Test!.MultiLabel!.MicroF1 > 0.95, $"{result.Test.MultiLabel}");
        result.Predictor.Save(Path.Combine(_folder, "b"));
        using Predictor loaded = Predictor.Load(Path.Combine(_folder, "b"));
        Assert.Equal("joy|work", loaded.Predict("happy office coffee").Label);
        Assert.Equal("", loaded.Predict("coffee city coffee").Label);
        Prediction three = loaded.Predict("wet happy office");
        Assert.True(three.Probabilities.Sum() > 2, "probabilities do not share one");
        Assert.Equal(three.Probabilities, result.Predictor.Predict("wet happy office").Probabilities);
        CorpusEvaluation again = CorpusEvaluation.Run(
            loaded,
            Corpus(100, 9),
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.True(again.Report.MultiLabel!.MicroF1 > 0.95);

        // Each label is held against its absence.
        IReadOnlyList<Explanation> why = new Explainer(loaded).ExplainAll(
            "happy office coffee",
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["joy", "work"], why.Select(e => e.Label).Order());
        Explanation joy = why.Single(e => e.Label == "joy");
        Assert.Equal("not joy", joy.Other);
        Assert.True(
            joy.Tokens[0].Integrated > 1 && joy.Tokens[0].Integrated > joy.Tokens[1].Integrated,
            $"{joy.Tokens[0]} {joy.Tokens[1]}"
        );
        Assert.True(
            new Explainer(loaded).Explain("coffee city coffee", TestContext.Current.CancellationToken).Margin < 0,
            "the likeliest label, and it is not given"
        );
    }

    [Fact]
    public void The_baselines_learn_each_class_by_itself()
    {
        List<LabeledText> train = Corpus(300),
            test = Corpus(100, 9);
        IReadOnlyList<BaselineResult> found = BaselineComparison.Run(
            train,
            Small,
            test,
            cancellation: TestContext.Current.CancellationToken
        );
        Assert.Equal(["majority", "naive Bayes (1,2)", "TF-IDF (1,2) logistic regression"], found.Select(b => b.Name));
        Assert.All(found, b => Assert.Equal(["joy", "rain", "work"], b.Test.PerClass.Select(c => c.Name)));
        Assert.True(found[2].Test.MultiLabel!.MicroF1 > 0.95, $"{found[2].Test.MultiLabel}");
        Assert.True(found[1].Test.MultiLabel!.MicroF1 > found[0].Test.MultiLabel!.MicroF1);

        // One class of them is what two classes would give.
        List<LabeledText> Only(List<LabeledText> texts) =>
            [.. texts.Select(t => t with { Label = t.Label.Split('|').Contains("rain") ? "1" : "0" })];
        IReadOnlyList<BaselineResult> rain = BaselineComparison.Run(
            Only(train),
            Small with
            {
                Classifier = new ClassifierOptions(),
            },
            Only(test),
            cancellation: TestContext.Current.CancellationToken
        );
        for (int i = 0; i < rain.Count; i++)
            Assert.Equal(rain[i].Test.PerClass[1].F1, found[i].Test.PerClass[1].F1, 1e-12);
    }

    [Fact]
    public void A_label_that_training_lacks_is_refused_by_name()
    {
        LabeledText[] test = [new("happy", "joy|snow")];
        Assert.Contains(
            "joy|snow",
            Assert
                .Throws<UnknownLabelException>(() =>
                    new Recipe(Small).Train(Corpus(60), test, cancellation: TestContext.Current.CancellationToken)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Sets_and_single_labels_are_not_mixed_up()
    {
        var texts = RaggedIds.From([
            [1],
            [2],
        ]);
        var single = new TextClassifier(new ClassifierOptions { HiddenSize = 2 }, EmbeddingTable.Random(3, 2, 1), 1);
        var several = new TextClassifier(
            new ClassifierOptions { HiddenSize = 2, MultiLabel = true },
            EmbeddingTable.Random(3, 2, 1),
            1
        );
        Assert.Equal((1, 2), (single.Options.OutputSize, several.Options.OutputSize));
        Assert.Throws<ArgumentException>(() =>
            new Trainer(several, new TrainingOptions()).Run(
                texts,
                [0, 1],
                cancellation: TestContext.Current.CancellationToken
            )
        );
        Assert.Throws<ArgumentException>(() =>
            new Trainer(single, new TrainingOptions()) { Sets = new LabelSets(2) }.Run(
                texts,
                [0, 1],
                cancellation: TestContext.Current.CancellationToken
            )
        );
    }

    [Fact]
    public void The_tool_trains_reports_and_evaluates()
    {
        string data = Path.Combine(_folder, "data.csv"),
            bundle = Path.Combine(_folder, "m"),
            report = Path.Combine(_folder, "r");
        File.WriteAllLines(
            data,
            ["label,text", .. Corpus(200).Select(row => $"{(row.Label.Length == 0 ? "|" : row.Label)},{row.Text}")]
        );
        CapturedRun run = CapturedRun.Of(
            "train",
            data,
            "--multi-label",
            "--balance-classes",
            "--epochs",
            "3",
            "--threads",
            "1",
            "--hidden",
            "8",
            "--out",
            bundle,
            "--report",
            report,
            "--json"
        );
        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Out);
        Assert.InRange(json.RootElement.GetProperty("test").GetProperty("microF1").GetDouble(), 0.5, 1);
        string page = File.ReadAllText(Path.Combine(report, "report.html"));
        Assert.Contains("Reliability before and after scaling", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Confusion matrix", page, StringComparison.Ordinal);
        Assert.Contains("micro average", CapturedRun.Of("evaluate", bundle, data).Out, StringComparison.Ordinal);
        CapturedRun beside = CapturedRun.Of("evaluate", bundle, data, "--baselines", data, "--json");
        Assert.True(beside.ExitCode == 0, beside.Error);
        using var figures = JsonDocument.Parse(beside.Out);
        Assert.Equal(
            [0, 1, 1],
            figures
                .RootElement.GetProperty("baselines")
                .EnumerateArray()
                .Select(b => b.GetProperty("microF1").GetDouble() > 0.5 ? 1 : 0)
        );
    }

    /// <summary>Each class has a word that gives it away; a text has none, one or more of them.</summary>
    private static List<LabeledText> Corpus(int texts, int seed = 1)
    {
        (string Label, string[] Words)[] classes =
        [
            ("joy", ["happy", "love"]),
            ("rain", ["wet", "storm"]),
            ("work", ["office", "paper"]),
        ];
        string[] filler = ["coffee", "city", "phone", "street"];
        var random = new Random(seed);
        var corpus = new List<LabeledText>();
        for (int i = 0; i < texts; i++)
        {
            var has = classes.Where(_ => random.Next(3) == 0).ToArray();
            IEnumerable<string> words = has.Select(c => c.Words[random.Next(2)])
                .Concat(Enumerable.Range(0, 3).Select(_ => filler[random.Next(4)]))
                .OrderBy(_ => random.Next());
            corpus.Add(new LabeledText(string.Join(' ', words), string.Join('|', has.Select(c => c.Label))));
        }
        return corpus;
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;

    private static double[] Doubles(string name) =>
        [.. Golden.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static float[][] Rows(JsonElement rows) =>
        [.. rows.EnumerateArray().Select(row => row.EnumerateArray().Select(v => v.GetSingle()).ToArray())];
}
