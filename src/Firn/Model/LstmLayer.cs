using Firn.Kernels;

namespace Firn.Model;

/// <summary>
/// One direction of the LSTM over a ragged, time-major shard: one product for all input projections, a product a step
/// over the rows still alive, and the weights' gradients as products over all steps at the end.
/// </summary>
internal sealed unsafe class LstmLayer(TextClassifier model, string prefix, int direction)
{
    private readonly AlignedBuffer kernelRows = new();
    private readonly PackedMatrix kernel = new(), recurrent = new(), kernelTransposed = new(), recurrentTransposed = new();

    public Parameter Kernel { get; } = model[prefix + ".kernel"];

    public Parameter RecurrentKernel { get; } = model[prefix + ".recurrent_kernel"];

    public Parameter Bias { get; } = model[prefix + ".bias"];

    /// <summary>0 forward, 1 backward in time.</summary>
    public int Direction { get; } = direction;

    public bool Reversed => Direction == 1;

    /// <summary>E.</summary>
    public int Width { get; } = model.Embedding.Dimension;

    /// <summary>H.</summary>
    public int Hidden { get; } = model.Options.HiddenSize;

    /// <summary>The recurrent weights as <see cref="PackRecurrent"/> left them.</summary>
    public PackedMatrix PackedRecurrent => recurrent;

    /// <summary>Packs the weights for <see cref="Project"/>; needed again after they change.</summary>
    public void PackKernel() => kernel.Pack(Kernel.Values.Span, Width, 4 * Hidden);

    /// <summary>Copies the weights for <see cref="ProjectSparse"/>; needed again after they change.</summary>
    public void CopyKernel()
    {
        ReadOnlySpan<float> from = Kernel.Values.Span;
        from.CopyTo(new Span<float>(kernelRows.Reserve(from.Length), from.Length));
    }

    /// <summary>Packs the weights for <see cref="Forward"/>.</summary>
    public void PackRecurrent() => recurrent.Pack(RecurrentKernel.Values.Span, Hidden, 4 * Hidden);

    /// <summary>Packs the weights for <see cref="Backward"/>.</summary>
    public void PackBackward() => recurrentTransposed.PackTransposed(RecurrentKernel.Values.Span, 4 * Hidden, Hidden);

    /// <summary>Packs the weights for <see cref="InputGradient"/>.</summary>
    public void PackInputGradient() => kernelTransposed.PackTransposed(Kernel.Values.Span, 4 * Hidden, Width);

    /// <summary>Runs all steps: from the projected inputs in tape.Gates to tape.Outputs.</summary>
    public void Forward(RaggedLayout layout, LstmTape tape)
    {
        if (tape.InitialOutput != null)
            Enter(tape, tape.InitialOutput, 0, layout.AliveAt(0));
        for (int step = 0; step < layout.Steps; step++)
        {
            int alive = layout.AliveAt(step);
            long states = (long)layout.OffsetOf(step) * Hidden;
            float* gates = tape.Gates + 4 * states;
            if (step > 0 || tape.InitialOutput != null)
                Gemm.Multiply(tape.Recurrent + states, Hidden, alive, recurrent, gates, 4 * Hidden, gates);
            LstmCell.Forward(alive, Hidden, gates, CellBefore(layout, tape, step), tape.Cells + states, tape.TanhCells + states, tape.Outputs + states);
            if (step + 1 < layout.Steps)
                Enter(tape, tape.Outputs + states, (long)layout.OffsetOf(step + 1) * Hidden, layout.AliveAt(step + 1));
        }
    }

    /// <summary>sums [rows,4H] = inputs [rows,E] * kernel + bias.</summary>
    public void Project(float* inputs, int rows, float* sums)
    {
        fixed (float* bias = Bias.Values.Span)
            Gemm.Multiply(inputs, Width, rows, kernel, bias, 0, sums);
    }

    /// <summary>As <see cref="Project"/> for one row: the same bits.</summary>
    public void ProjectOne(float* inputs, float* sums)
    {
        fixed (float* bias = Bias.Values.Span)
            MatrixVector.Multiply(inputs, kernel, bias, sums);
    }

    /// <summary>As <see cref="Project"/> for inputs of which dropout has left few.</summary>
    public void ProjectSparse(float* inputs, int rows, float* sums)
    {
        fixed (float* bias = Bias.Values.Span)
            SparseGemm.Multiply(inputs, rows, Width, kernelRows.Pointer, 4 * Hidden, bias, 0, sums);
    }

    /// <summary>
    /// From tape.DOutput (last states) and tape.DOutside (all outputs) to the gradients of the gates' sums, which replace
    /// tape.Gates.
    /// </summary>
    public void Backward(RaggedLayout layout, LstmTape tape)
    {
        for (int step = layout.Steps - 1; step >= 0; step--)
        {
            int alive = layout.AliveAt(step), carried = layout.AliveAt(step + 1);
            // Texts that go on bring the gradient of the next step, which passes the recurrent mask; texts that end here
            // bring that of their last state.
            BackwardCells(layout, tape, step, 0, carried, tape.RecurrentMask);
            BackwardCells(layout, tape, step, carried, alive - carried, null);
            if (step > 0 || tape.InitialOutput != null)
            {
                Gemm.Multiply(tape.Gates + (long)layout.OffsetOf(step) * 4 * Hidden, 4 * Hidden, alive, recurrentTransposed, null, 0, tape.DOutput);
            }
        }
        if (tape.InitialOutput != null && tape.RecurrentMask != null)
        {
            int states = layout.AliveAt(0) * Hidden;
            VectorMath.Multiply(new(tape.DOutput, states), new(tape.RecurrentMask, states), new(tape.DOutput, states));
        }
    }

    /// <summary>
    /// Gradients of recurrent kernel and bias, written to their places, after <see cref="Backward"/>; leaves the gradient of
    /// the sums packed in <paramref name="scratch"/>.
    /// </summary>
    public void RecurrentGradients(RaggedLayout layout, LstmTape tape, PackedMatrix scratch, float* dRecurrent, float* dBias)
    {
        scratch.Pack(tape.Gates, layout.Tokens, 4 * Hidden);
        int from = tape.InitialOutput == null ? layout.AliveAt(0) : 0;
        Gemm.MultiplyTransposed(tape.Recurrent, Hidden, scratch, from, false, dRecurrent);
        var bias = new Span<float>(dBias, 4 * Hidden);
        bias.Clear();
        VectorMath.AddColumnSums(new(tape.Gates, layout.Tokens * 4 * Hidden), layout.Tokens, bias);
    }

    /// <summary>dInputs [rows,E] = dSums [rows,4H] * kernel^T.</summary>
    public void InputGradient(float* dSums, int rows, float* dInputs) =>
        Gemm.Multiply(dSums, 4 * Hidden, rows, kernelTransposed, null, 0, dInputs);

    private void BackwardCells(RaggedLayout layout, LstmTape tape, int step, int from, int count, float* mask)
    {
        long row = (layout.OffsetOf(step) + from) * (long)Hidden, text = (long)from * Hidden;
        float* before = CellBefore(layout, tape, step);
        LstmCell.Backward(count, Hidden, tape.Gates + 4 * row, before == null ? null : before + text, tape.TanhCells + row,
            tape.DOutput + text, mask, tape.DOutside == null ? null : tape.DOutside + row, tape.DCell + text);
    }

    private float* CellBefore(RaggedLayout layout, LstmTape tape, int step) =>
        step == 0 ? tape.InitialCell : tape.Cells + (long)layout.OffsetOf(step - 1) * Hidden;

    /// <summary>States that enter a step: through the recurrent mask where there is one.</summary>
    private void Enter(LstmTape tape, float* states, long at, int texts)
    {
        var from = new ReadOnlySpan<float>(states, texts * Hidden);
        var to = new Span<float>(tape.Recurrent + at, texts * Hidden);
        if (tape.RecurrentMask != null)
            VectorMath.Multiply(from, new(tape.RecurrentMask, texts * Hidden), to);
        else
            from.CopyTo(to);
    }
}
