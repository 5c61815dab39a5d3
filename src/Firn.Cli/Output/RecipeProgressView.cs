using System.Globalization;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Output;

/// <summary>
/// Shows a recipe at work: a bar for the stage under way, a line for each stage and each epoch that is done.
/// </summary>
internal sealed class RecipeProgressView(ProgressLine progress) : IRecipeObserver
{
    private int _epochs;

    public void OnStage(RecipeStage stage) => progress.Begin(Name(stage));

    public void OnProgress(RecipeProgress value) => progress.Report(value.Fraction ?? double.NaN, value.Detail);

    /// <summary>Whether each epoch has a line.</summary>
    public bool TellsEpochs { get; init; } = true;

    /// <summary>Called once the texts have been read.</summary>
    public Action? TextsAreRead { get; init; }

    public void OnStageDone(RecipeStage stage, string summary, double seconds)
    {
        progress.End($"{Name(stage)}: {summary}");
        if (stage == RecipeStage.Read)
            TextsAreRead?.Invoke();
    }

    public void OnBatch(BatchProgress batch)
    {
        _epochs = batch.Epochs;
        double fraction = (batch.Epoch - 1 + (double)batch.Batch / Math.Max(1, batch.Batches)) / batch.Epochs;
        progress.Report(
            fraction,
            string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {batch.Epoch}/{batch.Epochs}  loss {batch.Loss:0.0000}  accuracy {batch.Accuracy:0.0000}  "
                    + $"{Speed(batch.TokensPerSecond)}"
            )
        );
    }

    public void OnEpoch(EpochRecord record)
    {
        if (!TellsEpochs)
            return;
        string validation =
            record.ValidationLoss is { } loss && record.ValidationAccuracy is { } accuracy
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"  val_loss {loss:0.0000}  val_accuracy {accuracy:0.0000}"
                )
                : "";
        progress.Line(
            string.Create(
                CultureInfo.InvariantCulture,
                $"  epoch {record.Epoch}/{_epochs}  loss {record.Loss:0.0000}  accuracy {record.Accuracy:0.0000}"
                    + $"{validation}  {record.Seconds:0.0} s  {Speed(record.TokensPerSecond)}"
            )
        );
    }

    public void OnPhaseEnd(PhaseEnd phase)
    {
        string groups = string.Join(", ", phase.Next.Trainable.Order().Select(g => g.ToString().ToLowerInvariant()));
        string rolledBack =
            phase.RolledBack == 0 ? "" : $" and its weights are back, without the {phase.RolledBack} after it";
        progress.Line(
            $"  epoch {phase.BestEpoch} was best{rolledBack}; from epoch {phase.BestEpoch + 1} on trains: {groups}"
        );
    }

    private static string Speed(double tokensPerSecond) =>
        string.Create(CultureInfo.InvariantCulture, $"{tokensPerSecond / 1000:0.0}k tokens/s");

    private static string Name(RecipeStage stage) =>
        stage switch
        {
            RecipeStage.Read => "texts",
            RecipeStage.Vocabulary => "vocabulary",
            RecipeStage.Folds => "folds",
            RecipeStage.Vectors => "word vectors",
            RecipeStage.Training => "training",
            RecipeStage.Output => "output",
            RecipeStage.Refit => "training on all",
            _ => "test",
        };
}
