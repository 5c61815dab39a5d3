using Firn.Interop.Export;

namespace Firn.Interop.Onnx;

/// <summary>The weights of recurrent layers in ONNX' form.</summary>
internal static class GateRows
{
    /// <summary>From [N,GH] to [GH,N], the gates in another order.</summary>
    /// <param name="tensor">Kernel or bias, the gates' columns side by side.</param>
    /// <param name="units">H.</param>
    /// <param name="order">
    /// The gate of the source that stands at each place; ONNX' order is i, o, f, c and z, r, h.
    /// </param>
    public static float[] Of(ExportTensor tensor, int units, int[] order)
    {
        ReadOnlySpan<float> source = tensor.Values.Span;
        int columns = order.Length * units,
            rows = source.Length / columns;
        var turned = new float[source.Length];
        for (int gate = 0; gate < order.Length; gate++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                for (int row = 0; row < rows; row++)
                    turned[(gate * units + unit) * rows + row] = source[row * columns + order[gate] * units + unit];
            }
        }
        return turned;
    }

    /// <summary>Outputs and cells of an LSTM after 0 to <paramref name="length"/> pads, [length + 1,H] each.</summary>
    public static PadStateRows PadStates(RecurrentStep step, ReadOnlySpan<float> pad, int length)
    {
        ReadOnlySpan<float> kernel = step.Directions[0].Kernel.Values.Span;
        int h = step.Units;
        ReadOnlySpan<float> recurrent = step.Directions[0].Recurrent.Values.Span,
            bias = step.Directions[0].Bias.Values.Span;
        double[] output = new double[h],
            cell = new double[h],
            sums = new double[4 * h];
        var input = new double[4 * step.Units];
        for (int j = 0; j < input.Length; j++)
        {
            input[j] = bias[j];
            for (int i = 0; i < pad.Length; i++)
                input[j] += (double)pad[i] * kernel[i * input.Length + j];
        }
        float[] outputs = new float[(length + 1) * h],
            cells = new float[(length + 1) * h];
        for (int k = 1; k <= length; k++)
        {
            for (int j = 0; j < sums.Length; j++)
            {
                sums[j] = input[j];
                for (int i = 0; i < h; i++)
                    sums[j] += output[i] * recurrent[i * 4 * h + j];
            }
            for (int i = 0; i < h; i++)
            {
                cell[i] = Sigmoid(sums[h + i]) * cell[i] + Sigmoid(sums[i]) * Math.Tanh(sums[2 * h + i]);
                output[i] = Sigmoid(sums[3 * h + i]) * Math.Tanh(cell[i]);
                (outputs[k * h + i], cells[k * h + i]) = ((float)output[i], (float)cell[i]);
            }
        }
        return new(outputs, cells);
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
