using System.Numerics;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Continuous bag of words (Mikolov et al. 2013, "Efficient estimation of word representations in vector space", 3.1):
/// the mean of a window's vectors predicts the word in its middle. Positions are taken in chunks whose hidden vectors
/// are all computed before any update, in groups that share negative samples; see docs/vectors.md.
/// </summary>
internal sealed unsafe class CbowKernel<P, V> : WindowKernel
    where P : struct, ILanes<V>
    where V : struct
{
    private const int Group = CbowProducts<P, V>.Group; // positions that share samples

    private readonly TrainingState _state;
    private readonly TrainingView _view;
    private readonly int _columns;
    private SharedNegatives[] _negatives,
        _nextNegatives; // by group
    private readonly HierarchicalSoftmax<P, V>? _tree;
    private readonly AlignedBuffer _scratch;
    private readonly float* _scores; // (Group, shared), then (Group) of the positions' own words
    private readonly float* _before; // sums of the rows before each row of the chunk's windows, for a block of columns
    private readonly float* _dummy; // a row for filling up, whose products are never used
    private readonly RowPrefetch _ahead;
    private readonly WindowSum[] _windows = new WindowSum[Chunk];
    private readonly PointerList _window = new(),
        _hidden = new(),
        _errors = new(),
        _outputs = new(),
        _targets = new();

    public CbowKernel(TrainingView view)
    {
        TrainingState state = view.State;
        _view = view;
        _state = state;
        _columns = state.Inputs.Stride;
        _ahead = new RowPrefetch(_columns);
        int shared = SharedNegatives.CountFor(state.Options);
        SharedNegatives[] NewNegatives() =>
            state.Negatives is null
                ? []
                :
                [
                    .. Enumerable
                        .Range(0, Chunk / Group)
                        .Select(_ => new SharedNegatives(state.Negatives, state.Options.Negative, shared)),
                ];
        (_negatives, _nextNegatives) = (NewNegatives(), NewNegatives());
        if (state.Tree is not null)
            _tree = new HierarchicalSoftmax<P, V>(view);
        int scores = Group * shared + 16;
        _scratch = new AlignedBuffer(
            (2 * Chunk + 1) * _columns + scores + (Chunk + 2 * state.Options.Window + 1) * CbowProducts<P, V>.SumColumns
        );
        float* rows = _scratch.Pointer;
        for (int p = 0; p < Chunk; p++, rows += 2 * _columns)
        {
            _hidden.Add(rows); // (size)
            _errors.Add(rows + _columns); // (size), the descent direction of the hidden vector
        }
        _dummy = rows;
        _scores = rows + _columns;
        _before = _scores + scores;
    }

    public override void Train(WindowStream stream, int first, int end, float alpha, CounterRandom random)
    {
        ulong counter = SharedNegatives.CounterAt(first, _state.Options);
        StepBound bound = StepBound.Of(alpha, _state.Options);
        Draw(random, ref counter);
        for (; first < end; first += Chunk)
        {
            (_negatives, _nextNegatives) = (_nextNegatives, _negatives);
            int count = Math.Min(Chunk, end - first);
            Draw(random, ref counter);
            // One step a block of columns summed, two a group trained, and one a word that takes errors.
            _ahead.Plan(
                _view,
                stream,
                first + Chunk,
                end,
                _nextNegatives,
                _columns / CbowProducts<P, V>.SumColumns + 2 * Chunk / Group + Chunk + _state.Options.Window
            );
            for (int at = 0; at < count; at += bound.Positions)
                TrainAtOnce(
                    stream,
                    first + at,
                    Math.Min(bound.Positions, count - at),
                    new Step(alpha, bound, LossTally.Measures(first, Chunk))
                );
        }
    }

    /// <summary>Trains positions of a chunk, all on the same word vectors.</summary>
    private void TrainAtOnce(WindowStream stream, int first, int count, Step step)
    {
        SumWindows(stream, first, count);
        double loss = 0;
        for (int p = 0; p < count && _negatives.Length > 0; p += Group)
            loss += TrainNegatives(stream.Rows, first + p, Math.Min(Group, count - p), p, step);
        for (int p = 0; p < count && _negatives.Length == 0; p++)
            new Span<float>(_errors.Items[p], _columns).Clear();
        for (int p = 0; p < count && _tree is not null; p++)
            loss += _tree.Train(_hidden.Items + p, _errors.Items + p, 1, stream.Rows[first + p], step);
        if (step.Measured)
            _state.Loss.Add(loss, count);
        AddErrors(stream, first, count);
    }

    /// <summary>Draws the samples of the next chunk.</summary>
    private void Draw(CounterRandom random, ref ulong counter)
    {
        foreach (SharedNegatives negatives in _nextNegatives)
            negatives.Draw(random, ref counter);
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
            int at = first + p,
                context = ContextRows(stream, at);
            float scale =
                context == 0 ? 0
                : _state.Options.CbowMean ? 1f / context
                : 1;
            _windows[p] = new WindowSum(stream.Low[at] - low, stream.High[at] - low, at - low, scale);
        }
        fixed (WindowSum* windows = _windows)
        {
            for (int c = 0; c < _columns; c += CbowProducts<P, V>.SumColumns)
            {
                CbowProducts<P, V>.SumWindows(
                    _window.Items,
                    high - low,
                    windows,
                    count,
                    c,
                    _columns,
                    _hidden.Items,
                    _before
                );
                _ahead.Step();
            }
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

    /// <summary>
    /// Trains positions of a group, whose hidden vectors stand from <paramref name="row"/> on; returns the loss if
    /// asked to.
    /// </summary>
    private double TrainNegatives(int[] rows, int first, int count, int row, Step step)
    {
        RowView outputs = _view.Outputs!;
        ReadOnlySpan<int> words = rows.AsSpan(first, count);
        SharedNegatives negatives = _negatives[first % Chunk / Group];
        float** hidden = _hidden.Items + row,
            errors = _errors.Items + row;
        _outputs.Clear();
        foreach (int sample in negatives.Rows)
            _outputs.Add(outputs[sample]);
        _outputs.PadTo(CbowProducts<P, V>.Outputs, _dummy);
        _targets.Clear();
        foreach (int word in words)
            _targets.Add(outputs[word]);
        _targets.PadTo(Group, _dummy);
        int width = _outputs.Count;
        float* missing = _scores + Group * width; // what the probability of the own word lacks to 1
        RowProducts<P, V>.Dots(hidden, Group, _outputs.Items, width, _columns, _scores);
        CbowProducts<P, V>.NegatedDots(hidden, _targets.Items, _columns, missing);
        RowProducts<P, V>.Sigmoid(_scores, Group * width + 16);
        _ahead.Step();
        double loss = step.Measured ? Loss(words, negatives, width) : 0;
        for (int p = 0; p < words.Length; p++)
        {
            negatives.Weigh(_scores + p * width, words[p], -step.Alpha, step.Bound);
            missing[p] = missing[p] < step.Bound.Most ? missing[p] * step.Alpha : 0;
        }
        for (int p = words.Length; p < Group; p++)
        {
            new Span<float>(_scores + p * width, width).Clear();
            missing[p] = 0;
        }
        CbowProducts<P, V>.Update(hidden, errors, _outputs.Items, _targets.Items, _columns, _scores, width, missing);
        for (int o = CbowProducts<P, V>.Outputs; o < width; o += CbowProducts<P, V>.Outputs)
            RowProducts<P, V>.Update8(hidden, errors, words.Length, _outputs.Items + o, _columns, _scores + o, width);
        _ahead.Step();
        return loss;
    }

    private double Loss(ReadOnlySpan<int> words, SharedNegatives negatives, int width)
    {
        double loss = 0;
        for (int p = 0; p < words.Length; p++)
        {
            loss += LossTally.Of(1 - _scores[Group * width + p]);
            for (int o = 0; o < negatives.Rows.Length; o++)
                loss +=
                    negatives.Rows[o] == words[p] ? 0 : negatives.Weights[o] * LossTally.Of(1 - _scores[p * width + o]);
        }
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
                RowProducts<P, V>.Scale(_errors.Items[p - first], 1f / context, _columns);
        }
        // Bit p: the window of position p holds the word.
        Span<byte> holders = stackalloc byte[high - low];
        holders.Clear();
        for (int p = 0; p < count; p++)
        {
            foreach (ref byte mask in holders[(stream.Low[first + p] - low)..(stream.High[first + p] - low)])
                mask |= (byte)(1 << p);
            holders[first + p - low] &= (byte)~(1 << p);
        }
        float** errors = stackalloc float*[Chunk];
        for (int j = low; j < high; j++)
        {
            int n = 0;
            for (uint mask = holders[j - low]; mask != 0; mask &= mask - 1)
                errors[n++] = _errors.Items[BitOperations.TrailingZeroCount(mask)];
            if (!_state.IsFixed(stream.Rows[j]))
                RowProducts<P, V>.Add(errors, n, _columns, _view.Inputs[stream.Rows[j]]);
            _ahead.Step();
        }
    }
}
