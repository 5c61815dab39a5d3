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

    /// <summary>
    /// Reads the layers off a model; <paramref name="schedule"/> says which of them training ever changed.
    /// </summary>
    public static ModelSummary Of(TextClassifier model, ThawSchedule schedule)
    {
        var options = model.Options;
        int width = model.Embedding.Dimension;
        bool trains = schedule.EverTrains(ParameterGroup.Embedding);
        // As Keras counts: a row a word, though words without a vector share one here.
        long rows = model.Embedding.VocabularySize;
        var layers = new List<Layer>();
        if (options.Multichannel)
        {
            layers.Add(new("embedding, channel that stays", $"T × {width / 2}", rows * width / 2, false));
            layers.Add(new("embedding, channel that trains", $"T × {width / 2}", rows * width / 2, trains));
        }
        else
        {
            layers.Add(new("embedding", $"T × {width}", rows * width, trains));
        }
        layers.Add(
            new(
                string.Create(CultureInfo.InvariantCulture, $"dropout {options.EmbeddingDropout:0.##}"),
                $"T × {width}",
                0,
                false
            )
        );
        IReadOnlyList<LayerSummary> own = model.Layers;
        layers.AddRange(
            own.SkipLast(1).Select(layer => new Layer(layer.Title, layer.Output, layer.Parameters, Trains(layer)))
        );
        string activation = options.Output switch
        {
            OutputActivation.Sigmoid => "sigmoid",
            OutputActivation.Sigmoids => "a sigmoid a class",
            _ => "softmax",
        };
        layers.Add(new($"dense, {activation}", own[^1].Output, own[^1].Parameters, Trains(own[^1])));
        return new ModelSummary(layers);

        bool Trains(LayerSummary layer) => layer.Group is { } group && schedule.EverTrains(group);
    }

    /// <summary>What freezing saved: by the shapes, as Keras would hold them.</summary>
    public string Savings(ThawSchedule schedule) =>
        Frozen == 0
            ? $"{schedule.Name}: every parameter trains in some epoch; Adam keeps two moments of each, "
                + $"{Sizes.Bytes(MemoryForecast.OptimizerBytes(Total))} in all."
            : $"{schedule.Name}: {Number(Frozen)} of {Number(Total)} parameters stay frozen; Adam keeps no state for "
                + $"them, which saves {Sizes.Bytes(MemoryForecast.OptimizerBytes(Frozen))}.";

    public TableData ToTable()
    {
        var rows = Layers
            .Select(layer =>
                new[]
                {
                    layer.Name,
                    layer.Output,
                    Number(layer.Parameters),
                    layer.Parameters == 0 ? ""
                    : layer.Trained ? "yes"
                    : "frozen",
                }
            )
            .ToList();
        rows.Add(["total", "", Number(Total), ""]);
        rows.Add(["trained", "", Number(Trained), ""]);
        rows.Add(["frozen", "", Number(Frozen), ""]);
        return new TableData(["layer", "output", "parameters", "trained"], rows);
    }

    /// <summary>One level of the layers over time in words.</summary>
    public static string EncoderName(ClassifierOptions options)
    {
        if (options.Model.Count > 0)
            return string.Create(CultureInfo.InvariantCulture, $"a list of {options.Model.Count} layers");
        string directions = options.Bidirectional ? "bidirectional " : "";
        return options.Encoder switch
        {
            EncoderKind.Gru => $"{directions}GRU, {options.HiddenSize} units",
            EncoderKind.Convolution => $"convolutions over {options.Widths} words, {options.HiddenSize} filters",
            EncoderKind.Mean => $"mean of words, {options.HiddenSize} units",
            _ => $"{directions}LSTM, {options.HiddenSize} units",
        };
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
