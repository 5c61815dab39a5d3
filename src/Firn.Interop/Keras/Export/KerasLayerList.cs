using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Keras.Export;

/// <summary>
/// Makes Keras' layers of a model. Firn knows no padding: where a layer would read Keras' pads, they are masked
/// (<c>mask_zero</c>), or, where a layer of Keras takes no mask, kept out by an Embedding of one number a word.
/// </summary>
internal sealed class KerasLayerList
{
    private const float FarBelow = -1e9f;
    private readonly ModelView _model;
    private readonly List<KerasExportLayer> _layers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly string _input;

    private KerasLayerList(ModelView model)
    {
        _model = model;
        int? time = model.PaddedLength > 0 ? model.PaddedLength : null;
        Add("InputLayer", new JsonObject(), [], [time]);
        _input = At.Name;
        bool masked = model.PaddedLength == 0 && model.Steps is not [ConvolutionStep, ..];
        Embed(ExportTensor.RowOfEachId(model.Table), masked);
    }

    private KerasExportLayer At => _layers[^1];

    private int Width => At.Shape[^1]!.Value;

    /// <summary>The layers, each behind those that it takes, the input first.</summary>
    /// <exception cref="ExportException">Keras has no layer for one of the model's.</exception>
    public static IReadOnlyList<KerasExportLayer> Of(ModelView model)
    {
        if (model.Linear is not null)
        {
            throw new ExportException("Keras: the linear part over n-grams has no layer; leave it out by WithoutLinear, which changes the scores,"
                + " or write ONNX, which holds it.");
        }
        var list = new KerasLayerList(model);
        for (int i = 0; i < model.Steps.Count; i++)
            i += list.Write(model.Steps, i);
        return list._layers;
    }

    /// <summary>Writes a step; how many more it has taken along.</summary>
    private int Write(IReadOnlyList<ExportStep> steps, int at)
    {
        ExportStep? next = at + 1 < steps.Count ? steps[at + 1] : null;
        switch (steps[at])
        {
            case RecurrentStep recurrent:
                bool last = next is PoolStep { Pooling: Pooling.LastState };
                Recurrent(recurrent, returnsSequences: !last);
                return last ? 1 : 0;
            case ConvolutionStep convolution:
                Convolutions(convolution);
                KeepWords(next);
                return 0;
            case DenseStep { Activation: null } linear when next is PoolStep { Pooling: Pooling.Mean }:
                // The map of a mean is the mean of the maps, and cheaper.
                Pool("GlobalAveragePooling1D");
                Dense(linear, "linear");
                return 1;
            case DenseStep dense:
                Dense(dense, dense.Activation is { } function ? NameOf(function) : next is null ? Output : "linear");
                return 0;
            case ActivationStep activation:
                Add("Activation", new JsonObject { ["activation"] = NameOf(activation.Activation) }, [At.Name], At.Shape);
                return 0;
            case PoolStep { Pooling: Pooling.Mean }:
                Pool("GlobalAveragePooling1D");
                return 0;
            case PoolStep { Pooling: Pooling.Max }:
                if (at > 0 && steps[at - 1] is not ConvolutionStep)
                    LowerPads();
                Pool("GlobalMaxPooling1D");
                return 0;
            case AttentionStep:
                throw new ExportException("Keras: attention pooling is no layer of Keras; write ONNX, which holds it.");
            default:
                throw new ExportException("Keras: the model has a layer of a kind that is not written. docs/export.md lists what is.");
        }
    }

    private string Output => _model.Output == OutputActivation.Softmax ? "softmax" : "sigmoid";

    private void Embed(ExportTensor table, bool masked) =>
        Add("Embedding", new JsonObject { ["input_dim"] = table.Shape[0], ["output_dim"] = table.Shape[1], ["mask_zero"] = masked }, [_input],
            [.. _layers[0].Shape, table.Shape[1]], new KerasExportTensor("", "embeddings", table));

    private void Recurrent(RecurrentStep step, bool returnsSequences)
    {
        bool lstm = step.Kind == RecurrentKind.Lstm, both = step.Directions.Count == 2;
        string kind = lstm ? "lstm" : "gru";
        int?[] shape = [.. returnsSequences ? At.Shape.SkipLast(1) : [], step.Units * step.Directions.Count];
        if (!both)
        {
            string own = NextName(lstm ? "LSTM" : "GRU");
            Add(lstm ? "LSTM" : "GRU", Settings(step, returnsSequences, backwards: false), [At.Name], shape, Tensors(step, 0, "cell/", ""));
            _layers[^1] = At with { Groups = [("", own), ("cell/", kind + "_cell")] };
            return;
        }
        string name = NextName("Bidirectional");
        JsonObject One(string direction, bool backwards) => new()
        {
            ["class_name"] = lstm ? "LSTM" : "GRU",
            ["config"] = KerasJson.Named(Settings(step, returnsSequences, backwards), $"{direction}_{kind}"),
        };
        // Keras makes both of the one layer where it finds no backward one; both have their own names here.
        Add("Bidirectional", new JsonObject { ["layer"] = One("forward", false), ["backward_layer"] = One("backward", true), ["merge_mode"] = "concat" },
            [At.Name], shape, [.. Tensors(step, 0, "forward_layer/cell/", $"forward_{kind}/"), .. Tensors(step, 1, "backward_layer/cell/", $"backward_{kind}/")]);
        _layers[^1] = At with
        {
            Groups =
            [
                ("", name), ("forward_layer/", $"forward_{kind}"), ("forward_layer/cell/", kind + "_cell"),
                ("backward_layer/", $"backward_{kind}"), ("backward_layer/cell/", kind + "_cell"),
            ],
        };
    }

    private static JsonObject Settings(RecurrentStep step, bool returnsSequences, bool backwards)
    {
        var settings = new JsonObject
        {
            ["units"] = step.Units,
            ["activation"] = "tanh",
            ["recurrent_activation"] = "sigmoid",
            ["use_bias"] = true,
            ["return_sequences"] = returnsSequences,
            ["return_state"] = false,
            ["go_backwards"] = backwards,
            ["stateful"] = false,
            ["unroll"] = false,
            ["dropout"] = 0.0,
            ["recurrent_dropout"] = 0.0,
        };
        if (step.Kind == RecurrentKind.Gru)
            settings["reset_after"] = true;
        return settings;
    }

    private static KerasExportTensor[] Tensors(RecurrentStep step, int direction, string group, string prefix)
    {
        RecurrentWeights weights = step.Directions[direction];
        ExportTensor bias = weights.RecurrentBias is not { } recurrent ? weights.Bias
            : new ExportTensor((float[])[.. weights.Bias.Values.Span, .. recurrent.Values.Span], 2, weights.Bias.Shape[0]);
        return
        [
            new KerasExportTensor(group, prefix + "kernel", weights.Kernel),
            new KerasExportTensor(group, prefix + "recurrent_kernel", weights.Recurrent),
            new KerasExportTensor(group, prefix + "bias", bias),
        ];
    }

    private void Convolutions(ConvolutionStep step)
    {
        string from = At.Name;
        int inputs = Width;
        IReadOnlyList<int?> time = [.. At.Shape.SkipLast(1)];
        var joined = new List<string>();
        foreach (ConvolutionWindow window in step.Windows)
        {
            int filters = window.Bias.Shape[0];
            Add("Conv1D", new JsonObject
            {
                ["filters"] = filters,
                ["kernel_size"] = new JsonArray(window.Width),
                ["strides"] = new JsonArray(1),
                ["padding"] = "same",
                ["data_format"] = "channels_last",
                ["dilation_rate"] = new JsonArray(1),
                ["activation"] = "relu",
                ["use_bias"] = true,
            }, [from], [.. time, filters],
                new KerasExportTensor("", "kernel", new ExportTensor(window.Kernel, window.Width, inputs, filters)), new KerasExportTensor("", "bias", window.Bias));
            joined.Add(At.Name);
        }
        if (joined.Count > 1)
            Add("Concatenate", new JsonObject { ["axis"] = -1 }, joined, [.. time, step.Windows.Sum(w => w.Bias.Shape[0])]);
    }

    /// <summary>Makes the outputs at pads 0, the least that a ReLU gives, and masks them for a mean.</summary>
    private void KeepWords(ExportStep? next)
    {
        if (next is not PoolStep { Pooling: Pooling.Mean or Pooling.Max } pool)
            throw new ExportException("Keras: convolutions are written in front of mean and max pooling alone; write ONNX, which holds all.");
        Combine("Multiply", 0, 1, pool.Pooling == Pooling.Mean);
    }

    /// <summary>Lowers the outputs at pads beneath all others.</summary>
    private void LowerPads() => Combine("Add", FarBelow, 0, masked: false);

    /// <summary>Joins the outputs with a number a word: one for pads, another for all words.</summary>
    private void Combine(string merge, float pad, float word, bool masked)
    {
        (string outputs, IReadOnlyList<int?> shape) = (At.Name, At.Shape);
        var numbers = new float[_model.Table.VocabularySize];
        Array.Fill(numbers, word);
        numbers[0] = pad;
        Embed(new ExportTensor(numbers, numbers.Length, 1), masked);
        At.Config["trainable"] = false;
        Add(merge, new JsonObject(), [outputs, At.Name], shape);
    }

    private void Dense(DenseStep step, string activation)
    {
        int units = step.Bias.Shape[0];
        Add("Dense", new JsonObject { ["units"] = units, ["activation"] = activation, ["use_bias"] = true }, [At.Name], [.. At.Shape.SkipLast(1), units],
            new KerasExportTensor("", "kernel", step.Kernel), new KerasExportTensor("", "bias", step.Bias));
    }

    private void Pool(string className) => Add(className, new JsonObject { ["data_format"] = "channels_last" }, [At.Name], [Width]);

    private void Add(string className, JsonObject config, IReadOnlyList<string> inbound, IReadOnlyList<int?> shape, params KerasExportTensor[] weights)
    {
        string name = NextName(className);
        _names.Add(name);
        _layers.Add(new KerasExportLayer(className, name, config, inbound, shape) { Weights = weights, Groups = [("", name)] });
    }

    private string NextName(string className)
    {
        string stem = KerasJson.Snake(className), name = stem;
        for (int number = 1; _names.Contains(name); number++)
            name = FormattableString.Invariant($"{stem}_{number}");
        return name;
    }

    private static string NameOf(DenseActivation activation) => activation switch
    {
        DenseActivation.Tanh => "tanh",
        DenseActivation.Sigmoid => "sigmoid",
        DenseActivation.Elu => "elu",
        DenseActivation.Gelu => "gelu",
        _ => "relu",
    };
}
