using Firn.Kernels;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Vectors;

/// <summary>
/// Trains word vectors: CBOW and skip-gram with negative sampling or hierarchical softmax (Mikolov et al. 2013). What
/// differs from gensim in the update rule, and that scores do not, is in docs/vectors.md.
/// </summary>
public static class Word2Vec
{
    /// <summary>Trains on texts of ids.</summary>
    /// <param name="corpus">The texts; the ids are the vocabulary's, 0 is no word.</param>
    /// <param name="vocabulary">Gives the words of the ids. Counts are taken from the texts, not from it.</param>
    /// <param name="options">Parameters by gensim's names.</param>
    /// <param name="progress">Told a few times a second, from any thread.</param>
    /// <param name="cancellation">Stops between blocks of some ten thousand words.</param>
    /// <returns>The words with at least the minimum count, rows by falling count in the texts.</returns>
    /// <exception cref="ArgumentException">An option is out of its range, an id is not the vocabulary's, or no word is frequent enough.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public static WordVectors Train(
        RaggedIds corpus, Vocabulary vocabulary, Word2VecOptions? options = null,
        IProgress<Word2VecProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(vocabulary);
        return Train(corpus, vocabulary.Count, id => vocabulary[id], options ?? new Word2VecOptions(), progress, cancellation);
    }

    internal static WordVectors Train(
        RaggedIds corpus, int idCount, Func<int, string> wordOf, Word2VecOptions options,
        IProgress<Word2VecProgress>? progress = null, CancellationToken cancellation = default)
    {
        options.Validate();
        TrainingWords words = TrainingWords.From(corpus, idCount, options);
        var random = new CounterRandom(options.Seed);
        using var inputs = new ParameterMatrix(words.Ids.Length, options.VectorSize);
        using ParameterMatrix? outputs = options.Negative > 0 ? new ParameterMatrix(words.Ids.Length, options.VectorSize) : null;
        HuffmanTree? tree = options.HierarchicalSoftmax ? new HuffmanTree(words.Counts) : null;
        using ParameterMatrix? nodes = tree is null ? null : new ParameterMatrix(tree.InnerNodes, options.VectorSize);
        AliasTable? negatives = outputs is null ? null
            : new AliasTable([.. words.Counts.Select(count => Math.Pow(count, options.NsExponent))]);
        Initialize(inputs, random.Derive(0));
        var state = new TrainingState(options, inputs, outputs, nodes, negatives, tree);
        RunEpochs(corpus, words, state, random, progress, cancellation);
        return new WordVectors([.. words.Ids.Select(wordOf)], inputs.ToArray(), options.VectorSize);
    }

    /// <summary>Uniform in [-1, 1) / size, as gensim 4 begins; output vectors begin with zeros.</summary>
    private static unsafe void Initialize(ParameterMatrix inputs, CounterRandom random)
    {
        for (int row = 0; row < inputs.Rows; row++)
        {
            float* values = inputs[row];
            for (int c = 0; c < inputs.Columns; c++)
                values[c] = (random.Uniform((ulong)row * (ulong)inputs.Columns + (ulong)c) * 2 - 1) / inputs.Columns;
        }
    }

    private static void RunEpochs(
        RaggedIds corpus, TrainingWords words, TrainingState state, CounterRandom random,
        IProgress<Word2VecProgress>? progress, CancellationToken cancellation)
    {
        Word2VecOptions options = state.Options;
        CorpusBlock[] blocks = CorpusBlock.Cut(corpus);
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var kernels = new WindowKernel?[threads];
        var streams = new WindowStream?[threads];
        var meter = new TrainingMeter(options, corpus.TotalTokens, progress);
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            CounterRandom epochRandom = random.Derive((ulong)epoch + 1);
            // Neighbouring texts are often of one topic; gensim's workers mix them by reading at several places of a file.
            int[] order = [.. Enumerable.Range(0, blocks.Length)];
            epochRandom.Derive(ulong.MaxValue).Shuffle<int>(order);
            Workers.Run(blocks.Length, threads, (turn, worker) =>
            {
                int block = order[turn];
                if (cancellation.IsCancellationRequested)
                    return;
                WindowKernel kernel = kernels[worker] ??= WindowKernel.Create(state);
                WindowStream stream = streams[worker] ??= new WindowStream(words, options.Window, options.ShrinkWindows);
                CounterRandom blockRandom = epochRandom.Derive((ulong)block);
                stream.Fill(corpus, blocks[block], blockRandom.Derive(0));
                kernel.Train(stream, meter.AlphaAt(epoch, (double)turn / blocks.Length), blockRandom.Derive(1));
                meter.Add(epoch, blocks[block].End - blocks[block].Start);
            });
            cancellation.ThrowIfCancellationRequested();
        }
        meter.Finish();
    }
}
