using Firn.Layers;
using Firn.Linear;
using Firn.Model;
using Firn.Text;
using Firn.Training;
using Firn.Vectors;
using Firn.Vectors.Training;

namespace Firn.Recipes;

/// <summary>
/// Tells a recipe's memory once its texts are read: what the process holds by then is measured, what the later stages
/// add follows from the shapes. Rows with a vector, batches and n-grams are counted on the texts themselves.
/// </summary>
internal sealed class MemoryForecaster
{
    private readonly CorpusParts _parts;
    private readonly int _classes;
    private readonly long _runtime,
        _data,
        _reading;
    private readonly KnownVectors? _vectors;
    private readonly Dictionary<(int Batch, ulong Seed, bool OwnRows, int Texts), LargestBatch> _batches = [];
    private readonly Dictionary<
        (int Texts, int LongestCharacters),
        (NgramSample Words, NgramSample Characters)
    > _ngrams = [];

    /// <param name="parts">The texts.</param>
    /// <param name="classes">C.</param>
    /// <param name="vectors">Vectors that are there already; null where word2vec will train them.</param>
    public MemoryForecaster(CorpusParts parts, int classes, KnownVectors? vectors)
    {
        (_parts, _classes, _vectors) = (parts, classes, vectors);
        (_reading, _runtime, _data) = ProcessMemory.Measure();
        _data -= vectors?.Bytes ?? 0; // counted where they are used
    }

    /// <summary>
    /// The memory of a recipe on these texts; what its vocabulary and its split follow from must be as it was.
    /// </summary>
    public MemoryForecast For(RecipeOptions options)
    {
        bool[] hasVector = WithVector(options, out int withVector, out int width);
        ClassifierOptions classifier = options.Classifier with { Classes = _classes };
        if (classifier.Multichannel && options.From is null)
            width *= 2;
        int rows = _vectors?.Rows ?? 1 + (options.OwnRows ? _parts.Vocabulary.Count - 1 : withVector);
        var shape = TextShape.Of(classifier, rows, width);
        TrainingOptions training = options.TrainingInEffect;
        int threads = training.Threads > 0 ? training.Threads : Environment.ProcessorCount;

        long weights = sizeof(float) * (shape.TableWeights + shape.EncoderWeights + shape.DenseWeights);
        long start = training.Schedule.EverTrains(ParameterGroup.Embedding)
            ? sizeof(float) * (shape.TableWeights + rows)
            : 0;
        var stages = new List<StageMemory>
        {
            new("texts", Math.Min(_runtime, _reading), Math.Max(_reading - _runtime, 0), 0, 0, 0, 0, 0, 0),
            Vectors(options, withVector, shape),
        };
        var trained = new List<long>();
        LargestBatch batch = Largest(training, _parts.Train.Texts, hasVector, options.OwnRows);
        long validation = Scoring(shape, classifier, _parts.Validation, hasVector, options.OwnRows, threads);
        long best = sizeof(float) * Enum.GetValues<ParameterGroup>().Where(training.Schedule.EverTrains).Sum(shape.Of);
        for (int p = 0; p < training.Schedule.Phases.Count; p++)
        {
            ThawPhase phase = training.Schedule.Phases[p];
            bool encoder = phase.Trains(ParameterGroup.Encoder),
                dense = phase.Trains(ParameterGroup.Dense),
                table = phase.Trains(ParameterGroup.Embedding);
            long moving = table ? Moving(phase.Rows, _parts.Train.Texts, hasVector) : 0;
            trained.Add((encoder ? shape.EncoderWeights : 0) + (dense ? shape.DenseWeights : 0) + moving * width);
            long phaseBest = phase.Patience is null
                ? 0
                : sizeof(float) * phase.Trainable.Sum(shape.Of) + MemoryForecast.OptimizerBytes(trained[^1]);
            stages.Add(
                new StageMemory(
                    NameOf(training, p),
                    _runtime,
                    _data,
                    0,
                    weights,
                    best + start + phaseBest,
                    WorkspaceMemory.Gradients(shape, encoder, dense, table, batch),
                    MemoryForecast.OptimizerBytes(trained[^1]) + (table ? sizeof(int) * (long)rows : 0),
                    WorkspaceMemory.Activations(shape, classifier, encoder, table, batch, threads)
                        + validation
                        + sizeof(int) * (long)_parts.Train.Count
                )
            );
        }
        long linear = 0;
        if (options.LinearBranch is { } ngrams)
        {
            stages.Add(
                new StageMemory(
                    "output",
                    _runtime,
                    _data,
                    0,
                    weights,
                    start,
                    0,
                    0,
                    PeakOf(_parts.Train, ngrams, classifier.OutputSize)
                )
            );
            linear = HeldBy(_parts.Train, ngrams, classifier.OutputSize);
        }
        if (options.Refit)
        {
            stages.Add(Refit(options, shape, classifier, hasVector, (weights, best, start, linear), threads));
            if (options.LinearBranch is { } again)
                linear = HeldBy(_parts.TrainAndValidation, again, classifier.OutputSize);
        }
        long test = Scoring(shape, classifier, _parts.Test, hasVector, options.OwnRows, threads);
        stages.Add(
            new StageMemory("test", _runtime, _data, 0, weights + linear, start, 0, 0, test + 64L * _parts.Test.Count)
        );
        return new MemoryForecast(stages, shape.TableWeights + shape.EncoderWeights + shape.DenseWeights, trained);
    }

    /// <summary>The second training at its largest, the first model being held.</summary>
    private StageMemory Refit(
        RecipeOptions options,
        TextShape shape,
        ClassifierOptions classifier,
        bool[] hasVector,
        (long Weights, long Best, long Start, long LinearBranch) first,
        int threads
    )
    {
        CorpusPart all = _parts.TrainAndValidation;
        TrainingOptions training = options.TrainingInEffect;
        LargestBatch batch = Largest(training, all.Texts, hasVector, options.OwnRows);
        long gradients = 0,
            optimizer = 0,
            workspace = 0;
        foreach (ThawPhase phase in training.Schedule.Phases)
        {
            bool encoder = phase.Trains(ParameterGroup.Encoder),
                dense = phase.Trains(ParameterGroup.Dense),
                table = phase.Trains(ParameterGroup.Embedding);
            long moving = table ? Moving(phase.Rows, all.Texts, hasVector) * shape.Width : 0;
            gradients = Math.Max(gradients, WorkspaceMemory.Gradients(shape, encoder, dense, table, batch));
            optimizer = Math.Max(
                optimizer,
                MemoryForecast.OptimizerBytes(
                    (encoder ? shape.EncoderWeights : 0) + (dense ? shape.DenseWeights : 0) + moving
                ) + (table ? sizeof(int) * shape.TableWeights / shape.Width : 0)
            );
            workspace = Math.Max(
                workspace,
                WorkspaceMemory.Activations(shape, classifier, encoder, table, batch, threads)
                    + sizeof(int) * (long)all.Count
            );
        }
        if (options.LinearBranch is { } ngrams)
            workspace = Math.Max(workspace, PeakOf(all, ngrams, classifier.OutputSize));
        long texts = sizeof(int) * (all.Texts.TotalTokens + 3L * all.Count);
        return new StageMemory(
            "refit",
            _runtime,
            _data + texts,
            0,
            first.Weights,
            first.Best + 2 * first.Start + first.Weights + first.LinearBranch,
            gradients,
            optimizer,
            workspace
        );
    }

    private long PeakOf(CorpusPart part, LinearBranchOptions linear, int outputs)
    {
        (NgramSample words, NgramSample characters) = Sampled(part.Texts, linear);
        return NgramSample.PeakBytes(words, characters, part.Count, outputs) + ScoresOf(linear, outputs);
    }

    private long HeldBy(CorpusPart part, LinearBranchOptions linear, int outputs)
    {
        (NgramSample words, NgramSample characters) = Sampled(part.Texts, linear);
        return words.HeldBytes(outputs)
            + (linear.LongestCharacters == 0 ? 0 : characters.HeldBytes(outputs))
            + ScoresOf(linear, outputs);
    }

    /// <summary>What runs of characters come to in the end: a score a word and output, and a square.</summary>
    private long ScoresOf(LinearBranchOptions linear, int outputs) =>
        linear.LongestCharacters == 0 ? 0 : sizeof(float) * (1L + outputs) * _parts.Vocabulary.Count;

    private (NgramSample Words, NgramSample Characters) Sampled(RaggedIds texts, LinearBranchOptions linear)
    {
        if (!_ngrams.TryGetValue((texts.Count, linear.LongestCharacters), out (NgramSample, NgramSample) samples))
        {
            NgramSample characters =
                linear.LongestCharacters == 0
                    ? default
                    : NgramSample.Of(
                        new CharacterSource(texts, _parts.Vocabulary, linear.LongestCharacters),
                        linear.MinTexts
                    );
            _ngrams[(texts.Count, linear.LongestCharacters)] = samples = (
                NgramSample.Of(new IdSource(texts, linear.ToNgrams()), linear.MinTexts),
                characters
            );
        }
        return samples;
    }

    /// <summary>The ids whose word will have a vector.</summary>
    private bool[] WithVector(RecipeOptions options, out int count, out int width)
    {
        var has = new bool[_parts.Vocabulary.Count];
        count = 0;
        if (_vectors is { } vectors)
        {
            for (int id = 1; id < has.Length; id++)
                has[id] = vectors.Has(id);
            width = vectors.Width;
        }
        else
        {
            int[] seen = Occurrences(_parts.WordVectorTexts);
            Word2VecOptions w = options.Word2Vec;
            IEnumerable<int> frequent = Enumerable
                .Range(1, has.Length - 1)
                .Where(id => w.Subwords is not null || seen[id] >= w.MinCount);
            if (w is { MaxWords: > 0, Subwords: null })
                frequent = frequent.OrderByDescending(id => seen[id]).Take(w.MaxWords);
            foreach (int id in frequent)
                has[id] = true;
            width = options.Word2Vec.VectorSize;
        }
        count = has.Count(h => h);
        return has;
    }

    private StageMemory Vectors(RecipeOptions options, int withVector, TextShape shape)
    {
        const int line = 16; // word2vec pads rows to whole cache lines
        Word2VecOptions w = options.Word2Vec;
        long rows = sizeof(float) * shape.TableWeights,
            plain = sizeof(float) * (long)withVector * shape.Width;
        long words = withVector * 64L; // dictionary of words
        if (_vectors is { } known)
            return new(
                "word vectors",
                _runtime,
                _data,
                known.Rows is null ? known.Bytes + words : 0,
                rows,
                0,
                0,
                0,
                sizeof(int) * 2L * _parts.Vocabulary.Count
            );
        long padded = sizeof(float) * (long)withVector * ((shape.Width + line - 1) / line * line);
        padded += w.Subwords is { } subwords
            ? sizeof(float) * (long)subwords.Buckets * ((shape.Width + line - 1) / line * line) / 2
            : 0; // of the inputs alone
        int matrices = 1 + (w.Negative > 0 ? 1 : 0) + (w.HierarchicalSoftmax ? 1 : 0);
        long counts = 16L * _parts.Vocabulary.Count + 24L * withVector;
        // While training: the matrices and the result; then the result and the table.
        return matrices * padded + counts >= rows + words
            ? new("word vectors", _runtime, _data, matrices * padded + plain, 0, 0, 0, 0, counts)
            : new("word vectors", _runtime, _data, plain + words, rows, 0, 0, 0, 0);
    }

    /// <summary>The largest batch of the first epoch: later ones differ in the order of the texts alone.</summary>
    private LargestBatch Largest(TrainingOptions training, RaggedIds texts, bool[] hasVector, bool ownRows)
    {
        if (_batches.TryGetValue((training.BatchSize, training.Seed, ownRows, texts.Count), out LargestBatch known))
            return known;
        var batcher = new Training.Batcher(texts.Count, training.BatchSize, training.Seed);
        batcher.Begin(1);
        BatchPlan plan = TrainingWorkspace.CreatePlan();
        var seenIn = new int[hasVector.Length];
        var largest = new LargestBatch(0, 0, 0, 0, 0);
        for (int b = 0; b < batcher.Batches; b++)
        {
            plan.Build(texts, batcher[b]);
            int rows = 1;
            foreach (int text in batcher[b])
            {
                foreach (int id in texts[text])
                {
                    if ((hasVector[id] || ownRows) && seenIn[id] != b + 1)
                    {
                        seenIn[id] = b + 1;
                        rows++;
                    }
                }
            }
            for (int shard = 0; shard < plan.Shards; shard++)
            {
                (int from, int count) = plan.RangeOf(shard).GetOffsetAndLength(plan.Count);
                int tokens = 0;
                foreach (int length in plan.Length.AsSpan(from, count))
                    tokens += length;
                largest = largest with
                {
                    ShardTokens = Math.Max(largest.ShardTokens, tokens),
                    ShardTexts = Math.Max(largest.ShardTexts, count),
                };
            }
            largest = largest with
            {
                Shards = Math.Max(largest.Shards, plan.Shards),
                Tokens = Math.Max(largest.Tokens, plan.Tokens),
                Rows = Math.Max(largest.Rows, rows),
            };
        }
        return _batches[(training.BatchSize, training.Seed, ownRows, texts.Count)] = largest;
    }

    private static long Scoring(
        TextShape shape,
        ClassifierOptions classifier,
        CorpusPart part,
        bool[] hasVector,
        bool ownRows,
        int threads
    )
    {
        if (part.Count == 0)
            return 0;
        var seen = new bool[hasVector.Length];
        int rows = 1;
        foreach (int id in part.Texts.Ids)
        {
            if (!seen[id] && (hasVector[id] || ownRows))
            {
                seen[id] = true;
                rows++;
            }
        }
        long longest = Enumerable
            .Range(0, part.Count)
            .Select(part.Texts.LengthOf)
            .OrderDescending()
            .Take(threads * WorkspaceMemory.ScoredAtATime)
            .Sum(length => (long)length);
        return WorkspaceMemory.Scoring(shape, classifier, part.Count, rows, longest, threads);
    }

    private long Moving(RowRule rule, RaggedIds texts, bool[] hasVector)
    {
        int[] seen = Occurrences(texts);
        long count = Enumerable
            .Range(1, seen.Length - 1)
            .LongCount(id => seen[id] >= rule.SeenAtLeast && (rule.WithoutVector || hasVector[id]));
        return Math.Min(count, rule.TopByCount ?? long.MaxValue);
    }

    private int[] Occurrences(RaggedIds texts)
    {
        var seen = new int[_parts.Vocabulary.Count];
        foreach (int id in texts.Ids)
            seen[id]++;
        return seen;
    }

    private static string NameOf(TrainingOptions training, int phase)
    {
        ThawSchedule schedule = training.Schedule;
        if (
            schedule.FirstEpochOf(phase) is not { } first
            || schedule.LastEpochOf(phase, training.Epochs) is not { } last
        )
            return $"phase {phase + 1}, after the best epoch";
        if (schedule.Phases[phase].Patience is not null)
            return $"epochs {first} to the best, {last} at most";
        return first == last ? $"epoch {first}" : $"epochs {first} to {last}";
    }
}

/// <summary>Word vectors that a recipe does not train: of a file, or the table of a bundle to start from.</summary>
/// <param name="Has">Whether the word of an id has one.</param>
/// <param name="Width">E.</param>
/// <param name="Bytes">What they take now.</param>
/// <param name="Rows">R where they are a table already; null where the table is made of them.</param>
internal sealed record KnownVectors(Func<int, bool> Has, int Width, long Bytes, int? Rows)
{
    public static KnownVectors Of(WordVectors vectors, Vocabulary vocabulary) =>
        new(
            id => vectors.TryGetRow(vocabulary[id], out _),
            vectors.Dimension,
            sizeof(float) * (long)vectors.Count * vectors.Dimension,
            null
        );

    public static KnownVectors Of(EmbeddingTable table) =>
        new(
            id => table.RowOf[id] > 0,
            table.Dimension,
            sizeof(float) * (long)table.RowCount * table.Dimension,
            table.RowCount
        );
}
