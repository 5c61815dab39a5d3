namespace Firn.Recipes;

/// <summary>What a stage of a recipe, or a phase of its training, holds at its peak, in bytes.</summary>
/// <param name="Name">The stage, or the phase of training: <c>epochs 1 to 2</c>.</param>
/// <param name="Runtime">The process without data: runtime, code, thread stacks, slack of the heap.</param>
/// <param name="InputData">Texts as ids, labels, vocabulary.</param>
/// <param name="WordVectors">Word vectors on their way to the table: word2vec's matrices, or what a file gave.</param>
/// <param name="Weights">The table and the model's weights.</param>
/// <param name="Copies">Copies of weights: the best epoch's, and the table as training found it.</param>
/// <param name="Gradients">Buffers of gradients; none for what is frozen.</param>
/// <param name="OptimizerState">Adam's moments: 8 bytes a weight that trains.</param>
/// <param name="Workspace">Activations of a batch and of the validation; scratch memory of the other stages.</param>
public sealed record StageMemory(
    string Name,
    long Runtime,
    long InputData,
    long WordVectors,
    long Weights,
    long Copies,
    long Gradients,
    long OptimizerState,
    long Workspace
)
{
    /// <summary>All together: what the operating system counts as the process's resident memory.</summary>
    public long Total => Runtime + InputData + WordVectors + Weights + Copies + Gradients + OptimizerState + Workspace;
}

/// <summary>
/// The memory of a recipe on its data, told before word vectors or a model are trained; by formula from the shapes.
/// </summary>
/// <param name="Stages">Stage after stage, training phase by phase.</param>
/// <param name="Parameters">Weights of the model, the table's rows counted as they are held here.</param>
/// <param name="Trained">Weights that train in each phase of the schedule.</param>
public sealed record MemoryForecast(IReadOnlyList<StageMemory> Stages, long Parameters, IReadOnlyList<long> Trained)
{
    /// <summary>The stage that needs most.</summary>
    public StageMemory Largest => Stages.MaxBy(stage => stage.Total)!;

    /// <summary>What the whole run needs.</summary>
    public long Peak => Largest.Total;

    /// <summary>Bytes of Adam's two moments for so many weights: what freezing them saves.</summary>
    public static long OptimizerBytes(long weights) => 2 * sizeof(float) * weights;
}

/// <summary>A recipe needs more memory than it may take; the message says what would fit.</summary>
/// <param name="message">One line.</param>
/// <param name="forecast">What it would need.</param>
public sealed class MemoryLimitException(string message, MemoryForecast forecast) : FirnException(message)
{
    /// <summary>What it would need.</summary>
    public MemoryForecast Forecast { get; } = forecast;
}
