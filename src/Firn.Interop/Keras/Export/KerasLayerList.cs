using System.Text.Json.Nodes;
using Firn.Interop.Export;
using Firn.Layers;
using Firn.Model;

namespace Firn.Interop.Keras.Export;

/// <summary>
/// Makes Keras' layers of a model. Models made with padding keep it: an input of one length, masked or not, is what
/// Keras has. Other models know no pads: where a layer would read Keras', they are masked (<c>mask_zero</c>), or, where
/// a layer of Keras takes no mask, kept out by an Embedding of one number a word.
/// </summary>
internal sealed class KerasLayerList
{
    private const float FarBelow = -1e9f;
    private readonly ModelView _model;
    private readonly bool _archive;
    private readonly List<KerasExportLayer> _layers = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly string _input;

    private KerasLayerList(ModelView model, bool archive)
    {
        (_model, _archive) = (model, archive);
        Add("InputLayer", new JsonObject(), [], [model.Padding is { Length: > 0 } padding ? padding.Length : null]);
        _input = At.Name;
        bool masked = model.Padding is { } rule ? rule.Masked : model.Steps is not [ConvolutionStep, ..];
        Embed(ExportTensor.RowOfEachId(model.Table), masked);
    }

    private KerasExportLayer At => _layers[^1];

    /// <summary>Whether the texts have pads that the model knows of.</summary>
    private bool KnowsPads => _model.Padding is { Length: > 0 };

    /// <summary>The layers, each behind those that it takes, the input first.</summary>
    /// <param name="model">The model.</param>
    /// <param name="archive">For Keras 3, where <c>hard_sigmoid</c> has another slope.</param>
    /// <exception cref="ExportException">Keras has no layer for one of the model's.</exception>
    public static IReadOnlyList<KerasExportLayer> Of(ModelView model, bool archive)
    {
        if (model.Linear is not null)
        {
            throw new ExportException(
                "Keras: the linear part over n-grams has no layer; leave it out by WithoutLinear, which changes the "
                    + "scores, or write ONNX, which holds it."
            );
        }
        var list = new KerasLayerList(model, archive);
        list.Write(model.Steps, list.At, isModel: true);
        return list._layers;
    }

    /// <summary>Writes steps one behind the other; the last layer.</summary>
    private KerasExportLayer Write(IReadOnlyList<ExportStep> steps, KerasExportLayer from, bool isModel)
    {
        for (int i = 0; i < steps.Count; i++)
        {
            // Keras shows the pads of a masked text by itself.
            if (steps[i] is PadStep)
                continue;
            ExportStep? next = steps.Skip(i + 1).FirstOrDefault(s => s is not PadStep);
            (from, bool both) = Write(steps[i], next, from, isModel && i == steps.Count - 1);
            while (both && steps[i + 1] is PadStep)
                i++;
            i += both ? 1 : 0;
        }
        return from;
    }

    /// <summary>Writes a step; whether it has taken the next along.</summary>
    private (KerasExportLayer Layer, bool Both) Write(
        ExportStep step,
        ExportStep? next,
        KerasExportLayer from,
        bool isOutput
    )
    {
        switch (step)
        {
            case RecurrentStep recurrent:
                bool last = next is PoolStep { Pooling: Pooling.LastState };
                return (Recurrent(recurrent, from, returnsSequences: !last), last);
            case ConvolutionStep convolution:
                return (Convolutions(convolution, next, from), false);
            case DenseStep { Activation: Activation.Linear } linear
                when next is PoolStep { Pooling: Pooling.Mean } && !KnowsPads:
                // The map of a mean is the mean of the maps, and cheaper.
                return (Dense(linear, "linear", Pool("GlobalAveragePooling1D", from)), true);
            case DenseStep dense:
                return (Dense(dense, isOutput ? Output : NameOf(dense.Activation), from), false);
            case ActivationStep activation:
                return (
                    Add(
                        "Activation",
                        new JsonObject { ["activation"] = NameOf(activation.Activation) },
                        [from.Name],
                        from.Shape
                    ),
                    false
                );
            case PoolStep { Pooling: Pooling.Mean }:
                return (Pool("GlobalAveragePooling1D", from), false);
            case PoolStep { Pooling: Pooling.Max }:
                return (
                    Pool("GlobalMaxPooling1D", KnowsPads ? from : Combine("Add", FarBelow, 0, masked: false, from)),
                    false
                );
            case WindowPoolStep pool:
                return (Windows(pool, from), false);
            case BatchNormalizationStep or LayerNormalizationStep:
                return (Normalization(step, from), false);
            case FlattenStep:
                return (
                    from.Shape.Count < 2
                        ? from
                        : Add("Flatten", new JsonObject(), [from.Name], [from.Shape[0] * from.Shape[1]]),
                    false
                );
            case BranchesStep branches:
                return (Branches(branches, from), false);
            case PoolStep:
                throw new ExportException(
                    "Keras: a last state is written directly behind a recurrent layer alone; write ONNX, which holds "
                        + "it."
                );
            case AttentionStep:
                throw new ExportException("Keras: attention pooling is no layer of Keras; write ONNX, which holds it.");
            default:
                throw new ExportException(
                    "Keras: the model has a layer of a kind that is not written. docs/export.md lists what is."
                );
        }
    }

    private string Output => _model.Output == OutputActivation.Softmax ? "softmax" : "sigmoid";

    private KerasExportLayer Embed(ExportTensor table, bool masked) =>
        Add(
            "Embedding",
            new JsonObject
            {
                ["input_dim"] = table.Shape[0],
                ["output_dim"] = table.Shape[1],
                ["mask_zero"] = masked,
            },
            [_input],
            [.. _layers[0].Shape, table.Shape[1]],
            new KerasExportTensor("", "embeddings", table)
        );

    private KerasExportLayer Recurrent(RecurrentStep step, KerasExportLayer from, bool returnsSequences)
    {
        if (step.Layer.Reversed && returnsSequences && !KnowsPads)
        {
            throw new ExportException(
                "Keras: of a model without padding, a reversed layer that gives a sequence is not written, for Keras "
                    + "does not turn its mask round; write ONNX, which holds it."
            );
        }
        (string className, string kind) = step.Kind switch
        {
            RecurrentKind.Lstm => ("LSTM", "lstm"),
            RecurrentKind.Simple => ("SimpleRNN", "simple_rnn"),
            _ => ("GRU", "gru"),
        };
        int width = step.Units * (step.Layer is { Bidirectional: true, Merge: Join.Concatenate } ? 2 : 1);
        int?[] shape = [.. returnsSequences ? from.Shape.SkipLast(1) : [], width];
        if (step.Directions.Count == 1)
        {
            JsonObject settings = Settings(step, returnsSequences, step.Layer.Reversed);
            KerasExportLayer one = Add(className, settings, [from.Name], shape, Tensors(step, 0, "cell/", ""));
            return _layers[^1] = one with { Groups = [("", one.Name), ("cell/", kind + "_cell")] };
        }
        JsonObject One(string direction, bool backwards) =>
            new()
            {
                ["class_name"] = className,
                ["config"] = KerasJson.Named(Settings(step, returnsSequences, backwards), $"{direction}_{kind}"),
            };
        string merge = step.Layer.Merge switch
        {
            Join.Sum => "sum",
            Join.Multiply => "mul",
            Join.Average => "ave",
            _ => "concat",
        };
        // Keras makes both of the one layer where it finds no backward one; both have their own names here.
        KerasExportLayer both = Add(
            "Bidirectional",
            new JsonObject
            {
                ["layer"] = One("forward", false),
                ["backward_layer"] = One("backward", true),
                ["merge_mode"] = merge,
            },
            [from.Name],
            shape,
            [
                .. Tensors(step, 0, "forward_layer/cell/", $"forward_{kind}/"),
                .. Tensors(step, 1, "backward_layer/cell/", $"backward_{kind}/"),
            ]
        );
        return _layers[^1] = both with
        {
            Groups =
            [
                ("", both.Name),
                ("forward_layer/", $"forward_{kind}"),
                ("forward_layer/cell/", kind + "_cell"),
                ("backward_layer/", $"backward_{kind}"),
                ("backward_layer/cell/", kind + "_cell"),
            ],
        };
    }

    private JsonObject Settings(RecurrentStep step, bool returnsSequences, bool backwards)
    {
        var settings = new JsonObject { ["units"] = step.Units, ["activation"] = NameOf(step.Activation) };
        if (step.Kind != RecurrentKind.Simple)
            settings["recurrent_activation"] = NameOf(step.GateActivation);
        settings["use_bias"] = true;
        settings["return_sequences"] = returnsSequences;
        settings["return_state"] = false;
        settings["go_backwards"] = backwards;
        settings["stateful"] = false;
        settings["unroll"] = false;
        settings["dropout"] = 0.0;
        settings["recurrent_dropout"] = 0.0;
        if (step.Kind is RecurrentKind.Gru or RecurrentKind.GruResetBefore)
            settings["reset_after"] = step.Kind == RecurrentKind.Gru;
        return settings;
    }

    private static KerasExportTensor[] Tensors(RecurrentStep step, int direction, string group, string prefix)
    {
        RecurrentWeights weights = step.Directions[direction];
        ExportTensor bias = weights.RecurrentBias is not { } recurrent
            ? weights.Bias
            : new ExportTensor(
                (float[])[.. weights.Bias.Values.Span, .. recurrent.Values.Span],
                2,
                weights.Bias.Shape[0]
            );
        return
        [
            new KerasExportTensor(group, prefix + "kernel", weights.Kernel),
            new KerasExportTensor(group, prefix + "recurrent_kernel", weights.Recurrent),
            new KerasExportTensor(group, prefix + "bias", bias),
        ];
    }

    private KerasExportLayer Convolutions(ConvolutionStep step, ExportStep? next, KerasExportLayer from)
    {
        Convolution layer = step.Layer;
        bool pools = next is PoolStep { Pooling: Pooling.Mean or Pooling.Max };
        if (
            !KnowsPads
            && (!pools || layer.Stride != 1 || layer.Padding == WindowPadding.Valid || from.ClassName != "Embedding")
        )
        {
            throw new ExportException(
                "Keras: of a model without padding, convolutions are written on the embedding, with padding same or "
                    + "causal and in front of mean or max pooling; write ONNX, which holds all."
            );
        }
        int inputs = from.Shape[^1]!.Value;
        var joined = new List<KerasExportLayer>();
        foreach (ConvolutionWindow window in step.Windows)
        {
            int? steps = from.Shape[0] is { } count
                ? Firn.Layers.Windows.Count(count, window.Width, layer.Stride, layer.Padding)
                : null;
            joined.Add(
                Add(
                    "Conv1D",
                    new JsonObject
                    {
                        ["filters"] = layer.Filters,
                        ["kernel_size"] = new JsonArray(window.Width),
                        ["strides"] = new JsonArray(layer.Stride),
                        ["padding"] = layer.Padding.ToString().ToLowerInvariant(),
                        ["data_format"] = "channels_last",
                        ["dilation_rate"] = new JsonArray(1),
                        ["activation"] = NameOf(layer.Activation),
                        ["use_bias"] = true,
                    },
                    [from.Name],
                    [steps, layer.Filters],
                    new KerasExportTensor(
                        "",
                        "kernel",
                        new ExportTensor(window.Kernel, window.Width, inputs, layer.Filters)
                    ),
                    new KerasExportTensor("", "bias", window.Bias)
                )
            );
        }
        KerasExportLayer all =
            joined.Count == 1
                ? joined[0]
                : Add(
                    "Concatenate",
                    new JsonObject { ["axis"] = -1 },
                    [.. joined.Select(l => l.Name)],
                    [joined[0].Shape[0], layer.Filters * joined.Count]
                );
        // The outputs at pads become 0, and masked, for a mean; a maximum lowers them itself.
        return !KnowsPads && next is PoolStep { Pooling: Pooling.Mean }
            ? Combine("Multiply", 0, 1, masked: true, all)
            : all;
    }

    /// <summary>Joins the outputs with a number a word: one for pads, another for all words.</summary>
    private KerasExportLayer Combine(string merge, float pad, float word, bool masked, KerasExportLayer from)
    {
        var numbers = new float[_model.Table.VocabularySize];
        Array.Fill(numbers, word);
        numbers[0] = pad;
        KerasExportLayer words = Embed(new ExportTensor(numbers, numbers.Length, 1), masked);
        words.Config["trainable"] = false;
        return Add(merge, new JsonObject(), [from.Name, words.Name], from.Shape);
    }

    private KerasExportLayer Windows(WindowPoolStep step, KerasExportLayer from)
    {
        if (!KnowsPads)
            throw new ExportException(
                "Keras: of a model without padding, pooling of windows is not written, for Keras' reads the pads; "
                    + "write ONNX, which holds it."
            );
        return Add(
            step.Largest ? "MaxPooling1D" : "AveragePooling1D",
            new JsonObject
            {
                ["pool_size"] = new JsonArray(step.Window),
                ["strides"] = new JsonArray(step.Stride),
                ["padding"] = step.Padding.ToString().ToLowerInvariant(),
                ["data_format"] = "channels_last",
            },
            [from.Name],
            [Firn.Layers.Windows.Count(from.Shape[0]!.Value, step.Window, step.Stride, step.Padding), from.Shape[^1]]
        );
    }

    private KerasExportLayer Normalization(ExportStep step, KerasExportLayer from)
    {
        if (step is BatchNormalizationStep batch)
        {
            return Add(
                "BatchNormalization",
                new JsonObject
                {
                    ["axis"] = -1,
                    ["epsilon"] = batch.Epsilon,
                    ["center"] = true,
                    ["scale"] = true,
                },
                [from.Name],
                from.Shape,
                new KerasExportTensor("", "gamma", batch.Gamma),
                new KerasExportTensor("", "beta", batch.Beta),
                new KerasExportTensor("", "moving_mean", batch.Mean),
                new KerasExportTensor("", "moving_variance", batch.Variance)
            );
        }
        var row = (LayerNormalizationStep)step;
        return Add(
            "LayerNormalization",
            new JsonObject
            {
                ["axis"] = -1,
                ["epsilon"] = row.Epsilon,
                ["center"] = true,
                ["scale"] = true,
            },
            [from.Name],
            from.Shape,
            new KerasExportTensor("", "gamma", row.Gamma),
            new KerasExportTensor("", "beta", row.Beta)
        );
    }

    private KerasExportLayer Branches(BranchesStep step, KerasExportLayer from)
    {
        KerasExportLayer[] parts = [.. step.Lists.Select(list => Write(list, from, isModel: false))];
        string className = step.Join switch
        {
            Join.Sum => "Add",
            Join.Multiply => "Multiply",
            Join.Average => "Average",
            _ => "Concatenate",
        };
        bool concatenates = step.Join == Join.Concatenate;
        if (parts.DistinctBy(p => p.Name).Count() < parts.Length)
            throw new ExportException("Keras: two lists of a layer's branches are empty; write ONNX, which holds it.");
        return Add(
            className,
            concatenates ? new JsonObject { ["axis"] = -1 } : new JsonObject(),
            [.. parts.Select(p => p.Name)],
            [.. parts[0].Shape.SkipLast(1), concatenates ? parts.Sum(p => p.Shape[^1]) : parts[0].Shape[^1]]
        );
    }

    private KerasExportLayer Dense(DenseStep step, string activation, KerasExportLayer from)
    {
        int units = step.Kernel.Shape[1];
        KerasExportTensor[] weights =
        [
            new KerasExportTensor("", "kernel", step.Kernel),
            .. step.Bias is { } bias ? (KerasExportTensor[])[new("", "bias", bias)] : [],
        ];
        return Add(
            "Dense",
            new JsonObject
            {
                ["units"] = units,
                ["activation"] = activation,
                ["use_bias"] = step.Bias is not null,
            },
            [from.Name],
            [.. from.Shape.SkipLast(1), units],
            weights
        );
    }

    private KerasExportLayer Pool(string className, KerasExportLayer from) =>
        Add(className, new JsonObject { ["data_format"] = "channels_last" }, [from.Name], [from.Shape[^1]]);

    private KerasExportLayer Add(
        string className,
        JsonObject config,
        IReadOnlyList<string> inbound,
        IReadOnlyList<int?> shape,
        params KerasExportTensor[] weights
    )
    {
        string stem = KerasJson.Snake(className),
            name = stem;
        for (int number = 1; !_names.Add(name); number++)
            name = FormattableString.Invariant($"{stem}_{number}");
        _layers.Add(
            new KerasExportLayer(className, name, config, inbound, shape) { Weights = weights, Groups = [("", name)] }
        );
        return _layers[^1];
    }

    private string NameOf(Activation activation) =>
        activation switch
        {
            Activation.HardSigmoid when !_archive => "hard_sigmoid",
            Activation.HardSigmoidSixth when _archive => "hard_sigmoid",
            Activation.HardSigmoid or Activation.HardSigmoidSixth => throw new ExportException(
                $"Keras: hard_sigmoid has another slope in "
                    + $"{(_archive ? ".keras than in Keras 2; write .h5" : ".h5 than in Keras 3; write .keras")}, or "
                    + $"ONNX."
            ),
            _ => activation.ToString().ToLowerInvariant(),
        };
}
