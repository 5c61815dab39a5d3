using Firn.Layers;
using Firn.Linear;
using Firn.Model;

namespace Firn.Interop.Export;

/// <summary>A model as an exporter sees it: a table, the layers behind it in order, and what comes out.</summary>
/// <param name="Table">The word vectors.</param>
/// <param name="Steps">From rows over time, [T,E], to logits, [K].</param>
/// <param name="Output">What makes probabilities of the logits.</param>
/// <param name="Outputs">K.</param>
internal sealed record ModelView(
    EmbeddingTable Table,
    IReadOnlyList<ExportStep> Steps,
    OutputActivation Output,
    int Outputs
)
{
    /// <summary>[K] what a text without words gets; null lets the weights speak.</summary>
    public IReadOnlyList<float>? Prior { get; init; }

    /// <summary>The linear part, whose logits are added; null for none.</summary>
    public NgramClassifier? Linear { get; init; }

    /// <summary>How texts are padded; null for models that know no padding.</summary>
    public PaddedInput? Padding { get; init; }

    /// <summary>Whether the first layers skip the pads of a masked text.</summary>
    public bool SkipsPads { get; init; }

    /// <summary>Reads a classifier.</summary>
    /// <param name="model">
    /// The classifier; its weights are shared, not copied, but those that another order needs.
    /// </param>
    /// <param name="withLinear">Whether its linear part is taken along.</param>
    public static ModelView Of(TextClassifier model, bool withLinear)
    {
        PaddedInput? padding = ShortModel.PaddingOf(model.Options);
        LayerList layers = ShortModel.LayersOf(model.Options);
        bool skips = padding is { Masked: true } && ModelBuilder.UseOf(layers, 0) == PadUse.Skips;
        return new ModelView(
            model.Embedding,
            ClassifierSteps.Of(model, layers, padding, skips),
            model.Options.Output,
            model.Options.OutputSize
        )
        {
            Prior = model.Prior,
            Linear = withLinear ? model.LinearBranch : null,
            Padding = padding,
            SkipsPads = skips,
        };
    }
}

/// <summary>A layer of a model with its weights.</summary>
internal abstract record ExportStep;

/// <summary>The kinds of recurrent layers.</summary>
internal enum RecurrentKind
{
    /// <summary>Gates in the order i, f, c, o.</summary>
    Lstm,

    /// <summary>Gates in the order z, r, c; the reset stands behind the recurrent product.</summary>
    Gru,

    /// <summary>The same with the reset before the product.</summary>
    GruResetBefore,

    /// <summary>No gates.</summary>
    Simple,
}

/// <summary>One direction of a recurrent layer; G gates of H units.</summary>
/// <param name="Kernel">[E,GH].</param>
/// <param name="Recurrent">[H,GH].</param>
/// <param name="Bias">[GH].</param>
/// <param name="RecurrentBias">[GH] of a GRU with the reset behind; null for others.</param>
internal sealed record RecurrentWeights(
    ExportTensor Kernel,
    ExportTensor Recurrent,
    ExportTensor Bias,
    ExportTensor? RecurrentBias
);

/// <summary>A recurrent layer over time, in one direction or in both.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Layer">Its settings.</param>
/// <param name="Directions">Forward and, where there is one, backward.</param>
internal sealed record RecurrentStep(RecurrentKind Kind, Recurrent Layer, IReadOnlyList<RecurrentWeights> Directions)
    : ExportStep
{
    /// <summary>H.</summary>
    public int Units => Layer.Units;

    /// <summary>Of the candidate and of a cell.</summary>
    public Activation Activation =>
        Layer switch
        {
            Lstm lstm => lstm.Activation,
            Gru gru => gru.Activation,
            _ => ((SimpleRnn)Layer).Activation,
        };

    /// <summary>Of the gates.</summary>
    public Activation GateActivation =>
        Layer switch
        {
            Lstm lstm => lstm.GateActivation,
            Gru gru => gru.GateActivation,
            _ => Activation.Sigmoid,
        };
}

/// <summary>Convolutions side by side, their outputs joined.</summary>
/// <param name="Layer">Its settings.</param>
/// <param name="Windows">In the order of its widths.</param>
internal sealed record ConvolutionStep(Convolution Layer, IReadOnlyList<ConvolutionWindow> Windows) : ExportStep;

/// <summary>One convolution.</summary>
/// <param name="Width">W words.</param>
/// <param name="Kernel">[W,E,F], Keras' order.</param>
/// <param name="Bias">[F]; zeros where there is none.</param>
internal sealed record ConvolutionWindow(int Width, float[] Kernel, ExportTensor Bias);

/// <summary>A linear map of each row, and a function behind it.</summary>
/// <param name="Kernel">[F,N].</param>
/// <param name="Bias">[N]; null for none.</param>
/// <param name="Activation">Behind the sums.</param>
internal sealed record DenseStep(ExportTensor Kernel, ExportTensor? Bias, Activation Activation) : ExportStep;

/// <summary>A function of each value, or of each row.</summary>
internal sealed record ActivationStep(Activation Activation) : ExportStep;

/// <summary>From rows over time to one row: last state, mean or largest values.</summary>
internal sealed record PoolStep(Pooling Pooling) : ExportStep;

/// <summary>A weighted mean of rows over time: u = tanh(h A + a), weights softmax(u v).</summary>
/// <param name="Kernel">A, [F,F].</param>
/// <param name="Bias">a, [F].</param>
/// <param name="Context">v, [F].</param>
internal sealed record AttentionStep(ExportTensor Kernel, ExportTensor Bias, ReadOnlyMemory<float> Context)
    : ExportStep;

/// <summary>The largest or mean value of each unit in windows over time.</summary>
/// <param name="Largest">Or mean.</param>
/// <param name="Window">Steps.</param>
/// <param name="Stride">Steps between windows.</param>
/// <param name="Padding">Valid or same.</param>
internal sealed record WindowPoolStep(bool Largest, int Window, int Stride, WindowPadding Padding) : ExportStep;

/// <summary>
/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta with means and variances of training, all [F].
/// </summary>
internal sealed record BatchNormalizationStep(
    ExportTensor Gamma,
    ExportTensor Beta,
    ExportTensor Mean,
    ExportTensor Variance,
    double Epsilon
) : ExportStep;

/// <summary>The same with mean and variance of each row.</summary>
internal sealed record LayerNormalizationStep(ExportTensor Gamma, ExportTensor Beta, double Epsilon) : ExportStep;

/// <summary>All steps of a text side by side.</summary>
internal sealed record FlattenStep : ExportStep;

/// <summary>Lists of layers on the same input, joined; an empty list gives the input.</summary>
internal sealed record BranchesStep(IReadOnlyList<IReadOnlyList<ExportStep>> Lists, Join Join) : ExportStep;

/// <summary>A text whose pads were skipped gets them again, zeros or the last output.</summary>
/// <param name="Length">Steps from here on.</param>
/// <param name="Pads">Where they stand, and what.</param>
internal sealed record PadStep(int Length, SkippedPads Pads) : ExportStep;
