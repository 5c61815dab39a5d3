using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Export;

/// <summary>The steps of a classifier that is described by <see cref="ClassifierOptions"/>.</summary>
internal static class ClassifierSteps
{
    public static IEnumerable<ExportStep> Of(TextClassifier model)
    {
        ClassifierOptions options = model.Options;
        for (int level = 0; level < options.Levels; level++)
            yield return Encoder(model, level);
        yield return options.Pooling == Pooling.Attention
            ? new AttentionStep(Whole(model, "attention.kernel"), Whole(model, "attention.bias"), model["attention.context"].Values)
            : new PoolStep(options.Pooling);
        if (options.Encoder == EncoderKind.Mean)
            yield return new ActivationStep(DenseActivation.Relu);
        for (int k = 1; k <= options.Dense.Count; k++)
            yield return new DenseStep(Whole(model, $"dense_{k}.kernel"), Whole(model, $"dense_{k}.bias"), options.DenseActivation);
        yield return new DenseStep(Whole(model, "dense.kernel"), Whole(model, "dense.bias"), null);
    }

    private static ExportStep Encoder(TextClassifier model, int level) => model.Options.Encoder switch
    {
        EncoderKind.Convolution => new ConvolutionStep(Windows(model)),
        EncoderKind.Mean => new DenseStep(Whole(model, "linear.kernel"), Whole(model, "linear.bias"), null),
        EncoderKind.Gru => Recurrent(model, RecurrentKind.Gru, level),
        _ => Recurrent(model, RecurrentKind.Lstm, level),
    };

    private static RecurrentStep Recurrent(TextClassifier model, RecurrentKind kind, int level)
    {
        var directions = new List<RecurrentWeights>();
        for (int i = 0; i < model.Options.LayersOfLevel; i++)
        {
            string prefix = new LayerPlace(level, i, i == 1).Prefix(kind == RecurrentKind.Gru ? "gru" : "lstm");
            directions.Add(new RecurrentWeights(Whole(model, prefix + ".kernel"), Whole(model, prefix + ".recurrent_kernel"),
                Whole(model, prefix + ".bias"), kind == RecurrentKind.Gru ? Whole(model, prefix + ".recurrent_bias") : null));
        }
        return new RecurrentStep(kind, model.Options.HiddenSize, directions);
    }

    /// <summary>From the columns of all places in all windows side by side to a kernel a window.</summary>
    private static List<ConvolutionWindow> Windows(TextClassifier model)
    {
        int filters = model.Options.HiddenSize, inputs = model.Embedding.Dimension;
        Parameter all = model["convolution.kernel"];
        int columns = all.Shape[1], column = 0;
        var windows = new List<ConvolutionWindow>();
        for (int n = 0; n < model.Options.Widths.Count; n++)
        {
            int width = model.Options.Widths[n];
            var kernel = new float[width * inputs * filters];
            for (int o = 0; o < width; o++, column += filters)
            {
                for (int j = 0; j < inputs; j++)
                    all.Values.Span.Slice(j * columns + column, filters).CopyTo(kernel.AsSpan((o * inputs + j) * filters));
            }
            ReadOnlyMemory<float> bias = model["convolution.bias"].Values;
            windows.Add(new ConvolutionWindow(width, kernel, new ExportTensor(bias.Slice(n * filters, filters), filters)));
        }
        return windows;
    }

    private static ExportTensor Whole(TextClassifier model, string name) => new(model[name].Values, [.. model[name].Shape]);
}
