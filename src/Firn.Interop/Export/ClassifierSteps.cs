using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Export;

/// <summary>
/// The steps of a list of layers, each with the weights that its name leads to (see the layers' own remarks).
/// </summary>
internal sealed class ClassifierSteps
{
    private readonly TextClassifier _model;
    private readonly PaddedInput? _padding;
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private int _dense;

    private ClassifierSteps(TextClassifier model, PaddedInput? padding)
    {
        (_model, _padding) = (model, padding);
    }

    /// <summary>The steps of a model, the output's last.</summary>
    /// <param name="model">Has the weights.</param>
    /// <param name="layers">Its layers.</param>
    /// <param name="padding">How its texts are padded.</param>
    /// <param name="skips">Whether its first layers skip the pads.</param>
    public static IReadOnlyList<ExportStep> Of(TextClassifier model, LayerList layers, PaddedInput? padding, bool skips)
    {
        var steps = new ClassifierSteps(model, padding);
        SkippedPads? skipped = skips && padding!.Length > 0 ? new SkippedPads(padding.Side, false) : null;
        return
        [
            .. steps.Of(layers, ref skipped, onEmbedding: true),
            new DenseStep(steps.Whole("dense.kernel"), steps.Whole("dense.bias"), Activation.Linear),
        ];
    }

    private List<ExportStep> Of(LayerList layers, ref SkippedPads? skipped, bool onEmbedding)
    {
        var steps = new List<ExportStep>();
        for (int i = 0; i < layers.Count; i++)
        {
            PadUse use =
                skipped is null || (onEmbedding && steps.Count == 0) ? PadUse.None : ModelBuilder.UseOf(layers, i);
            if (use is PadUse.Sees or PadUse.Mixed)
            {
                steps.Add(new PadStep(_padding!.Length, skipped!.Value));
                skipped = null;
            }
            if (layers[i] is Dropout or SpatialDropout)
                continue;
            steps.Add(Of(layers[i], ref skipped));
        }
        return steps;
    }

    private ExportStep Of(Layer layer, ref SkippedPads? skipped)
    {
        switch (layer)
        {
            case Recurrent recurrent:
                if (skipped is { } pads)
                    skipped = PadsBehind(recurrent, pads.Side);
                return RecurrentOf(recurrent);
            case Convolution convolution:
                return new ConvolutionStep(convolution, WindowsOf(convolution));
            case Dense dense:
                _dense += dense.Name is null ? 1 : 0;
                string name = dense.Name ?? FormattableString.Invariant($"dense_{_dense}");
                return new DenseStep(
                    Whole(name + ".kernel"),
                    dense.Bias ? Whole(name + ".bias") : null,
                    dense.Activation
                );
            case Activate activate:
                return new ActivationStep(activate.Activation);
            case GlobalMaxPooling:
                return new PoolStep(Pooling.Max);
            case GlobalAveragePooling:
                return new PoolStep(Pooling.Mean);
            case LastState:
                return new PoolStep(Pooling.LastState);
            case AttentionPooling:
                string attention = NameOf(layer);
                return new AttentionStep(
                    Whole(attention + ".kernel"),
                    Whole(attention + ".bias"),
                    _model[attention + ".context"].Values
                );
            case MaxPooling max:
                return new WindowPoolStep(true, max.Window, max.Stride == 0 ? max.Window : max.Stride, max.Padding);
            case AveragePooling mean:
                return new WindowPoolStep(
                    false,
                    mean.Window,
                    mean.Stride == 0 ? mean.Window : mean.Stride,
                    mean.Padding
                );
            case BatchNormalization batch:
                string batchName = NameOf(layer);
                return new BatchNormalizationStep(
                    Whole(batchName + ".gamma"),
                    Whole(batchName + ".beta"),
                    Whole(batchName + ".moving_mean"),
                    Whole(batchName + ".moving_variance"),
                    batch.Epsilon
                );
            case LayerNormalization row:
                string rowName = NameOf(layer);
                return new LayerNormalizationStep(Whole(rowName + ".gamma"), Whole(rowName + ".beta"), row.Epsilon);
            case Flatten:
                return new FlattenStep();
            case Branches branches:
                return BranchesOf(branches.Lists, branches.Join, ref skipped);
            case Residual residual:
                return BranchesOf([residual.List, []], Join.Sum, ref skipped);
            default:
                throw new ExportException(
                    $"A layer of the kind {layer.Kind} is not exported. docs/export.md lists what is."
                );
        }
    }

    private BranchesStep BranchesOf(BranchList lists, Join join, ref SkippedPads? skipped)
    {
        var branches = new List<IReadOnlyList<ExportStep>>();
        SkippedPads? behind = null;
        foreach (LayerList list in lists)
        {
            SkippedPads? own = skipped;
            branches.Add(Of(list, ref own, onEmbedding: false));
            behind ??= own; // as the joined node has it: of its first input
        }
        skipped = behind;
        return new BranchesStep(branches, join);
    }

    private RecurrentStep RecurrentOf(Recurrent layer)
    {
        string kind = layer.Kind;
        (string own, string backward) = NamesOf(layer, kind);
        RecurrentKind form = layer switch
        {
            Lstm => RecurrentKind.Lstm,
            Gru gru => gru.ResetAfter ? RecurrentKind.Gru : RecurrentKind.GruResetBefore,
            _ => RecurrentKind.Simple,
        };
        string[] names = layer.Bidirectional ? [own, backward] : [own];
        return new RecurrentStep(
            form,
            layer,
            [
                .. names.Select(name => new RecurrentWeights(
                    Whole(name + ".kernel"),
                    Whole(name + ".recurrent_kernel"),
                    Whole(name + ".bias"),
                    form == RecurrentKind.Gru ? Whole(name + ".recurrent_bias") : null
                )),
            ]
        );
    }

    /// <summary>From the columns of all places in all windows side by side to a kernel a window.</summary>
    private List<ConvolutionWindow> WindowsOf(Convolution layer)
    {
        string name = NameOf(layer);
        Parameter all = _model[name + ".kernel"];
        int filters = layer.Filters,
            inputs = all.Shape[0],
            columns = all.Shape[1],
            column = 0;
        var windows = new List<ConvolutionWindow>();
        for (int n = 0; n < layer.Widths.Count; n++)
        {
            int width = layer.Widths[n];
            var kernel = new float[width * inputs * filters];
            for (int o = 0; o < width; o++, column += filters)
            {
                for (int j = 0; j < inputs; j++)
                    all.Values.Span.Slice(j * columns + column, filters)
                        .CopyTo(kernel.AsSpan((o * inputs + j) * filters));
            }
            ReadOnlyMemory<float> bias = layer.Bias
                ? _model[name + ".bias"].Values.Slice(n * filters, filters)
                : new float[filters];
            windows.Add(new ConvolutionWindow(width, kernel, new ExportTensor(bias, filters)));
        }
        return windows;
    }

    /// <summary>What Keras shows behind a recurrent layer where a masked text has pads.</summary>
    private static SkippedPads PadsBehind(Recurrent layer, PaddingSide side)
    {
        if (layer.Bidirectional)
            return new SkippedPads(side, Holds: false);
        PaddingSide read = (side == PaddingSide.Post) != layer.Reversed ? PaddingSide.Post : PaddingSide.Pre;
        return new SkippedPads(read, Holds: read == PaddingSide.Post);
    }

    private string NameOf(Layer layer) => NamesOf(layer, layer is AttentionPooling ? "attention" : layer.Kind).Own;

    /// <summary>As the model's builder names them: by kind and number, or by the layer's own name.</summary>
    private (string Own, string Backward) NamesOf(Layer layer, string kind)
    {
        if (layer.Name is { } name)
            return (name, name + "_backward");
        int number = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        string suffix = number == 1 ? "" : FormattableString.Invariant($"_{number}");
        return (kind + suffix, kind + "_backward" + suffix);
    }

    private ExportTensor Whole(string name) => new(_model[name].Values, [.. _model[name].Shape]);
}
