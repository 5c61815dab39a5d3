using System.Globalization;
using Firn.Cli.Output;
using Firn.Layers;
using Firn.Model;
using Firn.Recipes;
using Firn.Training;

namespace Firn.Cli.Reporting;

/// <summary>A model layer by layer with its numbers of parameters, as Keras' <c>summary()</c> tells them.</summary>
internal sealed record ModelSummary(IReadOnlyList<ModelSummary.Layer> Layers)
{
    /// <summary>One layer: its output's shape for one text of T tokens and its numbers.</summary>
    internal sealed record Layer(string Name, string Output, long Parameters, bool Trained);

    public long Total => Layers.Sum(layer => layer.Parameters);

    public long Trained => Layers.Where(layer => layer.Trained).Sum(layer => layer.Parameters);

    public long Frozen => Total - Trained;

    /// <summary>Reads the layers off a model; <paramref name="schedule"/> says which of them training ever changed.</summary>
    public static ModelSummary Of(TextClassifier model, ThawSchedule schedule)
    {
        var options = model.Options;
        int width = model.Embedding.Dimension, features = options.FeatureSize;
        bool encoder = schedule.EverTrains(ParameterGroup.Lstm), dense = schedule.EverTrains(ParameterGroup.Dense);
        var layers = new List<Layer>
        {
            // As Keras counts: a row a word, though words without a vector share one here.
            new("embedding", $"T × {width}", (long)model.Embedding.VocabularySize * width, schedule.EverTrains(ParameterGroup.Embedding)),
            new(string.Create(CultureInfo.InvariantCulture, $"dropout {options.EmbeddingDropout:0.##}"), $"T × {width}", 0, false),
        };
        for (int level = 1; level <= Levels(options); level++)
        {
            bool last = level == Levels(options) && options.Pooling == Pooling.LastState;
            layers.Add(new(EncoderName(options), last ? $"{features}" : $"T × {features}", CountLevel(model, level), encoder));
        }
        if (options.Pooling != Pooling.LastState)
            layers.Add(new(PoolingName(options.Pooling), $"{features}", Count(model, "attention"), dense && options.Pooling == Pooling.Attention));
        string activation = options.Output switch { OutputActivation.Sigmoid => "sigmoid", OutputActivation.Sigmoids => "a sigmoid a class", _ => "softmax" };
        for (int k = 0; k < options.Dense.Count; k++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"dense_{k + 1}.");
            layers.Add(new($"dense, {options.DenseActivation.ToString().ToLowerInvariant()}", $"{options.Dense[k]}", Count(model, name), dense));
        }
        layers.Add(new($"dense, {activation}", $"{options.OutputSize}", Count(model, "dense."), dense));
        return new ModelSummary(layers);
    }

    /// <summary>What freezing saved: by the shapes, as Keras would hold them.</summary>
    public string Savings(ThawSchedule schedule) => Frozen == 0
        ? $"{schedule.Name}: every parameter trains in some epoch; Adam keeps two moments of each, {Sizes.Bytes(MemoryForecast.OptimizerBytes(Total))} in all."
        : $"{schedule.Name}: {Number(Frozen)} of {Number(Total)} parameters stay frozen; Adam keeps no state for them, which saves {Sizes.Bytes(MemoryForecast.OptimizerBytes(Frozen))}.";

    public TableData ToTable()
    {
        var rows = Layers.Select(layer => new[] { layer.Name, layer.Output, Number(layer.Parameters), layer.Parameters == 0 ? "" : layer.Trained ? "yes" : "frozen" }).ToList();
        rows.Add(["total", "", Number(Total), ""]);
        rows.Add(["trained", "", Number(Trained), ""]);
        rows.Add(["frozen", "", Number(Frozen), ""]);
        return new TableData(["layer", "output", "parameters", "trained"], rows);
    }

    /// <summary>One level of the layers over time in words.</summary>
    public static string EncoderName(ClassifierOptions options)
    {
        string directions = options.Bidirectional ? "bidirectional " : "";
        return options.Encoder switch
        {
            EncoderKind.Gru => $"{directions}GRU, {options.HiddenSize} units",
            EncoderKind.Convolution => $"convolutions over {options.Widths} words, {options.HiddenSize} filters",
            EncoderKind.Mean => $"mean of words, {options.HiddenSize} units",
            _ => $"{directions}LSTM, {options.HiddenSize} units",
        };
    }

    private static int Levels(ClassifierOptions options) => options.Encoder is EncoderKind.Lstm or EncoderKind.Gru ? options.Layers : 1;

    /// <summary>The weights of one level of the layers over time: the first is named without a number.</summary>
    private static long CountLevel(TextClassifier model, int level) => model.Parameters.Where(p => p.Group == ParameterGroup.Lstm)
        .Where(p => LevelOf(p.Name, model.Options) == level).Sum(p => (long)p.Values.Length);

    private static int LevelOf(string name, ClassifierOptions options)
    {
        string layer = name[..name.IndexOf('.', StringComparison.Ordinal)];
        int line = layer.LastIndexOf('_');
        return options.Encoder != EncoderKind.Convolution && int.TryParse(layer.AsSpan(line + 1), CultureInfo.InvariantCulture, out int level) ? level : 1;
    }

    private static long Count(TextClassifier model, string prefix) =>
        model.Parameters.Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(p => (long)p.Values.Length);

    private static string PoolingName(Pooling pooling) => pooling switch
    {
        Pooling.Mean => "mean pooling",
        Pooling.Max => "max pooling",
        _ => "attention pooling",
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
