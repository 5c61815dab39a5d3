using System.Globalization;
using Firn.Interop.Keras.Layers;
using Firn.Layers;
using DenseLayer = Firn.Interop.Keras.Layers.DenseLayer;
using GruLayer = Firn.Interop.Keras.Layers.GruLayer;
using LstmLayer = Firn.Interop.Keras.Layers.LstmLayer;

namespace Firn.Interop.Keras.Conversion;

/// <summary>Appends Keras' layers, one by one, to a row of Firn's, with their weights.</summary>
/// <param name="path">What errors call the model.</param>
/// <param name="weights">Receives the tensors.</param>
internal sealed class LayerConversion(string path, WeightConversion weights)
{
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _converted = new(StringComparer.Ordinal);

    /// <summary>Appends a layer of one input.</summary>
    public Piece Append(Piece piece, KerasNode node)
    {
        if (node.Weights.Count > 0 && !_converted.Add(node.Name))
            throw Refused(node, "feeds several layers in a way that is no row of branches side by side");
        return Append(piece, node, node.Layer);
    }

    /// <summary>A layer that cannot be imported.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="why">What it is or has, to follow "layer 'x' (Class)".</param>
    public KerasImportException Refused(KerasNode node, string why) =>
        new(
            $"{path}: layer '{node.Name}' ({node.ClassName}) {why}, which is not imported. docs/import.md lists what "
                + $"is."
        );

    private Piece Append(Piece piece, KerasNode node, KerasLayer layer)
    {
        Flow flow = piece.Flow;
        switch (layer)
        {
            case TrainingOnlyLayer dropout:
                if (dropout.Rate > 0)
                    piece.Layers.Add(dropout.Spatial ? new SpatialDropout(dropout.Rate) : new Dropout(dropout.Rate));
                return piece;
            case ActivationLayer activation:
                piece.Layers.Add(new Activate(Function(node, activation.Activation)));
                return piece;
            case DenseLayer dense:
                return Append(piece, node, dense);
            case TimeDistributedLayer { Inner: DenseLayer or ActivationLayer or TrainingOnlyLayer } each
                when flow.IsSequence:
                return Append(piece, node, each.Inner);
            case TimeDistributedLayer:
                throw Refused(
                    node,
                    "stands around something else than a Dense, an Activation or a Dropout, or reads no sequence"
                );
            case RecurrentLayer recurrent:
                Sequence(node, flow);
                return Append(piece, node, recurrent);
            case BidirectionalLayer both:
                Sequence(node, flow);
                return Append(piece, node, both);
            case Conv1DLayer convolution:
                Looks(node, flow);
                return Append(piece, node, convolution);
            case PoolingLayer pooling:
                Looks(node, flow);
                piece.Layers.Add(
                    pooling.Pooling == KerasPooling.Max
                        ? new MaxPooling(pooling.PoolSize, pooling.Strides, Padding(pooling.Padding))
                        : new AveragePooling(pooling.PoolSize, pooling.Strides, Padding(pooling.Padding))
                );
                return piece with { Flow = new Flow(true, flow.Width, false) };
            case GlobalPoolingLayer global:
                if (global.KeepDims)
                    throw Refused(node, "has keepdims");
                if (global.Pooling == KerasPooling.Max || !flow.Masked)
                    Looks(node, flow);
                Sequence(node, flow);
                piece.Layers.Add(
                    global.Pooling == KerasPooling.Max ? new GlobalMaxPooling() : new GlobalAveragePooling()
                );
                return piece with { Flow = new Flow(false, flow.Width, false) };
            case FlattenLayer:
                if (flow.IsSequence)
                {
                    Looks(node, flow);
                    piece.Layers.Add(new Flatten());
                }
                return piece with { Flow = new Flow(false, flow.IsSequence ? 0 : flow.Width, false) };
            case BatchNormalizationLayer norm:
                return Append(piece, node, norm);
            case LayerNormalizationLayer norm:
                return Append(piece, node, norm);
            default:
                throw Refused(node, "has no layer of Firn's that does the same");
        }
    }

    private Piece Append(Piece piece, KerasNode node, DenseLayer dense)
    {
        string name = Name("dense", first: true);
        weights.Add($"{name}.kernel", WeightConversion.Required(node, "kernel").Values);
        if (dense.UseBias)
            weights.Add($"{name}.bias", WeightConversion.Required(node, "bias").Values);
        piece.Layers.Add(new Dense(dense.Units, Function(node, dense.Activation), dense.UseBias) { Name = name });
        return piece with { Flow = piece.Flow with { Width = dense.Units } };
    }

    private Piece Append(Piece piece, KerasNode node, RecurrentLayer layer)
    {
        string? odd =
            piece.Flow.Masked && layer.ReturnSequences && (layer.ZeroOutputForMask || layer.GoBackwards)
                ? layer.GoBackwards
                    ? "go_backwards over masked steps"
                    : "zero_output_for_mask"
                : null;
        Recurrent converted = Cell(node, layer, out string name) with
        {
            Reversed = layer.GoBackwards,
            InputDropout = layer.Dropout,
            RecurrentDropout = layer.RecurrentDropout,
        };
        weights.AddRecurrent(name, node, "", layer);
        return After(piece, converted with { Name = name }, layer.ReturnSequences, layer.Units, odd);
    }

    private Piece Append(Piece piece, KerasNode node, BidirectionalLayer both)
    {
        RecurrentLayer forward = both.Forward,
            backward = both.Backward;
        if (forward.GoBackwards)
            throw Refused(node, "has a forward layer with go_backwards");
        RecurrentLayer turned = forward with
        {
            GoBackwards = true,
            Dropout = backward.Dropout,
            RecurrentDropout = backward.RecurrentDropout,
        };
        if (turned with { UseBias = backward.UseBias, Stateful = backward.Stateful } != backward)
            throw Refused(node, "has a backward layer of another kind, size or activation than the forward one");
        Recurrent converted = Cell(node, forward, out string name) with
        {
            Bidirectional = true,
            Merge = both.MergeMode switch
            {
                KerasMergeMode.Sum => Join.Sum,
                KerasMergeMode.Mul => Join.Multiply,
                KerasMergeMode.Ave => Join.Average,
                _ => Join.Concatenate,
            },
            InputDropout = forward.Dropout,
            RecurrentDropout = forward.RecurrentDropout,
        };
        weights.AddRecurrent(name, node, "forward/", forward);
        weights.AddRecurrent($"{name}_backward", node, "backward/", backward);
        int width = (both.MergeMode == KerasMergeMode.Concat ? 2 : 1) * forward.Units;
        string? odd =
            piece.Flow.Masked && forward.ReturnSequences && !forward.ZeroOutputForMask
                ? "masked steps that repeat the one before (Keras up to 2.3)"
                : null;
        return After(piece, converted with { Name = name }, forward.ReturnSequences, width, odd);
    }

    private static Piece After(Piece piece, Recurrent layer, bool sequences, int width, string? odd)
    {
        piece.Layers.Add(layer);
        if (!sequences)
            piece.Layers.Add(new LastState());
        return piece with { Flow = new Flow(sequences, width, sequences && piece.Flow.Masked) { Odd = odd } };
    }

    private Recurrent Cell(KerasNode node, RecurrentLayer layer, out string name)
    {
        Activation activation = Inner(node, layer.Activation);
        switch (layer)
        {
            case LstmLayer lstm:
                name = Name("lstm");
                return new Lstm(layer.Units, activation, Inner(node, lstm.RecurrentActivation));
            case GruLayer gru:
                name = Name("gru");
                return new Gru(layer.Units, activation, Inner(node, gru.RecurrentActivation), gru.ResetAfter);
            default:
                name = Name("simple_rnn");
                return new SimpleRnn(layer.Units, activation);
        }
    }

    private Piece Append(Piece piece, KerasNode node, Conv1DLayer layer)
    {
        string name = Name("convolution");
        int window = WeightConversion.Window(layer);
        const int Most = 64;
        if (window > Most || layer.Strides > Most)
            throw Refused(
                node,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"spans {window} steps with strides of {layer.Strides}, beyond {Most}"
                )
            );
        weights.AddConvolution(name, node, layer);
        piece.Layers.Add(
            new Convolution(
                layer.Filters,
                [window],
                Padding(layer.Padding),
                layer.Strides,
                Function(node, layer.Activation),
                layer.UseBias
            )
            {
                Name = name,
            }
        );
        return piece with { Flow = new Flow(true, layer.Filters, false) };
    }

    private Piece Append(Piece piece, KerasNode node, BatchNormalizationLayer layer)
    {
        string name = Name("batch_normalization");
        int width = WeightConversion.Required(node, "moving_mean").Values.Length;
        weights.Add($"{name}.gamma", node, "gamma", width, otherwise: 1);
        weights.Add($"{name}.beta", node, "beta", width);
        weights.Add($"{name}.moving_mean", node, "moving_mean", width);
        weights.Add($"{name}.moving_variance", node, "moving_variance", width);
        piece.Layers.Add(new BatchNormalization(Exact(layer.Epsilon), layer.Momentum) { Name = name });
        return piece;
    }

    private Piece Append(Piece piece, KerasNode node, LayerNormalizationLayer layer)
    {
        string name = Name("layer_normalization");
        int width =
            piece.Flow.Width > 0 ? piece.Flow.Width
            : node.Weights is [var first, ..] ? first.Values.Length
            : throw Refused(node, "has neither center nor scale behind a Flatten");
        weights.Add($"{name}.gamma", node, "gamma", width, otherwise: 1);
        weights.Add($"{name}.beta", node, "beta", width);
        piece.Layers.Add(new LayerNormalization(Exact(layer.Epsilon)) { Name = name });
        return piece;
    }

    /// <summary>0.001 for the float that stands nearest to it.</summary>
    private static double Exact(float value) =>
        double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private Activation Function(KerasNode node, KerasActivation activation) =>
        ActivationConversion.Of(activation)
        ?? throw Refused(
            node,
            string.Create(
                CultureInfo.InvariantCulture,
                $"has the activation {activation.Function}"
                    + $"{(activation.Slope is 0 or 1 ? "" : $" of slope {activation.Slope}")}"
            )
        );

    private Activation Inner(KerasNode node, KerasActivation activation)
    {
        Activation function = Function(node, activation);
        return ActivationConversion.FitsRecurrent(function)
            ? function
            : throw Refused(node, $"has the activation {activation.Function} within");
    }

    private static WindowPadding Padding(KerasPadding padding) =>
        padding switch
        {
            KerasPadding.Same => WindowPadding.Same,
            KerasPadding.Causal => WindowPadding.Causal,
            _ => WindowPadding.Valid,
        };

    private void Sequence(KerasNode node, Flow flow)
    {
        if (!flow.IsSequence)
            throw Refused(node, "reads a sequence where a vector arrives");
    }

    /// <summary>For layers that take masked steps for steps: what stands there must be what Firn has there.</summary>
    private void Looks(KerasNode node, Flow flow)
    {
        Sequence(node, flow);
        if (flow is { Masked: true, Odd: { } odd })
            throw Refused(node, $"reads {odd}");
    }

    /// <summary>
    /// The next name of a kind, as Firn counts them: <c>lstm</c>, <c>lstm_2</c>; <c>dense_1</c>, for <c>dense</c> is
    /// the output.
    /// </summary>
    private string Name(string kind, bool first = false)
    {
        int number = _names[kind] = _names.GetValueOrDefault(kind) + 1;
        return number == 1 && !first ? kind : string.Create(CultureInfo.InvariantCulture, $"{kind}_{number}");
    }
}
