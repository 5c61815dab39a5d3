using System.Text.Json;
using Firn.Kernels;
using Firn.Layers;
using Firn.Model;

namespace Firn.Tests.Model;

[Trait("Kernels", "all")]
public sealed unsafe class LstmLayerParityTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Forward_and_backward_equal_PyTorch_with_initial_states_and_ragged_lengths(int index)
    {
        JsonElement golden = GoldenDraw.Cases("lstm_layers.json")[index];
        int e = golden.GetProperty("e").GetInt32(),
            h = golden.GetProperty("h").GetInt32();
        int[] lengths = [.. golden.GetProperty("lengths").EnumerateArray().Select(x => x.GetInt32())];
        int n = lengths.Length,
            longest = lengths[0],
            directions = golden.GetProperty("both").GetBoolean() ? 2 : 1;
        int f = directions * h;
        var model = new TextClassifier(
            new ClassifierOptions { HiddenSize = h, Bidirectional = directions == 2 },
            EmbeddingTable.Random(3, e, 1),
            1
        );
        var draw = new GoldenDraw(golden.GetProperty("seed").GetUInt32());
        foreach (string prefix in new[] { "lstm", "lstm_backward" }.Take(directions))
        {
            draw.Array(e * 4 * h, 1).CopyTo(model[prefix + ".kernel"].Values);
            draw.Array(h * 4 * h, 1).CopyTo(model[prefix + ".recurrent_kernel"].Values);
            draw.Array(4 * h, 1).CopyTo(model[prefix + ".bias"].Values);
        }
        float[] x = draw.Array(n * longest * e, 2),
            h0 = draw.Array(f * n, 1),
            c0 = draw.Array(f * n, 2);
        float[] dy = draw.Array(n * longest * f, 1),
            dLast = draw.Array(f * n, 1);
        var layers = new ModelLayers(model, trains: true);
        var layout = new RaggedLayout();
        layout.Build(lengths);
        float[] y = new float[n * longest * f],
            hn = new float[f * n],
            dx = new float[x.Length],
            dh0 = new float[f * n],
            dc0 = new float[f * n];
        foreach (SequenceLayer layer in layers.OnEmbedding)
        {
            int d = layer.Place.Index;
            var tape = new LstmTape();
            layer.Map.Pack();
            layer.PackForward();
            layer.PackBackward();
            layer.Map.PackTransposed();
            tape.Reserve(layout, layer);
            tape.ReserveInputs();
            ForEach(
                (i, p, row) => x.AsSpan((i * longest + p) * e, e).CopyTo(new Span<float>(tape.Inputs + row * e, e))
            );
            fixed (
                float* ph = h0.AsSpan(d * n * h),
                    pc = c0.AsSpan(d * n * h)
            )
            {
                tape.InitialOutput = ph;
                tape.InitialCell = pc;
                layer.Map.Project(tape.Inputs, layout.Tokens, tape.Gates);
                layer.Forward(layout, tape);
                ForEach((i, p, row) => tape.OutputAt(row).CopyTo(y.AsSpan((i * longest + p) * f + d * h, h)));
                for (int i = 0; i < n; i++)
                    tape.OutputAt(layout.OffsetOf(lengths[i] - 1) + i).CopyTo(hn.AsSpan((d * n + i) * h, h));
                tape.ReserveGradients(everyOutput: true);
                ForEach((i, p, row) => dy.AsSpan((i * longest + p) * f + d * h, h).CopyTo(tape.DOutsideAt(row)));
                dLast.AsSpan(d * n * h, n * h).CopyTo(new Span<float>(tape.DOutput, n * h));
                layer.Backward(layout, tape);
                var gradients = new GradientBuffer(model.Parameters.Where(p => p.Group == ParameterGroup.Encoder));
                var packed = new PackedMatrix();
                layer.WeightGradients(layout, tape, packed, gradients);
                Gemm.MultiplyTransposed(tape.Inputs, e, packed, false, gradients.PointerTo(layer.Map.Kernel));
                string prefix = d == 0 ? "lstm" : "lstm_backward";
                float[] dKernel = gradients.Of(model[prefix + ".kernel"]).ToArray(),
                    dRecurrent = gradients.Of(model[prefix + ".recurrent_kernel"]).ToArray();
                float[] dBias = gradients.Of(model[prefix + ".bias"]).ToArray();
                layer.Map.InputGradient(tape.Gates, layout.Tokens, tape.Inputs);
                ForEach(
                    (i, p, row) =>
                        new Span<float>(tape.Inputs + row * e, e).CopyTo(dx.AsSpan((i * longest + p) * e, e), true)
                );
                new Span<float>(tape.DOutput, n * h).CopyTo(dh0.AsSpan(d * n * h));
                new Span<float>(tape.DCell, n * h).CopyTo(dc0.AsSpan(d * n * h));
                GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty($"dkernel{d}")), dKernel, $"dkernel{d}");
                GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty($"drecurrent{d}")), dRecurrent, $"drecurrent{d}");
                GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty($"dbias{d}")), dBias, $"dbias{d}");
            }

            void ForEach(Action<int, int, int> action)
            {
                for (int i = 0; i < n; i++)
                {
                    for (int p = 0; p < lengths[i]; p++)
                        action(i, p, layout.RowOf(i, p, layer.Reversed));
                }
            }
        }
        GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("y")), y, "y");
        GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("hn")), hn, "hn");
        GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("dx")), dx, "dx");
        GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("dh0")), dh0, "dh0");
        GoldenDraw.Near(GoldenDraw.Decode(golden.GetProperty("dc0")), dc0, "dc0");
    }
}

internal static class SpanAddition
{
    public static void CopyTo(this Span<float> from, Span<float> to, bool add)
    {
        for (int i = 0; i < from.Length; i++)
            to[i] = add ? to[i] + from[i] : from[i];
    }
}
