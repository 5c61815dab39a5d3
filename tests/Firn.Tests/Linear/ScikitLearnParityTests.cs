using System.Text.Json;
using Firn.Data;
using Firn.Evaluation;
using Firn.Linear;

namespace Firn.Tests.Linear;

/// <summary>
/// TF-IDF rows, logistic regression and naive Bayes against scikit-learn (tools/golden/baselines_sklearn.py).
/// </summary>
public class ScikitLearnParityTests
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "baselines.json")))
        .RootElement;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Rows_equal_scikit_learn(int index)
    {
        JsonElement golden = Golden.GetProperty("cases")[index];
        CheckRows(golden, "features", "rows", new NgramOptions());
        CheckRows(
            golden,
            "sublinear_features",
            "sublinear_rows",
            new NgramOptions
            {
                Longest = 3,
                MinTexts = 2,
                SublinearCounts = true,
            }
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Logistic_regression_equals_scikit_learn(int index)
    {
        JsonElement golden = Golden.GetProperty("cases")[index];
        (string[] train, string[] test, int[] labels, int classes) = Read(golden);
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(Source(train), new NgramOptions(), 2);
        var model = LogisticRegression.Fit(
            rows,
            labels,
            classes,
            [],
            new LogisticRegressionOptions { Tolerance = 1e-12 },
            2
        );
        SparseMatrix held = vectorizer.Transform(Source(test), 2);

        double[] decisions = model.Decide(held, 2);
        double[] expected = Numbers(golden.GetProperty("decisions"));
        Assert.Equal(expected.Length, decisions.Length);
        Assert.All(expected.Zip(decisions), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
        Assert.All(
            ExpectedProbabilities(golden, "probabilities", classes).Zip(model.Predict(held, 2)),
            pair => Assert.Equal(pair.First, pair.Second, 5e-5)
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Naive_Bayes_equals_scikit_learn(int index)
    {
        JsonElement golden = Golden.GetProperty("cases")[index];
        (string[] train, string[] test, int[] labels, int classes) = Read(golden);
        var options = new NgramOptions { InverseTextFrequency = false, Normalize = false };
        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(
            new TextSource(train, options),
            options,
            1
        );
        float[] probabilities = MultinomialNaiveBayes
            .Fit(rows, labels, classes)
            .Predict(vectorizer.Transform(new TextSource(test, options), 1), 1);
        Assert.All(
            ExpectedProbabilities(golden, "bayes", classes).Zip(probabilities),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5)
        );
    }

    [Fact]
    public void Figures_on_real_tweets_equal_scikit_learn()
    {
        JsonElement golden = Golden.GetProperty("tweets");
        LabeledText[] data = [.. CorpusReader.Open(Data.Path("sentiment140/sentiment140_union.csv.gz"))];
        (int[] trainRows, int[] testRows) = TrainTestSplit.Random(data.Length, 0.1, 42);
        string[] train = [.. trainRows.Take(20000).Select(r => data[r].Text)],
            test = [.. testRows.Take(2000).Select(r => data[r].Text)];
        int[] labels = [.. trainRows.Take(20000).Select(r => data[r].Label == "4" ? 1 : 0)];
        int[] actual = [.. testRows.Take(2000).Select(r => data[r].Label == "4" ? 1 : 0)];

        (NgramVectorizer vectorizer, SparseMatrix rows) = NgramVectorizer.Fit(Source(train), new NgramOptions(), 2);
        Assert.Equal(golden.GetProperty("features").GetInt32(), vectorizer.ColumnCount);
        var model = LogisticRegression.Fit(rows, labels, 2, [], new LogisticRegressionOptions(), 2);
        float[] scores = model.Predict(vectorizer.Transform(Source(test), 2), 2);
        EvaluationReport report = SingleLabelEvaluation.Evaluate(scores, actual, ["negative", "positive"]);
        Assert.Equal(golden.GetProperty("accuracy").GetDouble(), report.Accuracy, 0.0011); // two of 2,000 texts: they lie at 0.5
        Assert.Equal(golden.GetProperty("auc").GetDouble(), report.RocAuc!.Value, 1e-4);
        Assert.All(
            Numbers(golden.GetProperty("scores")).Zip(scores),
            pair => Assert.Equal(pair.First, pair.Second, 2e-3)
        );
    }

    private static void CheckRows(JsonElement golden, string features, string rows, NgramOptions options)
    {
        (string[] train, string[] test, _, _) = Read(golden);
        (NgramVectorizer vectorizer, _) = NgramVectorizer.Fit(new TextSource(train, options), options, 2);
        Assert.Equal(golden.GetProperty(features).GetInt32(), vectorizer.ColumnCount);
        SparseMatrix held = vectorizer.Transform(new TextSource(test, options), 2);
        for (int row = 0; row < test.Length; row++)
        {
            double[] expected = Numbers(golden.GetProperty(rows)[row]);
            float[] found = [.. held.Values[held.RowStarts[row]..held.RowStarts[row + 1]].Order()];
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    private static TextSource Source(string[] texts) => new(texts, new NgramOptions());

    private static (string[] Train, string[] Test, int[] Labels, int Classes) Read(JsonElement golden)
    {
        string[] texts = [.. golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        int[] labels = [.. golden.GetProperty("labels").EnumerateArray().Select(l => l.GetInt32())];
        int train = golden.GetProperty("train").GetInt32();
        return (texts[..train], texts[train..], labels[..train], golden.GetProperty("classes").GetInt32());
    }

    private static double[] ExpectedProbabilities(JsonElement golden, string name, int classes) =>
        [
            .. golden
                .GetProperty(name)
                .EnumerateArray()
                .SelectMany(row => classes == 2 ? [row[1].GetDouble()] : Numbers(row)),
        ];

    private static double[] Numbers(JsonElement array) =>
        array
            .EnumerateArray()
            .SelectMany(v => v.ValueKind == JsonValueKind.Array ? Numbers(v) : [v.GetDouble()])
            .ToArray();
}
