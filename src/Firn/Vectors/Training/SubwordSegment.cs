using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// A stretch of text whose words are built from n-grams: each distinct word is summed once, trains as if it were one
/// row, and what it learnt is added to each of its rows, where fastText does both for every pair of words.
/// </summary>
internal abstract unsafe class SubwordSegment
{
    /// <summary>Builds the vectors of all words that the windows of [begin, end) hold, as copies of the view.</summary>
    public abstract void Compose(WindowStream stream, int begin, int end);

    /// <summary>copy = copy - what was composed: what the word learnt.</summary>
    public abstract void TakeDifferences();

    /// <summary>Adds what words learnt to those of their rows that the seat owns.</summary>
    public abstract void Spread(WorkerSeat seat);

    public static SubwordSegment Create(TrainingView view) =>
        KernelPath.Width switch
        {
            KernelWidth.Vector512 => new SubwordSegment<Lanes512, Vector512<float>>(view),
            KernelWidth.Vector256 => new SubwordSegment<Lanes256, Vector256<float>>(view),
            KernelWidth.Vector128 => new SubwordSegment<Lanes128, Vector128<float>>(view),
            _ => new SubwordSegment<LanesScalar, float>(view),
        };
}

/// <inheritdoc/>
internal sealed unsafe class SubwordSegment<P, V>(TrainingView view) : SubwordSegment
    where P : struct, ILanes<V>
    where V : struct
{
    private readonly TrainingState _state = view.State;
    private readonly SubwordTable _subwords = view.State.Subwords!;
    private readonly int _columns = view.State.Inputs.Stride;
    private readonly AlignedBuffer _composed = new(); // (copies, size)

    public override void Compose(WindowStream stream, int begin, int end)
    {
        view.Inputs.Clear();
        (int low, int high) = stream.Span(begin, end - begin);
        float* composed = _composed.Reserve((long)(high - low) * _columns);
        for (int j = low; j < high; j++)
        {
            int word = stream.Rows[j];
            if (view.Inputs.IsCopied(word))
                continue;
            float* vector = view.Inputs.Add(word);
            Compose(word, vector);
            new ReadOnlySpan<float>(vector, _columns).CopyTo(new Span<float>(composed, _columns));
            composed += _columns;
        }
    }

    public override void TakeDifferences()
    {
        float* composed = _composed.Pointer;
        for (int copy = 0; copy < view.Inputs.Copied.Count; copy++, composed += _columns)
            RowProducts<P, V>.Subtract(view.Inputs.Copy(copy), composed, _columns);
    }

    public override void Spread(WorkerSeat seat)
    {
        for (int copy = 0; copy < view.Inputs.Copied.Count; copy++)
        {
            ReadOnlySpan<int> rows = _subwords.Of(view.Inputs.Copied[copy]);
            float* learnt = view.Inputs.Copy(copy);
            for (int i = 0; i < rows.Length; i++)
            {
                if (!seat.Owns(rows[i]))
                    continue;
                Prefetch(rows, i);
                RowProducts<P, V>.Add(&learnt, 1, _columns, _state.Inputs[rows[i]]);
            }
        }
    }

    /// <summary>
    /// The sum of a word's rows (CBOW, which divides by the number of rows of the window) or their mean (skip-gram).
    /// </summary>
    private void Compose(int word, float* vector)
    {
        ReadOnlySpan<int> rows = _subwords.Of(word);
        new Span<float>(vector, _columns).Clear();
        for (int i = 0; i < rows.Length; i++)
        {
            Prefetch(rows, i);
            float* row = _state.Inputs[rows[i]];
            RowProducts<P, V>.Add(&row, 1, _columns, vector);
        }
        if (_state.Options.SkipGram)
            RowProducts<P, V>.Scale(vector, 1f / rows.Length, _columns);
    }

    /// <summary>
    /// Asks for a row that comes a few rows later: n-grams lie all over a table of hundreds of megabytes.
    /// </summary>
    private void Prefetch(ReadOnlySpan<int> rows, int at)
    {
        const int ahead = 6,
            line = 16;
        if (!Sse.IsSupported || at + ahead >= rows.Length)
            return;
        float* row = _state.Inputs[rows[at + ahead]];
        for (int c = 0; c < _columns; c += line)
            Sse.Prefetch0(row + c);
    }
}

/// <summary>Trains a block segment by segment, each spreading what it learnt before the next begins.</summary>
internal sealed class SubwordKernel(TrainingView view, int size) : WindowKernel
{
    private readonly WindowKernel _kernel = Create(view);
    private readonly SubwordSegment _segment = SubwordSegment.Create(view);

    public override void Train(WindowStream stream, int first, int end, float alpha, CounterRandom random)
    {
        for (; first < end; first += size)
        {
            int stop = Math.Min(first + size, end);
            _segment.Compose(stream, first, stop);
            _kernel.Train(stream, first, stop, alpha, random);
            _segment.TakeDifferences();
            _segment.Spread(WorkerSeat.Alone);
        }
    }
}
