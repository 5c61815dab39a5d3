using Firn.Training;

namespace Firn.Recipes;

/// <summary>The steps of a recipe, in order.</summary>
public enum RecipeStage
{
    /// <summary>Texts are read, cleaned and split into tokens.</summary>
    Read,

    /// <summary>Test and validation parts are drawn, and the vocabulary is built of the training part.</summary>
    Vocabulary,

    /// <summary>
    /// Models that each lack a fold of the texts are trained, and decide what validation texts decide else.
    /// </summary>
    Folds,

    /// <summary>Word vectors are trained, or read.</summary>
    Vectors,

    /// <summary>The classifier is trained.</summary>
    Training,

    /// <summary>The linear part is fitted, and the probabilities are scaled.</summary>
    Output,

    /// <summary>
    /// The model is trained again on training and validation texts, with what the validation decided.
    /// </summary>
    Refit,

    /// <summary>The test part is scored.</summary>
    Evaluation,
}

/// <summary>How far a stage is.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Fraction">In [0, 1]; null when the end is not known.</param>
/// <param name="Detail">In words: "120,000 texts", "epoch 3 of 32, 1.2 M words/s".</param>
public readonly record struct RecipeProgress(RecipeStage Stage, double? Fraction, string Detail);

/// <summary>Watches a recipe; called on any thread, and should return at once.</summary>
public interface IRecipeObserver : ITrainingObserver
{
    /// <summary>A stage begins; the one before is over.</summary>
    void OnStage(RecipeStage stage);

    /// <summary>
    /// A stage got on. <see cref="RecipeStage.Training"/> and <see cref="RecipeStage.Refit"/> report batches and epochs
    /// instead.
    /// </summary>
    void OnProgress(RecipeProgress progress);

    /// <summary>A stage is over.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="summary">What it gave, in words: "218,063 texts, 2 labels".</param>
    /// <param name="seconds">How long it took.</param>
    void OnStageDone(RecipeStage stage, string summary, double seconds);
}
