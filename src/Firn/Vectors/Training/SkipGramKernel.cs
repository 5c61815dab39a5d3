using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Skip-gram (Mikolov et al. 2013, "Efficient estimation of word representations in vector space", 3.2): each word of a
/// window predicts the word in its middle (as word2vec.c and gensim pair them). All pairs of a chunk of positions are
/// one block: the words of its windows against its middle words and shared negative samples; see docs/vectors.md.
/// </summary>
internal sealed unsafe class SkipGramKernel<P, V> : WindowKernel
    where P : struct, ILanes<V>
    where V : struct
{
    private readonly TrainingState _state;
    private readonly TrainingView _view;
    private readonly int _columns;
    private SharedNegatives? _negatives,
        _nextNegatives;
    private readonly HierarchicalSoftmax<P, V>? _tree;
    private readonly RowPrefetch _ahead;
    private readonly AlignedBuffer _scratch;
    private readonly float* _dummy; // (size), a row for filling up, whose products are never used
    private readonly float* _scores; // (inputs, outputs)
    private readonly PointerList _inputs = new(),
        _errors = new(),
        _outputs = new();
    private readonly int[] _outputOf = new int[Chunk]; // position in the chunk -> column of its word
    private readonly int[] _outputRows;
    private readonly float[] _draws; // (outputs): weight as a negative sample

    public SkipGramKernel(TrainingView view)
    {
        TrainingState state = view.State;
        _view = view;
        _state = state;
        _columns = state.Inputs.Stride;
        _ahead = new RowPrefetch(_columns);
        int shared = SharedNegatives.CountFor(state.Options);
        if (state.Negatives is not null)
        {
            _negatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
            _nextNegatives = new SharedNegatives(state.Negatives, state.Options.Negative, shared);
        }
        if (state.Tree is not null)
            _tree = new HierarchicalSoftmax<P, V>(view);
        int inputs = (Chunk + 2 * state.Options.Window + 3) / 4 * 4;
        int outputs = Chunk + shared;
        _outputRows = new int[outputs];
        _draws = new float[outputs];
        _scratch = new AlignedBuffer((inputs + 1) * _columns + inputs * outputs + 16);
        float* rows = _scratch.Pointer;
        for (int i = 0; i < inputs; i++, rows += _columns)
            _errors.Add(rows);
        _dummy = rows;
        _scores = rows + _columns;
    }

    public override void Train(WindowStream stream, int first, int end, float alpha, CounterRandom random)
    {
        ulong counter = SharedNegatives.CounterAt(first, _state.Options);
        StepBound bound = StepBound.Of(alpha, _state.Options);
        _negatives?.Draw(random, ref counter);
        for (; first < end; first += Chunk)
        {
            int count = Math.Min(Chunk, end - first);
            _nextNegatives?.Draw(random, ref counter);
            // One step a word collected, and one a word that takes errors.
            _ahead.Plan(
                _view,
                stream,
                first + Chunk,
                end,
                _nextNegatives is null ? [] : new ReadOnlySpan<SharedNegatives>(ref _nextNegatives),
                2 * (Chunk + _state.Options.Window)
            );
            for (int at = 0; at < count; at += bound.Positions)
                TrainAtOnce(
                    stream,
                    first + at,
                    Math.Min(bound.Positions, count - at),
                    new Step(alpha, bound, LossTally.Measures(first, Chunk))
                );
            (_negatives, _nextNegatives) = (_nextNegatives, _negatives);
        }
    }

    /// <summary>Trains positions of a chunk, all on the same parameters.</summary>
    private void TrainAtOnce(WindowStream stream, int first, int count, Step step)
    {
        (int low, int high) = CollectInputs(stream, first, count);
        double loss = 0;
        if (_negatives is not null)
        {
            CollectOutputs(stream.Rows.AsSpan(first, count));
            loss += TrainNegatives(stream, first, count, low, high, step);
        }
        for (int p = first; p < first + count && _tree is not null; p++)
            loss += TrainTree(stream, p, low, step);
        if (step.Measured)
            _state.Loss.Add(loss, Pairs(stream, first, count));
        for (int j = low; j < high; j++)
        {
            if (!_state.IsFixed(stream.Rows[j]))
                RowProducts<P, V>.Add(_errors.Items + (j - low), 1, _columns, _inputs.Items[j - low]);
            _ahead.Step();
        }
    }

    /// <summary>The words of all windows of the chunk, and their errors set to zero.</summary>
    private (int Low, int High) CollectInputs(WindowStream stream, int first, int count)
    {
        (int low, int high) = stream.Span(first, count);
        _inputs.Clear();
        for (int j = low; j < high; j++)
        {
            _inputs.Add(_view.Inputs[stream.Rows[j]]);
            new Span<float>(_errors.Items[j - low], _columns).Clear();
            _ahead.Step();
        }
        _inputs.PadTo(4, _dummy);
        return (low, high);
    }

    /// <summary>
    /// The chunk's words and negative samples as distinct rows: a row that came twice would lose an update.
    /// </summary>
    private void CollectOutputs(ReadOnlySpan<int> targets)
    {
        int rows = 0;
        for (int p = 0; p < targets.Length; p++)
        {
            int seen = _outputRows.AsSpan(0, rows).IndexOf(targets[p]);
            _outputOf[p] = seen >= 0 ? seen : rows;
            _draws[_outputOf[p]] = 0;
            if (seen < 0)
                _outputRows[rows++] = targets[p];
        }
        ReadOnlySpan<int> negatives = _negatives!.Rows;
        for (int n = 0; n < negatives.Length; n++)
        {
            int seen = _outputRows.AsSpan(0, rows).IndexOf(negatives[n]);
            int column = seen >= 0 ? seen : rows++;
            _outputRows[column] = negatives[n];
            _draws[column] = _negatives.Weights[n];
        }
        _outputs.Clear();
        for (int o = 0; o < rows; o++)
            _outputs.Add(_view.Outputs![_outputRows[o]]);
        _outputs.PadTo(8, _dummy);
    }

    /// <summary>Trains on all pairs of the chunk; returns the loss if asked to.</summary>
    private double TrainNegatives(WindowStream stream, int first, int count, int low, int high, Step step)
    {
        double loss = 0;
        (float alpha, StepBound bound, _) = step;
        int width = _outputs.Count;
        int distinct = DistinctOutputs();
        RowProducts<P, V>.Dots(_inputs.Items, _inputs.Count, _outputs.Items, width, _columns, _scores);
        RowProducts<P, V>.Sigmoid(_scores, (_inputs.Count * width + 15) / 16 * 16);
        Span<float> pairs = stackalloc float[width];
        for (int j = low; j < high; j++)
        {
            // pairs[o]: windows of word o that hold j; total: windows of the chunk that hold j.
            pairs.Clear();
            float total = 0;
            for (int p = 0; p < count; p++)
            {
                bool inside = stream.Low[first + p] <= j && j < stream.High[first + p] && j != first + p;
                pairs[_outputOf[p]] += inside ? 1 : 0;
                total += inside ? 1 : 0;
            }
            float* g = _scores + (j - low) * width;
            for (int o = 0; o < distinct && step.Measured; o++)
                loss += pairs[o] * LossTally.Of(g[o]) + _draws[o] * (total - pairs[o]) * LossTally.Of(1 - g[o]);
            for (int o = 0; o < distinct; o++)
            {
                // Out of the bound only what is right is left, and that is next to nothing.
                float s = g[o],
                    up = s > bound.Least ? pairs[o] : 0,
                    down = s < bound.Most ? _draws[o] * (total - pairs[o]) : 0;
                g[o] = alpha * (up * (1 - s) - down * s);
            }
            for (int o = distinct; o < width; o++)
                g[o] = 0;
        }
        RowProducts<P, V>.Update(_inputs.Items, _errors.Items, high - low, _outputs.Items, width, _columns, _scores);
        return loss;
    }

    private static int Pairs(WindowStream stream, int first, int count)
    {
        int pairs = 0;
        for (int p = first; p < first + count; p++)
            pairs += stream.High[p] - stream.Low[p] - 1;
        return pairs;
    }

    private int DistinctOutputs()
    {
        int count = _outputs.Count;
        while (_outputs.Items[count - 1] == _dummy)
            count--;
        return count;
    }

    private double TrainTree(WindowStream stream, int p, int low, Step step)
    {
        int left = stream.Low[p] - low,
            middle = p - low;
        return _tree!.Train(_inputs.Items + left, _errors.Items + left, middle - left, stream.Rows[p], step)
            + _tree.Train(
                _inputs.Items + middle + 1,
                _errors.Items + middle + 1,
                stream.High[p] - p - 1,
                stream.Rows[p],
                step
            );
    }
}
