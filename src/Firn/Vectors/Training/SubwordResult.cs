using Firn.Kernels;
using Firn.Vectors.Storage;
using Firn.Vectors.Subwords;

namespace Firn.Vectors.Training;

/// <summary>
/// What becomes of a run with subwords: a fastText model of the words that were trained and, where training went on
/// from a model, of that model's words in their order, the new ones behind them. Words that the texts lack keep rows of
/// their own.
/// </summary>
internal sealed unsafe class SubwordResult
{
    private readonly TrainingState _state;
    private readonly Word2VecOptions _options;
    private readonly string[] _words;
    private readonly long[] _counts;
    private readonly int[] _places; // of each word: its row in the run, or ~ that among the kept
    private readonly int _trained;
    private readonly RowBlocks<float> _keptInputs,
        _keptOutputs;
    private readonly IReadOnlyDictionary<string, byte[]> _rawWords = new Dictionary<string, byte[]>();

    /// <param name="state">The run's matrices; a start's rows are written into them.</param>
    /// <param name="options">The run's.</param>
    /// <param name="names">The words of the run, by row.</param>
    /// <param name="counts">How often each stands in the run's texts.</param>
    /// <param name="start">The model that training goes on from, or null.</param>
    public SubwordResult(
        TrainingState state,
        Word2VecOptions options,
        string[] names,
        long[] counts,
        FastTextStart? start
    )
    {
        (_state, _options, _trained) = (state, options, names.Length);
        var inputs = new RowBuilder<float>(options.VectorSize, 0);
        var outputs = new RowBuilder<float>(options.VectorSize, 0);
        if (start is null)
        {
            (_words, _counts, _places) = (names, counts, [.. Enumerable.Range(0, names.Length)]);
        }
        else
        {
            int[] added = [.. Enumerable.Range(0, names.Length).Where(row => !start.TryGetRow(names[row], out _))];
            _words = [.. start.Words, .. added.Select(row => names[row])];
            _counts = [.. start.Counts.Span, .. added.Select(row => counts[row])];
            _places = PlacesOf(start, names, added);
            for (int row = 0; row < start.Words.Count; row++)
                _counts[row] += _places[row] >= 0 ? counts[_places[row]] : 0;
            _rawWords = start.RawWords;
            start.ReadRows(
                (row, values) =>
                    values.CopyTo(
                        row >= start.Words.Count ? InputRow(names.Length + row - start.Words.Count)
                        : _places[row] >= 0 ? InputRow(_places[row])
                        : inputs.Add()
                    ),
                (row, values) => values.CopyTo(_places[row] >= 0 ? RowOf(state.Outputs!, _places[row]) : outputs.Add())
            );
        }
        (_keptInputs, _keptOutputs) = (inputs.Build(), outputs.Build());
    }

    /// <summary>The model; it goes on using the run's input matrix.</summary>
    public Word2VecModel ToModel()
    {
        SubwordOptions subwords = _options.Subwords!;
        var rows = new ResultRows(this);
        var model = new FastTextVectors(_words, subwords.MinN, subwords.MaxN, subwords.Buckets, rows)
        {
            Counts = _counts,
            RawWords = _rawWords,
        };
        RowBlocks<float> outputs = Outputs();
        var writer = new FastTextWriter(ArgumentsOf(_options), _words, _counts, rows.Row, outputs)
        {
            RawWords = _rawWords,
        };
        WordVectors vectors = model.ToWordVectors();
        return new Word2VecModel(vectors, _state.Outputs is null ? null : ToTable(outputs, vectors), model, writer);
    }

    private static FastTextArguments ArgumentsOf(Word2VecOptions options)
    {
        SubwordOptions subwords = options.Subwords!;
        return new FastTextArguments(options.VectorSize, subwords.MinN, subwords.MaxN, subwords.Buckets)
        {
            Window = options.Window,
            Epochs = options.Epochs,
            MinCount = options.MinCount,
            Negative = options.Negative,
            SkipGram = options.SkipGram,
            Sample = options.Sample,
        };
    }

    private static int[] PlacesOf(FastTextStart start, string[] names, int[] added)
    {
        var places = new int[start.Words.Count + added.Length];
        for (int row = 0; row < names.Length; row++)
        {
            if (start.TryGetRow(names[row], out int old))
                places[old] = row + 1; // 0 is none, for now
        }
        for (int row = 0, kept = 0; row < start.Words.Count; row++)
            places[row] = places[row] > 0 ? places[row] - 1 : ~kept++;
        added.CopyTo(places, start.Words.Count);
        return places;
    }

    private Span<float> InputRow(int row) => RowOf(_state.Inputs, row);

    private static Span<float> RowOf(ParameterMatrix matrix, int row) => new(matrix[row], matrix.Columns);

    /// <summary>
    /// What predicts, a row a word or an inner node of the tree: copied, since the run's matrix does not stay.
    /// </summary>
    private RowBlocks<float> Outputs()
    {
        ParameterMatrix predicting = _state.Outputs ?? _state.Nodes!;
        int count = _state.Outputs is null ? predicting.Rows : _words.Length;
        var rows = new RowBuilder<float>(predicting.Columns, count);
        for (int row = 0; row < count; row++)
        {
            int place = _places[row];
            (place >= 0 ? RowOf(predicting, place) : _keptOutputs[~place]).CopyTo(rows.Add());
        }
        return rows.Build();
    }

    /// <summary>A model may have words that look alike (their bytes differ); a table has the first of them.</summary>
    private WordVectors ToTable(RowBlocks<float> outputs, WordVectors vectors)
    {
        if (vectors.Count < _words.Length)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            outputs = outputs.Gather([.. Enumerable.Range(0, _words.Length).Where(row => seen.Add(_words[row]))]);
        }
        return new WordVectors(WordDictionary.Of(vectors.Words), new SingleRows(outputs), null)
        {
            Counts = vectors.Counts,
        };
    }

    /// <summary>Rows of all words, then of the buckets.</summary>
    private sealed class ResultRows(SubwordResult result) : EmbeddingRows
    {
        public override int Columns => result._state.Inputs.Columns;

        public override long Count => result._words.Length + (long)result._state.Inputs.Rows - result._trained;

        public ReadOnlySpan<float> Row(int row)
        {
            int words = result._words.Length;
            if (row >= words)
                return result.InputRow(result._trained + row - words);
            int place = result._places[row];
            return place >= 0 ? result.InputRow(place) : result._keptInputs[~place];
        }

        public override void AddRow(int row, Span<float> destination)
        {
            ReadOnlySpan<float> values = Row(row);
            for (int i = 0; i < destination.Length; i++)
                destination[i] += values[i];
        }
    }
}
