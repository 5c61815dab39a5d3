using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>The parameters of a run: how they begin, and what becomes of them at its end.</summary>
internal sealed unsafe class TrainingParameters : IDisposable
{
    private readonly TrainingWords _words;
    private readonly string[] _names;
    private readonly Word2VecOptions _options;
    private readonly SubwordResult? _subwords;
    private bool _keepsInputs;

    public TrainingParameters(
        TrainingWords words,
        string[] names,
        Word2VecOptions options,
        Word2VecStart? start,
        FastTextStart? subwordStart = null
    )
    {
        CheckSize((long)names.Length + (start?.Vectors.Count ?? 0), options.VectorSize);
        _words = words;
        _names = names;
        _options = options;
        SubwordTable? subwords = options.Subwords is null
            ? null
            : new SubwordTable(names, options.Subwords, subwordStart?.RawWords);
        HuffmanTree? tree = options.HierarchicalSoftmax ? new HuffmanTree(words.Counts) : null;
        var inputs = new ParameterMatrix(subwords?.Rows ?? names.Length, options.VectorSize);
        ParameterMatrix? outputs = options.Negative > 0 ? new ParameterMatrix(names.Length, options.VectorSize) : null;
        AliasTable? negatives = outputs is null
            ? null
            : new AliasTable([.. words.Counts.Select(count => Math.Pow(count, options.NsExponent))]);
        State = new TrainingState(
            options,
            inputs,
            outputs,
            tree is null ? null : new ParameterMatrix(tree.InnerNodes, options.VectorSize),
            negatives,
            tree
        )
        {
            Subwords = subwords,
            Fixed = start?.Fixed is { Count: > 0 } @fixed
                ? [.. names.Select(new HashSet<string>(@fixed, StringComparer.Ordinal).Contains)]
                : null,
        };
        Initialize(
            inputs,
            new CounterRandom(options.Seed).Derive(0),
            options.Threads > 0 ? options.Threads : Environment.ProcessorCount
        );
        if (start is not null)
            Take(start);
        if (subwords is not null)
            _subwords = new SubwordResult(State, options, names, words.Counts, subwordStart);
        IsContinued = start is not null || subwordStart is not null;
    }

    /// <summary>The matrices begin with what an earlier training left.</summary>
    public bool IsContinued { get; }

    public TrainingState State { get; }

    /// <summary>The matrices by name.</summary>
    public IEnumerable<(string Name, ParameterMatrix Matrix)> Matrices
    {
        get
        {
            yield return ("inputs", State.Inputs);
            if (State.Outputs is not null)
                yield return ("outputs", State.Outputs);
            if (State.Nodes is not null)
                yield return ("nodes", State.Nodes);
        }
    }

    public Word2VecModel ToModel(Word2VecStart? start)
    {
        if (_subwords is not null)
        {
            _keepsInputs = true; // the n-grams' rows live on in the model
            return _subwords.ToModel();
        }
        string[] added = [.. _names.Where(name => start is null || !start.Vectors.TryGetRow(name, out _))];
        string[] all = start is null ? added : [.. start.Vectors.Words, .. added];
        return new Word2VecModel(
            ToTable(State.Inputs, all, start?.Vectors),
            State.Outputs is null ? null : ToTable(State.Outputs, all, start?.Outputs)
        );
    }

    public void Dispose()
    {
        if (!_keepsInputs)
            State.Inputs.Dispose();
        State.Outputs?.Dispose();
        State.Nodes?.Dispose();
    }

    /// <summary>A table that cannot be given back is refused before it is trained.</summary>
    private static void CheckSize(long words, int size)
    {
        if (words * size > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{words} words with {size} dimensions each are more than the {Array.MaxLength} values that one "
                    + $"table can hold; "
                    + "keep fewer words (a higher minimum count, or a limit) or use fewer dimensions."
            );
        }
    }

    /// <summary>Uniform in [-1, 1) / size, as gensim 4 and fastText begin; output vectors begin with zeros.</summary>
    private static void Initialize(ParameterMatrix inputs, CounterRandom random, int threads)
    {
        const int rowsAtOnce = 4096;
        Workers.Run(
            (inputs.Rows + rowsAtOnce - 1) / rowsAtOnce,
            threads,
            (part, _) =>
            {
                for (int row = part * rowsAtOnce; row < Math.Min((part + 1) * rowsAtOnce, inputs.Rows); row++)
                {
                    float* values = inputs[row];
                    for (int c = 0; c < inputs.Columns; c++)
                        values[c] =
                            (random.Uniform((ulong)row * (ulong)inputs.Columns + (ulong)c) * 2 - 1) / inputs.Columns;
                }
            }
        );
    }

    private void Take(Word2VecStart start)
    {
        for (int row = 0; row < _names.Length; row++)
        {
            if (start.Vectors.TryGetRow(_names[row], out int old))
                start.Vectors.CopyTo(old, new Span<float>(State.Inputs[row], _options.VectorSize));
            if (start.Outputs is not null && start.Outputs.TryGetRow(_names[row], out old))
                start.Outputs.CopyTo(old, new Span<float>(State.Outputs![row], _options.VectorSize));
        }
    }

    /// <summary>
    /// The trained rows in the order of <paramref name="words"/>; those that were not trained as they were before, or
    /// zero.
    /// </summary>
    private WordVectors ToTable(ParameterMatrix trained, string[] words, WordVectors? before)
    {
        var rows = new Dictionary<string, int>(_names.Length, StringComparer.Ordinal);
        for (int row = 0; row < _names.Length; row++)
            rows.Add(_names[row], row);
        int size = _options.VectorSize;
        var table = new float[checked(words.Length * size)];
        var counts = new long[words.Length];
        for (int i = 0; i < words.Length; i++)
        {
            Span<float> to = table.AsSpan(i * size, size);
            bool known = rows.TryGetValue(words[i], out int row);
            if (known)
            {
                new ReadOnlySpan<float>(trained[row], size).CopyTo(to);
                counts[i] = _words.Counts[row];
            }
            if (before is null || !before.TryGetRow(words[i], out int old))
                continue;
            counts[i] += before.Counts.IsEmpty ? 0 : before.Counts.Span[old];
            if (!known)
                before.CopyTo(old, to);
        }
        return new WordVectors(words, table, size) { Counts = counts };
    }
}
