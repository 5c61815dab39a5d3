using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Continuous bag of words (Mikolov et al. 2013, "Efficient estimation of word representations in vector space", 3.1):
/// the mean of a window's vectors predicts the word in its middle. Positions are taken in chunks whose hidden vectors are
/// all computed before any update, and which share their negative samples; see docs/vectors.md.
/// </summary>
internal sealed unsafe class CbowKernel<P, V> : WindowKernel
    where P : struct, ILanes<V>
    where V : struct
{
    /// <summary>Positions a chunk.</summary>
    public const int Chunk = 8;

    private const int ColumnBlock = 64; // floats


    private readonly TrainingState _state;
    private readonly int _columns;
    private SharedNegatives? _negatives, _nextNegatives;
    private readonly HierarchicalSoftmax<P, V>? _tree;
    private readonly AlignedBuffer _scratch;
    private readonly float* _scores; // (Chunk, negatives)
    private readonly float* _dummy; // a row for filling up, whose products are never used
    private readonly RowPrefetch _ahead;
    private readonly PointerList _window = new(), _hidden = new(), _errors = new(), _negativeRows = new();

    public CbowKernel(TrainingState state)
    {
        _state = state;
        _columns = state.Inputs.Stride;
        _ahead = new RowPrefetch(_columns);
        int shared = SharedCount(state.Options.Negative);
        if (state.Negatives is not null)
        {
            _negatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
            _nextNegatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
        }
        if (state.Tree is not null)
            _tree = new HierarchicalSoftmax<P, V>(state);
        _scratch = new AlignedBuffer((2 * Chunk + 1) * _columns + Chunk * Math.Max(shared, 16));
        float* rows = _scratch.Pointer;
        for (int p = 0; p < Chunk; p++, rows += 2 * _columns)
        {
            _hidden.Add(rows); // (size)
            _errors.Add(rows + _columns); // (size), the descent direction of the hidden vector
        }
        _dummy = rows;
        _scores = rows + _columns;
    }

    /// <summary>
    /// Samples a chunk shares, in whole tiles: 16 for the usual 5 a position. With 8 analogies lose a hundredth, with 24
    /// nothing is gained (docs/performance.md).
    /// </summary>
    public static int SharedCount(int negative) => Math.Max(16, (negative * 2 + 7) / 8 * 8);

    public override void Train(WindowStream stream, float alpha, CounterRandom random)
    {
        ulong counter = 0;
        _negatives?.Draw(random, ref counter);
        for (int first = 0; first < stream.Count; first += Chunk)
        {
            int count = Math.Min(Chunk, stream.Count - first);
            _nextNegatives?.Draw(random, ref counter);
            // One step a block of columns summed, a pair trained, and a word that takes errors.
            _ahead.Plan(_state, stream, first + Chunk, Chunk, _nextNegatives, _columns / ColumnBlock + 2 * Chunk + _state.Options.Window);
            SumWindows(stream, first, count);
            if (_negatives is not null)
                TrainNegatives(stream.Rows.AsSpan(first, count), alpha);
            for (int p = 0; p < count && _negatives is null; p++)
                new Span<float>(_errors.Items[p], _columns).Clear();
            for (int p = 0; p < count && _tree is not null; p++)
                _tree.Train(_hidden.Items + p, _errors.Items + p, 1, stream.Rows[first + p], alpha);
            AddErrors(stream, first, count);
            (_negatives, _nextNegatives) = (_nextNegatives, _negatives);
        }
    }

    /// <summary>hidden[p] = mean (or sum) of the vectors in the window of p.</summary>
    private void SumWindows(WindowStream stream, int first, int count)
    {
        (int low, int high) = stream.Span(first, count);
        _window.Clear();
        for (int j = low; j < high; j++)
            _window.Add(_state.Inputs[stream.Rows[j]]);
        // A block of columns of all windows at a time: neighbours share most words, which then come from the first cache.
        for (int c = 0; c < _columns; c += ColumnBlock)
        {
            int width = Math.Min(ColumnBlock, _columns - c);
            for (int p = first; p < first + count; p++)
            {
                int context = stream.High[p] - stream.Low[p] - 1;
                float scale = _state.Options.CbowMean && context > 0 ? 1f / context : 1;
                RowProducts<P, V>.SumAround(
                    _window.Items + (stream.Low[p] - low), p - stream.Low[p], stream.High[p] - p - 1, scale, c, width, _hidden.Items[p - first]);
            }
            _ahead.Step();
        }
    }

    private void TrainNegatives(ReadOnlySpan<int> targets, float alpha)
    {
        ParameterMatrix outputs = _state.Outputs!;
        ReadOnlySpan<int> rows = _negatives!.Rows;
        ReadOnlySpan<float> weights = _negatives.Weights;
        _negativeRows.Clear();
        foreach (int row in rows)
            _negativeRows.Add(outputs[row]);
        _negativeRows.PadTo(8, _dummy);
        int width = _negativeRows.Count;
        RowProducts<P, V>.Dots(_hidden.Items, Chunk, _negativeRows.Items, width, _columns, _scores);
        RowProducts<P, V>.Sigmoid(_scores, Chunk * width);
        for (int p = 0; p < targets.Length; p++)
        {
            float* g = _scores + p * width;
            for (int o = 0; o < rows.Length; o++)
                g[o] = rows[o] == targets[p] ? 0 : -alpha * weights[o] * g[o];
            for (int o = rows.Length; o < width; o++)
                g[o] = 0;
        }
        for (int p = 0; p < targets.Length; p++)
        {
            float* output = outputs[targets[p]];
            float score = RowProducts<P, V>.Dot(_hidden.Items[p], output, _columns);
            RowProducts<P, V>.UpdatePair(_hidden.Items[p], _errors.Items[p], output, alpha / (1 + MathF.Exp(score)), _columns);
            _ahead.Step();
        }
        RowProducts<P, V>.Update(_hidden.Items, _errors.Items, targets.Length, _negativeRows.Items, width, _columns, _scores);
    }

    /// <summary>Each word of the chunk's windows takes the errors of all windows it stands in, in one pass.</summary>
    private void AddErrors(WindowStream stream, int first, int count)
    {
        (int low, int high) = stream.Span(first, count);
        for (int p = first; p < first + count; p++)
        {
            int context = stream.High[p] - stream.Low[p] - 1;
            // gensim: with the sum instead of the mean the error is divided over the window.
            if (!_state.Options.CbowMean && context > 1)
                RowProducts<P, V>.SumAround(_errors.Items + (p - first), 1, 0, 1f / context, 0, _columns, _errors.Items[p - first]);
        }
        for (int j = low; j < high; j++)
        {
            _window.Clear();
            for (int p = 0; p < count; p++)
            {
                if (stream.Low[first + p] <= j && j < stream.High[first + p] && j != first + p)
                    _window.Add(_errors.Items[p]);
            }
            if (_window.Count > 0)
                RowProducts<P, V>.Add(_window.Items, _window.Count, _columns, _state.Inputs[stream.Rows[j]]);
            _ahead.Step();
        }
    }
}
