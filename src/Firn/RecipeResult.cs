using Firn.Data;
using Firn.Evaluation;
using Firn.Recipes;
using Firn.Training;

namespace Firn;

/// <summary>What a recipe gave.</summary>
public sealed record RecipeResult
{
    /// <summary>The trained model with its cleaning and vocabulary; its card tells how it was made.</summary>
    public required Predictor Predictor { get; init; }

    /// <summary>The options, the number of classes filled in.</summary>
    public required RecipeOptions Options { get; init; }

    /// <summary>Figures on the test part; null when there is none.</summary>
    public required EvaluationReport? Test { get; init; }

    /// <summary>History of the epochs, and why training ended.</summary>
    public required TrainingResult Training { get; init; }

    /// <summary>The scaling of the logits, and the linear part's; null where the options ask for neither.</summary>
    public OutputCalibration? Output { get; init; }

    /// <summary>
    /// The second training, on training and validation texts; null where the options ask for none or the first was
    /// cancelled.
    /// </summary>
    public Refit? Refit { get; init; }

    /// <summary>What size and validation texts chose, and why.</summary>
    public IReadOnlyList<RecipeChoice> Choices { get; init; } = [];

    /// <summary>Texts the model was trained on, before <see cref="Refit"/>.</summary>
    public required int TrainTexts { get; init; }

    /// <summary>Texts that measured the epochs.</summary>
    public required int ValidationTexts { get; init; }

    /// <summary>Texts of the test.</summary>
    public required int TestTexts { get; init; }

    /// <summary>Texts that others equal after cleaning.</summary>
    public required DuplicateCounts Duplicates { get; init; }

    /// <summary>What the model does not see of long texts.</summary>
    public required CutTexts Cut { get; init; }

    /// <summary>Test rows left out because the training texts lack their label.</summary>
    public required int UnknownLabels { get; init; }

    /// <summary>Words of the vocabulary that have a vector.</summary>
    public required int WordsWithVector { get; init; }

    /// <summary>
    /// Words of the vocabulary that only the word vectors have, from a file or from texts without labels; the training
    /// texts lack them.
    /// </summary>
    public required int UnseenWords { get; init; }

    /// <summary>The twenty test texts the model is surest of and gets wrong.</summary>
    public required IReadOnlyList<ConfidentError> Errors { get; init; }

    /// <summary>How long each stage took.</summary>
    public required IReadOnlyDictionary<RecipeStage, double> Seconds { get; init; }
}
