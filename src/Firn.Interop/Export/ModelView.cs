using Firn.Layers;
using Firn.Linear;
using Firn.Model;

namespace Firn.Interop.Export;

/// <summary>A model as an exporter sees it: a table, the layers behind it in order, and what comes out.</summary>
/// <param name="Table">The word vectors.</param>
/// <param name="Steps">From rows over time, [T,E], to logits, [K].</param>
/// <param name="Output">What makes probabilities of the logits.</param>
/// <param name="Outputs">K.</param>
internal sealed record ModelView(EmbeddingTable Table, IReadOnlyList<ExportStep> Steps, OutputActivation Output, int Outputs)
{
    /// <summary>[K] what a text without words gets; null lets the weights speak.</summary>
    public IReadOnlyList<float>? Prior { get; init; }

    /// <summary>The linear part, whose logits are added; null for none.</summary>
    public NgramClassifier? Linear { get; init; }

    /// <summary>Length to which texts are padded in front, the pads read as words; 0 for models that know no padding.</summary>
    public int PaddedLength { get; init; }

    /// <summary>Reads a classifier.</summary>
    /// <param name="model">The classifier; its weights are shared, not copied, but those that another order needs.</param>
    /// <param name="withLinear">Whether its linear part is taken along.</param>
    public static ModelView Of(TextClassifier model, bool withLinear)
    {
        ClassifierOptions options = model.Options;
        return new ModelView(model.Embedding, [.. ClassifierSteps.Of(model)], options.Output, options.OutputSize)
        {
            Prior = model.Prior,
            Linear = withLinear ? model.Wide : null,
            PaddedLength = options.PaddedLength,
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
}

/// <summary>One direction of a recurrent layer; G gates of H units.</summary>
/// <param name="Kernel">[E,GH].</param>
/// <param name="Recurrent">[H,GH].</param>
/// <param name="Bias">[GH].</param>
/// <param name="RecurrentBias">[GH] of a GRU; null for others.</param>
internal sealed record RecurrentWeights(ExportTensor Kernel, ExportTensor Recurrent, ExportTensor Bias, ExportTensor? RecurrentBias);

/// <summary>A recurrent layer over time, in one direction or in both, whose outputs are then joined.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Units">H.</param>
/// <param name="Directions">Forward and, where there is one, backward.</param>
internal sealed record RecurrentStep(RecurrentKind Kind, int Units, IReadOnlyList<RecurrentWeights> Directions) : ExportStep;

/// <summary>Convolutions side by side, each as long as the text (<c>same</c>) and behind a ReLU, their outputs joined.</summary>
internal sealed record ConvolutionStep(IReadOnlyList<ConvolutionWindow> Windows) : ExportStep;

/// <summary>One convolution.</summary>
/// <param name="Width">W words.</param>
/// <param name="Kernel">[W,E,F], Keras' order; (W - 1) / 2 words lie before the one at which a window stands.</param>
/// <param name="Bias">[F].</param>
internal sealed record ConvolutionWindow(int Width, float[] Kernel, ExportTensor Bias);

/// <summary>A linear map of each row, and a function behind it.</summary>
/// <param name="Kernel">[F,N].</param>
/// <param name="Bias">[N].</param>
/// <param name="Activation">Null for none.</param>
internal sealed record DenseStep(ExportTensor Kernel, ExportTensor Bias, DenseActivation? Activation) : ExportStep;

/// <summary>A function of each value.</summary>
internal sealed record ActivationStep(DenseActivation Activation) : ExportStep;

/// <summary>From rows over time to one row: last state, mean or largest values.</summary>
internal sealed record PoolStep(Pooling Pooling) : ExportStep;

/// <summary>A weighted mean of rows over time: u = tanh(h A + a), weights softmax(u v).</summary>
/// <param name="Kernel">A, [F,F].</param>
/// <param name="Bias">a, [F].</param>
/// <param name="Context">v, [F].</param>
internal sealed record AttentionStep(ExportTensor Kernel, ExportTensor Bias, ReadOnlyMemory<float> Context) : ExportStep;
