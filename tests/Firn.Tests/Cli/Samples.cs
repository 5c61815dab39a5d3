using Firn.Cli.Reporting;
using Firn.Evaluation;

namespace Firn.Tests.Cli;

/// <summary>Made-up results in the shape of real ones.</summary>
internal static class Samples
{
    /// <summary>Scores of a model that is right about four times in five.</summary>
    public static EvaluationReport Evaluation(int classes = 2, int texts = 2000)
    {
        var random = new Random(7);
        int columns = classes == 2 ? 1 : classes;
        var labels = new int[texts];
        var scores = new float[texts * columns];
        for (int i = 0; i < texts; i++)
        {
            labels[i] = random.Next(classes);
            double sum = 0;
            for (int c = 0; c < columns; c++)
            {
                double logit =
                    2.2
                        * (
                            (
                                columns == 1 ? labels[i]
                                : labels[i] == c ? 1
                                : 0
                            ) - 0.5
                        )
                    + 2.4 * (random.NextDouble() + random.NextDouble() - 1);
                double value = columns == 1 ? 1 / (1 + Math.Exp(-logit)) : Math.Exp(logit);
                scores[i * columns + c] = (float)value;
                sum += value;
            }
            for (int c = 0; c < columns && columns > 1; c++)
                scores[i * columns + c] /= (float)sum;
        }
        string[] names =
            classes == 2 ? ["negative", "positive"] : [.. Enumerable.Range(0, classes).Select(c => $"class {c}")];
        return SingleLabelEvaluation.Evaluate(scores, labels, names);
    }

    public static ReportData Report(int classes = 2)
    {
        var evaluation = Evaluation(classes);
        return new ReportData
        {
            Title = "tweets",
            Subtitle = "sentiment140_union.csv.gz: 218,063 texts, of which 43,613 for the test",
            Notice = "The texts are synthetic.",
            Headline = MetricTable.Headline(evaluation),
            Evaluation = evaluation,
            BestEpoch = 7,
            History =
            [
                new(1, 0.5031, 0.7511, 0.4671, 0.7792, 0.001, 20, 60_000),
                new(2, 0.4778, 0.7681, 0.4569, 0.7844, 0.001, 20, 60_000),
                new(3, 0.4712, 0.7726, 0.4529, 0.7867, 0.001, 20, 60_000),
                new(4, 0.4674, 0.7747, 0.4488, 0.7883, 0.001, 20, 60_000),
                new(5, 0.4647, 0.7763, 0.4507, 0.7880, 0.001, 20, 60_000),
                new(6, 0.4635, 0.7772, 0.4486, 0.7899, 0.001, 20, 60_000),
                new(7, 0.4620, 0.7779, 0.4463, 0.7905, 0.001, 20, 60_000),
                new(8, 0.4610, 0.7787, 0.4464, 0.7913, 0.001, 20, 60_000),
            ],
            Model = new TableData(
                ["layer", "shape", "parameters", "trained"],
                [
                    ["embedding", "290,419 × 300", "87,125,700", "frozen"],
                    ["lstm", "400 × 100", "160,400", "yes"],
                    ["dense", "100 × 1", "101", "yes"],
                    ["total", "", "87,286,201", "160,501"],
                ]
            ),
            Configuration =
            [
                new("Text", [new("preset", "notebook"), new("stop words", "removed"), new("stemming", "off")]),
                new(
                    "Word vectors",
                    [new("vector_size", "300"), new("window", "7"), new("min_count", "10"), new("epochs", "32")]
                ),
                new(
                    "Training",
                    [
                        new("epochs", "8"),
                        new("batch size", "1024"),
                        new("learning rate", "0.001"),
                        new("schedule", "frozen"),
                    ]
                ),
            ],
            Errors =
            [
                new("<script>alert('x')</script> & {{title}} is not what i wanted :(", "negative", "positive", 0.9987f),
                new("@bob can't wait for the holiday to be over, said nobody", "negative", "positive", 0.9954f),
            ],
            Footer = "Firn 0.1.0, 23 November 2026, trained in 4:12",
        };
    }
}
