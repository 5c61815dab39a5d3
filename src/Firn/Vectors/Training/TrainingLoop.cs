using Firn.Kernels;
using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// Takes the blocks of the texts through the kernels, epoch by epoch. Everything random is a function of seed, epoch
/// and block, and the learning rate one of epoch and turn, so a run can stop between blocks and go on elsewhere.
/// </summary>
internal sealed class TrainingLoop
{
    /// <summary>
    /// Blocks that are read ahead, and between which a shared run can stop; no matter how many threads.
    /// </summary>
    private const int BlocksAhead = 8;

    private readonly RaggedIds _corpus;
    private readonly TrainingWords _words;
    private readonly TrainingState _state;
    private readonly CorpusBlock[] _blocks;
    private readonly TrainingMeter _meter;
    private readonly int _threads;
    private readonly int _loneSegment;

    public TrainingLoop(
        RaggedIds corpus,
        TrainingWords words,
        TrainingState state,
        IProgress<Word2VecProgress>? progress,
        TimeSpan reportInterval
    )
    {
        _corpus = corpus;
        _words = words;
        _state = state;
        _blocks = CorpusBlock.Cut(corpus);
        _meter = new TrainingMeter(state.Options, corpus.TotalTokens, state.Loss, progress, reportInterval);
        int threads = state.Options.Threads > 0 ? state.Options.Threads : Environment.ProcessorCount;
        _threads = state.Options.Deterministic ? Math.Min(threads, SharedRounds.MaxSegments) : threads;
        _loneSegment = state.Subwords is null ? 0 : RoundSize.LoneSubwordSegment(words, state);
        Position = new TrainingPosition(0, new bool[_blocks.Length]);
    }

    /// <summary>Where the run stands: to be set before it begins, and kept when it was stopped.</summary>
    public TrainingPosition Position { get; set; }

    /// <summary>Trains to the end, or until stopped between blocks.</summary>
    /// <param name="check">Called after each epoch; may end the run by an exception.</param>
    /// <param name="epochDone">Called after each epoch but the last.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>False when it was stopped.</returns>
    public bool Run(Action<int> check, Action epochDone, CancellationToken cancellation)
    {
        Word2VecOptions options = _state.Options;
        Action<CounterRandom, int[], CancellationToken> epochs = options.Deterministic
            ? SharedEpochs()
            : LockFreeEpochs();
        _meter.Resume(
            Position.Epoch * (long)_corpus.TotalTokens
                + _blocks.Where((_, turn) => Position.Done[turn]).Sum(block => (long)(block.End - block.Start))
        );
        for (int epoch = Position.Epoch; epoch < options.Epochs; epoch++)
        {
            CounterRandom random = new CounterRandom(options.Seed).Derive((ulong)epoch + 1);
            // Neighboring texts are often of one topic; gensim's workers mix them by reading at several places of a
            // file.
            int[] order = [.. Enumerable.Range(0, _blocks.Length)];
            random.Derive(ulong.MaxValue).Shuffle<int>(order);
            epochs(random, order, cancellation);
            if (Array.IndexOf(Position.Done, false) >= 0)
                return false;
            check(epoch);
            Position = new TrainingPosition(epoch + 1, new bool[_blocks.Length]);
            if (epoch + 1 < options.Epochs)
                epochDone();
        }
        _meter.Finish();
        return true;
    }

    /// <summary>
    /// Threads take blocks in turn and write to the shared vectors without locks (Recht et al. 2011).
    /// </summary>
    private Action<CounterRandom, int[], CancellationToken> LockFreeEpochs()
    {
        var kernels = new WindowKernel?[_threads];
        var streams = new WindowStream?[_threads];
        return (random, order, cancellation) =>
            Workers.Run(
                _blocks.Length,
                _threads,
                (turn, worker) =>
                {
                    if (Position.Done[turn] || cancellation.IsCancellationRequested)
                        return;
                    WindowKernel kernel = kernels[worker] ??= NewKernel();
                    WindowStream stream = streams[worker] ??= NewStream();
                    int block = order[turn];
                    CounterRandom blockRandom = random.Derive((ulong)block);
                    stream.Fill(_corpus, _blocks[block], blockRandom.Derive(0));
                    kernel.Train(stream, 0, stream.Count, AlphaAt(turn), blockRandom.Derive(1));
                    Position.Done[turn] = true;
                    _meter.Add(Position.Epoch, _blocks[block].End - _blocks[block].Start);
                }
            );
    }

    /// <summary>Threads share each round, and the result does not depend on how many they are.</summary>
    private Action<CounterRandom, int[], CancellationToken> SharedEpochs()
    {
        (int segments, int size) = RoundSize.Of(_words, _state);
        var rounds = new SharedRounds(_state, segments, size, _threads);
        WindowStream[] streams = [.. Enumerable.Range(0, BlocksAhead).Select(_ => NewStream())];
        return (random, order, cancellation) =>
        {
            bool stop = false;
            WorkerTeam.Run(
                _threads,
                (thread, barrier) =>
                {
                    var seat = new WorkerSeat(thread, _threads, _threads > 1 ? barrier : null);
                    for (int first = 0; first < order.Length; first += BlocksAhead)
                    {
                        int count = Math.Min(BlocksAhead, order.Length - first);
                        for (int i = thread; i < count; i += _threads)
                            streams[i]
                                .Fill(
                                    _corpus,
                                    _blocks[order[first + i]],
                                    random.Derive((ulong)order[first + i]).Derive(0)
                                );
                        if (thread == 0)
                            stop = cancellation.IsCancellationRequested;
                        seat.Wait();
                        if (stop)
                            return;
                        bool done = Position.Done[first];
                        for (int i = 0; i < count && !done; i++)
                            rounds.Train(
                                streams[i],
                                AlphaAt(first + i),
                                random.Derive((ulong)order[first + i]).Derive(1),
                                seat
                            );
                        // The streams are filled anew when nobody looks at them any more.
                        seat.Wait();
                        for (int i = 0; i < count && thread == 0 && !done; i++)
                        {
                            Position.Done[first + i] = true;
                            _meter.Add(Position.Epoch, _blocks[order[first + i]].End - _blocks[order[first + i]].Start);
                        }
                    }
                }
            );
        };
    }

    private float AlphaAt(int turn) => _meter.AlphaAt(Position.Epoch, (double)turn / _blocks.Length);

    private WindowKernel NewKernel()
    {
        TrainingView view = TrainingView.Of(_state);
        return _state.Subwords is null ? WindowKernel.Create(view) : new SubwordKernel(view, _loneSegment);
    }

    private WindowStream NewStream() => new(_words, _state.Options.Window, _state.Options.ShrinkWindows);
}

/// <summary>How far a run has come.</summary>
/// <param name="Epoch">The epoch under way, from 0.</param>
/// <param name="Done">Which turns of it are done.</param>
internal sealed record TrainingPosition(int Epoch, bool[] Done);
