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
    private const int ColumnBlock = 64; // floats

    private readonly TrainingState _state;
    private readonly TrainingView _view;
    private readonly int _columns;
    private SharedNegatives? _negatives, _nextNegatives;
    private readonly HierarchicalSoftmax<P, V>? _tree;
    private readonly AlignedBuffer _scratch;
    private readonly float* _scores; // (Chunk, negatives)
    private readonly float* _dummy; // a row for filling up, whose products are never used
    private readonly RowPrefetch _ahead;
    private readonly float[] _scales = new float[Chunk];
    private readonly PointerList _window = new(), _hidden = new(), _errors = new(), _negativeRows = new();

    public CbowKernel(TrainingView view)
    {
        TrainingState state = view.State;
        _view = view;
        _state = state;
        _columns = state.Inputs.Stride;
        _ahead = new RowPrefetch(_columns);
        int shared = SharedNegatives.CountFor(state.Options.Negative);
        if (state.Negatives is not null)
        {
            _negatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
            _nextNegatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
        }
        if (state.Tree is not null)
            _tree = new HierarchicalSoftmax<P, V>(view);
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

    public override void Train(WindowStream stream, int first, int end, float alpha, CounterRandom random)
    {
        ulong counter = SharedNegatives.CounterAt(first, SharedNegatives.CountFor(_state.Options.Negative));
        _negatives?.Draw(random, ref counter);
        for (; first < end; first += Chunk)
        {
            int count = Math.Min(Chunk, end - first);
            _nextNegatives?.Draw(random, ref counter);
            // One step a block of columns summed, a pair trained, and a word that takes errors.
            _ahead.Plan(_view, stream, first + Chunk, end, _nextNegatives, _columns / ColumnBlock + 2 * Chunk + _state.Options.Window);
            SumWindows(stream, first, count);
            bool measure = LossTally.Measures(first, Chunk);
            double loss = _negatives is null ? 0 : TrainNegatives(stream.Rows.AsSpan(first, count), alpha, measure);
            for (int p = 0; p < count && _negatives is null; p++)
                new Span<float>(_errors.Items[p], _columns).Clear();
            for (int p = 0; p < count && _tree is not null; p++)
                loss += _tree.Train(_hidden.Items + p, _errors.Items + p, 1, stream.Rows[first + p], alpha, measure);
            if (measure)
                _state.Loss.Add(loss, count);
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
            _window.Add(_view.Inputs[stream.Rows[j]]);
        for (int p = 0; p < count; p++)
        {
            int context = ContextRows(stream, first + p);
            _scales[p] = _state.Options.CbowMean && context > 0 ? 1f / context : 1;
        }
        // A block of columns of all windows at a time: neighbours share most words, which then come from the first cache.
        for (int c = 0; c < _columns; c += ColumnBlock)
        {
            int width = Math.Min(ColumnBlock, _columns - c);
            for (int p = first; p < first + count; p++)
            {
                RowProducts<P, V>.SumAround(
                    _window.Items + (stream.Low[p] - low), p - stream.Low[p], stream.High[p] - p - 1, _scales[p - first], c, width, _hidden.Items[p - first]);
            }
            _ahead.Step();
        }
    }

    /// <summary>Rows that the window's vectors sum: its words, or all their n-grams.</summary>
    private int ContextRows(WindowStream stream, int p)
    {
        if (_state.Subwords is null)
            return stream.High[p] - stream.Low[p] - 1;
        int rows = 0;
        for (int j = stream.Low[p]; j < stream.High[p]; j++)
            rows += j == p ? 0 : _state.Subwords.Of(stream.Rows[j]).Length;
        return rows;
    }

    /// <summary>Trains on the chunk's words and samples; returns the loss if asked to.</summary>
    private double TrainNegatives(ReadOnlySpan<int> targets, float alpha, bool measure)
    {
        double loss = 0;
        RowView outputs = _view.Outputs!;
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
            for (int o = 0; o < rows.Length && measure; o++)
                loss += rows[o] == targets[p] ? 0 : weights[o] * LossTally.Of(1 - g[o]);
            for (int o = 0; o < rows.Length; o++)
                g[o] = rows[o] == targets[p] ? 0 : -alpha * weights[o] * g[o];
            for (int o = rows.Length; o < width; o++)
                g[o] = 0;
        }
        for (int p = 0; p < targets.Length; p++)
        {
            float* output = outputs[targets[p]];
            float score = RowProducts<P, V>.Dot(_hidden.Items[p], output, _columns);
            float missing = 1 / (1 + MathF.Exp(score)); // what the probability lacks to 1
            if (measure)
                loss += LossTally.Of(1 - missing);
            RowProducts<P, V>.UpdatePair(_hidden.Items[p], _errors.Items[p], output, alpha * missing, _columns);
            _ahead.Step();
        }
        RowProducts<P, V>.Update(_hidden.Items, _errors.Items, targets.Length, _negativeRows.Items, width, _columns, _scores);
        return loss;
    }

    /// <summary>Each word of the chunk's windows takes the errors of all windows it stands in, in one pass.</summary>
    private void AddErrors(WindowStream stream, int first, int count)
    {
        (int low, int high) = stream.Span(first, count);
        for (int p = first; p < first + count; p++)
        {
            int context = ContextRows(stream, p);
            // gensim: with the sum instead of the mean the error is divided over the window.
            if (!_state.Options.CbowMean && context > 1)
                RowProducts<P, V>.SumAround(_errors.Items + (p - first), 1, 0, 1f / context, 0, _columns, _errors.Items[p - first]);
        }
        for (int j = low; j < high; j++)
        {
            if (_state.IsFixed(stream.Rows[j]))
                continue;
            _window.Clear();
            for (int p = 0; p < count; p++)
            {
                if (stream.Low[first + p] <= j && j < stream.High[first + p] && j != first + p)
                    _window.Add(_errors.Items[p]);
            }
            if (_window.Count > 0)
                RowProducts<P, V>.Add(_window.Items, _window.Count, _columns, _view.Inputs[stream.Rows[j]]);
            _ahead.Step();
        }
    }
}
