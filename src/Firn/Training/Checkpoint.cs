using System.Text.Json;
using Firn.Files;
using Firn.Layers;
using Firn.Model;
using Firn.Safetensors;

namespace Firn.Training;

/// <summary>
/// A file that keeps a run after each epoch: weights, the best weights, Adam's moments, the callbacks' counts and the
/// history. It is replaced by one rename, so a crash leaves the epoch before or this one. A safetensors file.
/// </summary>
public sealed class Checkpoint
{
    private const string StateName = "state",
        Weights = "weights/",
        Best = "best/",
        First = "adam.m/",
        Second = "adam.v/",
        Phase = "phase/",
        RowOf = "embedding.row_of",
        Start = "start/" + ModelLayers.EmbeddingRows;
    private const string Remedy = "Delete the file to begin anew, or name another.";
    private readonly string _run;

    /// <summary>A checkpoint at a place.</summary>
    /// <param name="path">The file; need not exist.</param>
    /// <param name="run">
    /// What tells this run from others: a hash of its data and options. A file of another run is refused.
    /// </param>
    public Checkpoint(string path, string run)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(run);
        FilePath = path;
        _run = run;
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Whether there is a run to go on with.</summary>
    public bool Exists => File.Exists(FilePath);

    /// <summary>The table of word vectors of a kept run, as training found it; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or of another run.</exception>
    internal EmbeddingTable? ReadTable()
    {
        if (!Exists)
            return null;
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        StateOf(file);
        // a frozen table is its own start
        string name = file.TryGet(Start, out _) ? Start : Weights + ModelLayers.EmbeddingRows;
        TensorEntry rows = file.Require(name, TensorType.Float32, -1, -1);
        return new EmbeddingTable(
            file.ReadArray<int>(file.Require(RowOf, TensorType.Int32, -1)),
            file.ReadArray<float>(rows),
            rows.Shape[1]
        );
    }

    internal void Save(TrainingRun run)
    {
        var tensors = new List<Tensor>();
        foreach (Parameter parameter in run.Model.Parameters)
            tensors.Add(Tensor.Of(Weights + parameter.Name, parameter.Values, [.. parameter.Shape]));
        foreach ((Parameter parameter, float[] copy) in run.Best.Weights.Copies)
            tensors.Add(Tensor.Of(Best + parameter.Name, copy, [.. parameter.Shape]));
        AddMoments("", run.Epochs.Optimizer!.State);
        if (run.PhaseBest is { } best)
        {
            foreach ((Parameter parameter, float[] copy) in best.Best.Weights.Copies)
                tensors.Add(Tensor.Of(Phase + Weights + parameter.Name, copy, [.. parameter.Shape]));
            AddMoments(Phase, best.Moments);
        }
        EmbeddingTable table = run.Model.Embedding;
        if (run.Start is { } start)
            tensors.Add(Tensor.Of(Start, start.Rows, table.RowCount, table.Dimension));
        tensors.Add(Tensor.Of(RowOf, table.RowOf.ToArray(), table.VocabularySize));
        string state = JsonSerializer.Serialize(
            CheckpointState.Of(run, _run),
            CheckpointContext.Default.CheckpointState
        );
        OutputFile.Write(
            FilePath,
            stream => SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { [StateName] = state })
        );

        void AddMoments(string kind, IEnumerable<Moments> all)
        {
            foreach (Moments moments in all)
            {
                tensors.Add(Tensor.Of(kind + First + moments.Parameter.Name, moments.First, moments.Shape));
                tensors.Add(Tensor.Of(kind + Second + moments.Parameter.Name, moments.Second, moments.Shape));
            }
        }
    }

    /// <summary>
    /// Puts a kept run into <paramref name="run"/>, which has not begun; does nothing when there is none.
    /// </summary>
    internal void Resume(TrainingRun run)
    {
        if (!Exists)
            return;
        using SafetensorsFile file = SafetensorsFile.Open(FilePath);
        CheckpointState state = StateOf(file);
        // First the start, from which the optimizer's movable rows follow; then the weights.
        if (run.Start is { } start)
        {
            float[] rows = file.ReadArray<float>(
                file.Require(Start, TensorType.Float32, run.Model.Embedding.RowCount, run.Model.Embedding.Dimension)
            );
            if (!rows.AsSpan().SequenceEqual(start.Rows.Span))
                Throw.BadFile(FilePath, Start, "the run began with other word vectors", Remedy);
        }
        foreach (Parameter parameter in run.Model.Parameters)
            Read(file, Weights, parameter).CopyTo(parameter.Values);
        run.Model.WeightsChanged();
        foreach ((Parameter parameter, float[] copy) in run.Best.Weights.Copies)
            Read(file, Best, parameter).CopyTo(copy, 0);
        state.PutInto(run);
        run.Epochs.Resume(state.History.Count, state.Steps)
            .Restore(
                state.Steps,
                moments =>
                    state.MomentsBegin.TryGetValue(moments.Parameter.Name, out long begin)
                        ? (Read(file, First, moments), Read(file, Second, moments), begin)
                        : null
            );
        if (state.PhaseBest is { } kept)
            Resume(file, kept, run.PhaseBestOf(run.Options.Schedule.PhaseOf(state.History.Count)));
    }

    private static void Resume(SafetensorsFile file, PhaseBestState state, PhaseBest best)
    {
        foreach ((Parameter parameter, float[] copy) in best.Best.Weights.Copies)
            Read(file, Phase + Weights, parameter).CopyTo(copy, 0);
        foreach (Moments moments in best.Moments)
            moments.Set(
                Read(file, Phase + First, moments),
                Read(file, Phase + Second, moments),
                state.MomentsBegin[moments.Parameter.Name]
            );
        best.Best.Resume(state.Best, state.Epoch);
        best.Resume(state.Steps, state.Callbacks);
    }

    private static float[] Read(SafetensorsFile file, string kind, Parameter parameter) =>
        file.ReadArray<float>(file.Require(kind + parameter.Name, TensorType.Float32, [.. parameter.Shape]));

    private static float[] Read(SafetensorsFile file, string kind, Moments moments) =>
        file.ReadArray<float>(file.Require(kind + moments.Parameter.Name, TensorType.Float32, moments.Shape));

    private CheckpointState StateOf(SafetensorsFile file)
    {
        CheckpointState? state = null;
        try
        {
            if (file.Metadata.TryGetValue(StateName, out string? json))
                state = JsonSerializer.Deserialize(json, CheckpointContext.Default.CheckpointState);
        }
        catch (JsonException e)
        {
            Throw.BadFile(FilePath, StateName, e.Message.TrimEnd('.'), Remedy);
        }
        if (state is null)
            Throw.BadFile(FilePath, "header", "it is no checkpoint", Remedy);
        if (state.Run != _run)
            Throw.BadFile(FilePath, "run", "it was kept by a run with other data or options", Remedy);
        return state;
    }
}
