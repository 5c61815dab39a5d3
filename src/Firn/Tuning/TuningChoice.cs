using System.Globalization;
using Firn.Linear;
using Firn.Model;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Tuning;

/// <summary>One option of a recipe and the values worth trying.</summary>
/// <param name="Flag">The option of <c>firn train</c> that sets it.</param>
/// <param name="Values">The values, as that option reads them.</param>
/// <param name="Set">The recipe with a value.</param>
internal sealed record TuningChoice(
    string Flag,
    IReadOnlyList<string> Values,
    Func<RecipeOptions, string, RecipeOptions> Set
)
{
    /// <summary>The options that matter most, by the ablations of docs/accuracy.md.</summary>
    public static IReadOnlyList<TuningChoice> All { get; } =
    [
        new(
            "--vector-size",
            ["50", "100", "200"],
            (o, v) => o with { Word2Vec = o.Word2Vec with { VectorSize = Whole(v) } }
        ),
        new("--min-count", ["1", "2", "5"], (o, v) => o with { Word2Vec = o.Word2Vec with { MinCount = Whole(v) } }),
        new(
            "--vector-epochs",
            ["5", "10", "20"],
            (o, v) => o with { Word2Vec = o.Word2Vec with { Epochs = Whole(v) } }
        ),
        new(
            "--hidden",
            ["32", "64", "128"],
            (o, v) => o with { Classifier = o.Classifier with { HiddenSize = Whole(v) } }
        ),
        new(
            "--bidirectional",
            ["true", "false"],
            (o, v) => o with { Classifier = o.Classifier with { Bidirectional = v == "true" } }
        ),
        new(
            "--pooling",
            ["attention", "max", "mean", "last"],
            (o, v) => o with { Classifier = o.Classifier with { Pooling = PoolingOf(v) } }
        ),
        new(
            "--embedding-dropout",
            ["0.1", "0.3", "0.5"],
            (o, v) => o with { Classifier = o.Classifier with { EmbeddingDropout = Number(v) } }
        ),
        new(
            "--recurrent-dropout",
            ["0", "0.2"],
            (o, v) => o with { Classifier = o.Classifier with { RecurrentDropout = Number(v) } }
        ),
        new(
            "--schedule",
            ["trainable", "frozen", "thaw-all@3"],
            (o, v) => o with { Training = o.Training with { Schedule = ThawSchedule.Parse(v) } }
        ),
        new("--epochs", ["5", "8", "12"], (o, v) => o with { Training = o.Training with { Epochs = Whole(v) } }),
        new(
            "--batch-size",
            ["32", "64", "256"],
            (o, v) => o with { Training = o.Training with { BatchSize = Whole(v) } }
        ),
        new(
            "--learning-rate",
            ["0.0005", "0.001", "0.002", "0.004"],
            (o, v) => o with { Training = o.Training with { LearningRate = Number(v) } }
        ),
        new(
            "--n-grams",
            ["0", "1", "2", "3"],
            (o, v) =>
                o with
                {
                    LinearBranch =
                        v == "0" ? null : (o.LinearBranch ?? new LinearBranchOptions()) with { Longest = Whole(v) },
                }
        ),
    ];

    /// <summary>
    /// The choices where encoders are compared: one of these in every candidate, and no choice that only some of them
    /// have. Without encoders <see cref="All"/>.
    /// </summary>
    public static IReadOnlyList<TuningChoice> Among(IReadOnlyList<string> encoders)
    {
        if (encoders.Count == 0)
            return All;
        var encoder = new TuningChoice(
            "--encoder",
            encoders,
            (o, v) => o with { Classifier = EncoderNames.With(o.Classifier, v) }
        )
        {
            Always = true,
        };
        return
        [
            encoder,
            .. All.Where(choice => choice.Flag is not ("--bidirectional" or "--pooling" or "--recurrent-dropout")),
        ];
    }

    /// <summary>Whether every candidate draws it, in place of one in two.</summary>
    public bool Always { get; init; }

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static Pooling PoolingOf(string name) =>
        name switch
        {
            "attention" => Pooling.Attention,
            "max" => Pooling.Max,
            "mean" => Pooling.Mean,
            _ => Pooling.LastState,
        };
}
