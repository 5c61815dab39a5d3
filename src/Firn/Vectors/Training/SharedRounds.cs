using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Trains a stream in rounds of a fixed number of segments, whatever the number of threads. A segment is trained chunk
/// after chunk, on the parameters as they stood when the round began and as the segment itself has changed them since.
/// Rows that one segment alone touches change in place; what several made of a row is added up in the order of the
/// segments. So the result does not depend on who trained which segment, bit for bit. The threads go through it side by
/// side: each calls <see cref="Train"/>.
/// </summary>
internal sealed class SharedRounds : IDisposable
{
    /// <summary>Segments a round: the most threads that help.</summary>
    public const int MaxSegments = 8;

    private readonly TrainingState _state;
    private readonly int _segments,
        _size; // segments a round, positions a segment
    private readonly RowSharing? _inputs,
        _outputs,
        _nodes;
    private readonly TrainingView[] _views; // by segment, as all that follow
    private readonly WindowKernel[] _kernels;
    private readonly SubwordSegment[] _subwords;
    private readonly int[][] _samples;
    private readonly RowMerge _merge = RowMerge.Create();
    private int _round,
        _next;

    /// <param name="state">The parameters.</param>
    /// <param name="segments">Segments a round, at most <see cref="MaxSegments"/>.</param>
    /// <param name="size">Positions a segment, a multiple of the kernels' chunk.</param>
    /// <param name="threads">Threads of the team.</param>
    public SharedRounds(TrainingState state, int segments, int size, int threads)
    {
        _state = state;
        _segments = segments;
        _size = size;
        _inputs = state.Subwords is null ? new RowSharing(state.Words, threads) : null;
        _outputs = state.Outputs is null ? null : new RowSharing(state.Words, threads);
        _nodes = state.Nodes is null ? null : new RowSharing(state.Nodes.Rows, threads);
        _views = [.. Enumerable.Range(0, segments).Select(_ => TrainingView.WithCopies(state))];
        _kernels = [.. _views.Select(WindowKernel.Create)];
        _subwords = state.Subwords is null ? [] : [.. _views.Select(SubwordSegment.Create)];
        _samples =
        [
            .. _views.Select(_ =>
                new int[
                    state.Outputs is null
                        ? 0
                        : size / SharedNegatives.Group(state.Options) * SharedNegatives.CountFor(state.Options)
                ]
            ),
        ];
    }

    /// <summary>
    /// Trains on every position of the stream; all threads of the team call it with the same arguments.
    /// </summary>
    public void Train(WindowStream stream, float alpha, CounterRandom random, WorkerSeat seat)
    {
        for (int first = 0; first < stream.Count; first += _segments * _size)
        {
            int segments = Math.Min(_segments, (stream.Count - first + _size - 1) / _size);
            for (int segment = seat.Index; segment < segments; segment += seat.Count)
                DrawSamples(first + segment * _size, segment, random);
            if (seat.Index == 0)
                (_round, _next) = (_round + 1, -1);
            seat.Wait();
            NoteInputs(stream, first, segments, seat);
            NoteOutputs(stream, first, segments, seat);
            seat.Wait();
            for (
                int segment = Interlocked.Increment(ref _next);
                segment < segments;
                segment = Interlocked.Increment(ref _next)
            )
                TrainSegment(stream, first + segment * _size, segment, alpha, random);
            seat.Wait();
            Merge(_inputs, _state.Inputs, view => view.Inputs, segments, seat);
            Merge(_outputs, _state.Outputs, view => view.Outputs!, segments, seat);
            Merge(_nodes, _state.Nodes, view => view.Nodes!, segments, seat);
            for (int segment = 0; segment < segments && _subwords.Length > 0; segment++)
                _subwords[segment].Spread(seat);
        }
        seat.Wait();
    }

    public void Dispose()
    {
        foreach (TrainingView view in _views)
            view.Dispose();
    }

    /// <summary>Notes the samples that the kernel will draw.</summary>
    private void DrawSamples(int begin, int segment, CounterRandom random)
    {
        ulong counter = SharedNegatives.CounterAt(begin, _state.Options);
        foreach (ref int sample in _samples[segment].AsSpan())
            sample = _state.Negatives!.Draw(random.Bits(counter++));
    }

    private void NoteInputs(WindowStream stream, int first, int segments, WorkerSeat seat)
    {
        if (_inputs is null)
            return;
        _inputs.Begin(seat);
        for (int segment = 0; segment < segments; segment++)
        {
            (int begin, int end) = Range(stream, first, segment);
            (int low, int high) = stream.Span(begin, end - begin);
            foreach (int row in stream.Rows.AsSpan(low, high - low))
            {
                // A row that is kept fixed is only read.
                if (!_state.IsFixed(row))
                    _inputs.Touch(row, segment, _round, seat);
            }
        }
    }

    private void NoteOutputs(WindowStream stream, int first, int segments, WorkerSeat seat)
    {
        _outputs?.Begin(seat);
        _nodes?.Begin(seat);
        for (int segment = 0; segment < segments; segment++)
        {
            (int begin, int end) = Range(stream, first, segment);
            foreach (int word in stream.Rows.AsSpan(begin, end - begin))
            {
                _outputs?.Touch(word, segment, _round, seat);
                if (_nodes is null)
                    continue;
                foreach (int node in _state.Tree!.PathOf(word))
                    _nodes.Touch(node, segment, _round, seat);
            }
            foreach (int row in _samples[segment])
                _outputs!.Touch(row, segment, _round, seat);
        }
    }

    private void TrainSegment(WindowStream stream, int begin, int segment, float alpha, CounterRandom random)
    {
        TrainingView view = _views[segment];
        view.Clear();
        _inputs?.CopyTo(view.Inputs, segment);
        _outputs?.CopyTo(view.Outputs!, segment);
        _nodes?.CopyTo(view.Nodes!, segment);
        int end = Math.Min(begin + _size, stream.Count);
        if (_subwords.Length > 0)
            _subwords[segment].Compose(stream, begin, end);
        _kernels[segment].Train(stream, begin, end, alpha, random);
        if (_subwords.Length > 0)
            _subwords[segment].TakeDifferences();
    }

    private void Merge(
        RowSharing? sharing,
        ParameterMatrix? matrix,
        Func<TrainingView, RowView> rows,
        int segments,
        WorkerSeat seat
    )
    {
        if (sharing is null)
            return;
        foreach (int row in sharing.SharedOf(seat))
            _merge.Merge(sharing, row, matrix!, _views.AsSpan(0, segments), rows);
    }

    private (int Begin, int End) Range(WindowStream stream, int first, int segment) =>
        (first + segment * _size, Math.Min(first + (segment + 1) * _size, stream.Count));
}
