using Firn.Kernels;

namespace Firn.Layers;

/// <summary>
/// Lists of layers side by side on the same input, joined: all must give features, or all a sequence with as many
/// steps. An empty list gives the input itself.
/// </summary>
/// <param name="Lists">Two or more.</param>
/// <param name="Join">How they become one.</param>
public sealed record Branches(BranchList Lists, Join Join = Join.Concatenate) : Layer
{
    internal override string Kind => "branches";

    internal override LayerNode Build(ModelBuilder builder, LayerNode input)
    {
        builder.Check(Lists.Count, 2, 64, "the number of lists");
        builder.CheckNamed(Join, "join");
        return builder.Add(
            JoinNode.Create(
                builder,
                [.. Lists.Select((list, i) => builder.Rows(builder.BuildBranch(list, input, i + 1)))],
                Join
            )
        );
    }
}

/// <summary>Signals of the same rows as one: side by side, or value by value.</summary>
internal sealed unsafe class JoinNode(LayerNode[] inputs, Join join, SignalShape shape)
    : LayerNode(join.ToString().ToLowerInvariant(), inputs, shape)
{
    public override bool IsCausal => true;

    /// <summary>Checks that the signals fit together.</summary>
    public static JoinNode Create(ModelBuilder builder, LayerNode[] inputs, Join join)
    {
        SignalShape first = inputs[0].Shape;
        foreach (LayerNode input in inputs)
        {
            if (input.Shape.OverTime != first.OverTime)
                throw builder.Problem(
                    "some of its lists give a sequence and others features; end all in a pooling, or none"
                );
            if (builder.KnowsWidth && join != Join.Concatenate && input.Shape.Width != first.Width)
                throw builder.Problem(
                    $"its lists give {first.Width} and {input.Shape.Width} values, which can only stand side by "
                        + $"side; give them one width"
                );
            if (input.Shape.Steps != first.Steps || (first.OverTime && !SameSteps(input, inputs[0])))
                throw builder.Problem(
                    "its lists give different numbers of steps; take padding same and stride 1 in all of them, or "
                        + "end them in a pooling"
                );
        }
        return new JoinNode(
            inputs,
            join,
            first with
            {
                Width = join == Join.Concatenate ? inputs.Sum(input => input.Shape.Width) : first.Width,
            }
        );
    }

    public override NodeTape CreateTape() => new Tape(Inputs.Length);

    public override void Forward(ShardWorkspace work, in LayerPass pass)
    {
        var tape = (Tape)work.TapeOf(this);
        tape.Layout = work.TapeOf(Inputs[0]).Layout;
        int count = Shape.OverTime ? tape.Layout.Tokens : tape.Layout.Texts,
            at = 0;
        tape.Output.Enter(tape.Layout.Texts, count, Shape.Width);
        for (int k = 0; k < Inputs.Length; k++)
        {
            int width = Inputs[k].Shape.Width;
            float* from = tape.Values[k] = work.TapeOf(Inputs[k]).Read(Inputs[k].Shape, tape.Joined[k]);
            if (join == Join.Concatenate)
            {
                for (int row = 0; row < count; row++)
                    new ReadOnlySpan<float>(from + (long)row * width, width).CopyTo(tape.Output.OutputAt(row)[at..]);
                at += width;
            }
            else if (k == 0)
            {
                new ReadOnlySpan<float>(from, count * width).CopyTo(tape.Output.All);
            }
            else if (join == Join.Multiply)
            {
                VectorMath.Multiply(tape.Output.All, new(from, count * width), tape.Output.All);
            }
            else
            {
                VectorMath.Add(new(from, count * width), tape.Output.All);
            }
        }
        if (join == Join.Average)
            VectorMath.Scale(1f / Inputs.Length, tape.Output.All);
    }

    public override void Backward(ShardWorkspace work, in LayerPass pass, BackwardNeeds needs)
    {
        var tape = (Tape)work.TapeOf(this);
        int count = tape.Output.Count,
            at = 0;
        for (int k = 0; k < Inputs.Length; k++)
        {
            int width = Inputs[k].Shape.Width;
            var gradient = new Span<float>(tape.DInput.Reserve((long)count * width), count * width);
            if (join == Join.Concatenate)
            {
                for (int row = 0; row < count; row++)
                    tape.Output.DOutsideAt(row).Slice(at, width).CopyTo(gradient[(row * width)..]);
                at += width;
            }
            else
            {
                tape.Output.DAll.CopyTo(gradient);
            }
            if (join == Join.Average)
                VectorMath.Scale(1f / Inputs.Length, gradient);
            for (int other = 0; join == Join.Multiply && other < Inputs.Length; other++)
            {
                if (other != k)
                    VectorMath.Multiply(gradient, new(tape.Values[other], gradient.Length), gradient);
            }
            if (GetsGradient(Inputs[k]))
                work.TapeOf(Inputs[k]).AddGradient(Inputs[k].Shape, tape.DInput.Pointer);
        }
    }

    public override double TapeFloats(ShardSize size) => size.RowsOf(Shape) * 3.0 * Shape.Width;

    private static bool SameSteps(LayerNode a, LayerNode b)
    {
        return Changes(a).SequenceEqual(Changes(b));

        // The layers that change the number of steps on the way here.
        static IEnumerable<string> Changes(LayerNode node)
        {
            for (; node.Inputs.Length > 0; node = node.Inputs[0])
            {
                if (node.StepsRule is { } rule)
                    yield return rule;
            }
        }
    }

    private sealed class Tape(int inputs) : NodeTape(new OutputRows())
    {
        /// <summary>What was read.</summary>
        public float*[] Values { get; } = new float*[inputs];

        public AlignedBuffer[] Joined { get; } = [.. Enumerable.Range(0, inputs).Select(_ => new AlignedBuffer())];

        public AlignedBuffer DInput { get; } = new();
    }
}

/// <summary>The outputs of two directions, which stand side by side in its input, as one.</summary>
internal sealed unsafe class MergeNode(LayerNode input, Join merge)
    : RowNode(merge.ToString().ToLowerInvariant(), input, input.Shape.Width / 2)
{
    protected override void Forward(RowTape tape, in LayerPass pass)
    {
        int h = Shape.Width;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            Span<float> a = tape.InputAt(row, 2 * h)[..h],
                b = tape.InputAt(row, 2 * h)[h..],
                to = tape.Output.OutputAt(row);
            for (int j = 0; j < h; j++)
            {
                to[j] = merge switch
                {
                    Join.Multiply => a[j] * b[j],
                    Join.Average => 0.5f * (a[j] + b[j]),
                    _ => a[j] + b[j],
                };
            }
        }
    }

    protected override void InputGradient(RowTape tape, in LayerPass pass, float* dInput)
    {
        int h = Shape.Width;
        float factor = merge == Join.Average ? 0.5f : 1;
        for (int row = 0; row < tape.Output.Count; row++)
        {
            Span<float> x = tape.InputAt(row, 2 * h),
                dx = new(dInput + 2L * row * h, 2 * h),
                dy = tape.Output.DOutsideAt(row);
            for (int j = 0; j < h; j++)
            {
                dx[j] = factor * dy[j] * (merge == Join.Multiply ? x[h + j] : 1);
                dx[h + j] = factor * dy[j] * (merge == Join.Multiply ? x[j] : 1);
            }
        }
    }
}
