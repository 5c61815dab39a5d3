using Firn.Interop.Export;
using Firn.Layers;

namespace Firn.Interop.Onnx;

/// <summary>Convolutions and poolings over windows of steps, as ONNX' operators over [B,F,T].</summary>
/// <param name="graph">Gets the operators.</param>
/// <param name="lowest">What stands for a step that is not there where the largest is looked for.</param>
internal sealed class OnnxWindows(OnnxGraph graph, float lowest)
{
    /// <summary>Steps that are added on both sides.</summary>
    private readonly record struct Frame(int Before, int Behind);

    public OnnxSignal Convolve(ConvolutionStep step, OnnxSignal x, string prefix)
    {
        Convolution layer = step.Layer;
        string rows = Channels(layer.Padding == WindowPadding.Valid ? x.Name : Kept(x, graph.Number(0)));
        var joined = new List<string>();
        for (int n = 0; n < step.Windows.Count; n++)
        {
            ConvolutionWindow window = step.Windows[n];
            Frame frame = FrameOf(x, window.Width, layer.Stride, layer.Padding);
            string kernel = graph.Tensor(FormattableString.Invariant($"{prefix}.window{n + 1}.kernel"), Turned(window));
            string bias = graph.Tensor(FormattableString.Invariant($"{prefix}.window{n + 1}.bias"), window.Bias);
            joined.Add(
                graph.Node(
                    "Conv",
                    [rows, kernel, bias],
                    OnnxAttribute.Of("kernel_shape", [window.Width]),
                    OnnxAttribute.Of("pads", frame.Before, frame.Behind),
                    OnnxAttribute.Of("strides", [layer.Stride])
                )
            );
        }
        string all = joined.Count == 1 ? joined[0] : graph.Node("Concat", [.. joined], OnnxAttribute.Of("axis", 1));
        string sums = graph.Activate(Rows(all), layer.Activation);
        return new OnnxSignal(
            sums,
            layer.Filters * step.Windows.Count,
            StepsOf(x, sums, step.Windows[0].Width, layer.Stride, layer.Padding)
        );
    }

    public OnnxSignal Pool(WindowPoolStep step, OnnxSignal x)
    {
        Frame frame = FrameOf(x, step.Window, step.Stride, step.Padding);
        OnnxAttribute[] settings =
        [
            OnnxAttribute.Of("kernel_shape", [step.Window]),
            OnnxAttribute.Of("pads", frame.Before, frame.Behind),
            OnnxAttribute.Of("strides", [step.Stride]),
        ];
        string values;
        if (step.Largest)
        {
            values = graph.Node("MaxPool", [Channels(Kept(x, graph.Number(lowest)))], settings);
        }
        else if (x.Steps!.IsUniform)
        {
            values = graph.Node(
                "AveragePool",
                [Channels(x.Name)],
                [.. settings, OnnxAttribute.Of("count_include_pad", 0)]
            );
        }
        else
        {
            // The mean of what is there: the mean with zeros over the share that is there.
            OnnxAttribute[] all = [.. settings, OnnxAttribute.Of("count_include_pad", 1)];
            string shares = graph.Node("AveragePool", [Channels(x.Steps.MaskAsFloat)], all);
            string some = graph.Node("Where", graph.Node("Greater", shares, graph.Number(0)), shares, graph.Number(1));
            values = graph.Node("Div", graph.Node("AveragePool", [Channels(Kept(x, graph.Number(0)))], all), some);
        }
        string rows = Rows(values);
        return new OnnxSignal(rows, x.Width, StepsOf(x, rows, step.Window, step.Stride, step.Padding));
    }

    /// <summary>
    /// What is added to a text. Where texts have different lengths, all windows begin at the same places in each: then
    /// a valid window may run over the longest text's end, to be masked, and a centered one needs a stride of 1.
    /// </summary>
    private static Frame FrameOf(OnnxSignal x, int width, int stride, WindowPadding padding)
    {
        int count = x.Steps!.Count;
        if (padding == WindowPadding.Causal)
            return new Frame(width - 1, 0);
        if (padding == WindowPadding.Valid)
        {
            if (count > 0 && count < width)
                throw new ExportException(
                    $"ONNX: a window of {width} steps is longer than the {count} that every text has."
                );
            return new Frame(0, x.Steps.IsUniform ? 0 : width - 1);
        }
        if (stride > 1 && count <= 0)
            throw new ExportException(
                "ONNX: windows with padding same and a stride stand where a text's length puts them, which no "
                    + "operator does; take padding valid or causal."
            );
        int before = Windows.Before(count, width, stride, padding),
            windows = Windows.Count(count, width, stride, padding);
        return new Frame(
            before,
            stride == 1 ? width - 1 - before : Math.Max(0, (windows - 1) * stride + width - count - before)
        );
    }

    private OnnxSteps StepsOf(OnnxSignal x, string value, int width, int stride, WindowPadding padding)
    {
        OnnxSteps steps = x.Steps!;
        if (steps.Count < 0)
            return new OnnxSteps(graph, value, "", steps.Count);
        string lengths = steps.Lengths;
        int more = stride - (padding == WindowPadding.Valid ? width : 1);
        if (more != 0 || stride != 1)
            lengths = graph.Node(
                "Div",
                graph.Node("Max", graph.Node("Add", lengths, graph.Whole(more)), graph.Whole(0)),
                graph.Whole(stride)
            );
        return new OnnxSteps(
            graph,
            value,
            lengths,
            steps.Count == 0 ? 0 : Windows.Count(steps.Count, width, stride, padding)
        );
    }

    /// <summary>A sequence with another value behind the texts' ends.</summary>
    private string Kept(OnnxSignal x, string behind) =>
        x.Steps!.IsUniform ? x.Name : graph.Node("Where", x.Steps.Mask, x.Name, behind);

    private string Channels(string rows) => graph.Node("Transpose", [rows], OnnxAttribute.Of("perm", 1, 2, 0));

    private string Rows(string channels) => graph.Node("Transpose", [channels], OnnxAttribute.Of("perm", 2, 0, 1));

    /// <summary>From Keras' [W,E,F] to ONNX' [F,E,W].</summary>
    private static ExportTensor Turned(ConvolutionWindow window)
    {
        int width = window.Width,
            filters = window.Bias.Shape[0],
            inputs = window.Kernel.Length / width / filters;
        var turned = new float[window.Kernel.Length];
        for (int o = 0; o < width; o++)
        {
            for (int j = 0; j < inputs; j++)
            {
                for (int f = 0; f < filters; f++)
                    turned[(f * inputs + j) * width + o] = window.Kernel[(o * inputs + j) * filters + f];
            }
        }
        return new ExportTensor(turned, filters, inputs, width);
    }
}
