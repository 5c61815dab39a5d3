using Firn.Vectors.Subwords;

namespace Firn.Vectors.Training;

/// <summary>
/// A fastText model that training goes on from (<see cref="Word2VecTrainer.SubwordStart"/>): its words keep their rows
/// and their order, and words, n-grams and what predicts begin as the model has them. Of the texts' words that it
/// lacks, those that are frequent enough are appended.
/// </summary>
public sealed record FastTextStart
{
    private const int SkipGramModel = 2,
        NegativeSampling = 2,
        Supervised = 3; // fastText's model_name and loss_name

    private readonly FastTextFile _file;
    private readonly string _path;
    private readonly Dictionary<string, int> _rows;

    private FastTextStart(string path, FastTextFile file)
    {
        (_path, _file) = (path, file);
        Subwords = new SubwordOptions
        {
            MinN = Math.Max(file.MinN, 1),
            MaxN = file.MaxN,
            Buckets = file.Buckets,
        };
        _rows = new Dictionary<string, int>(file.Words.Count, StringComparer.Ordinal);
        for (int row = 0; row < file.Words.Count; row++)
            _rows.TryAdd(file.Words[row], row);
    }

    /// <summary>Dimensions of its vectors, which <see cref="Word2VecOptions.VectorSize"/> must equal.</summary>
    public int Dimension => _file.Dimension;

    /// <summary>Its n-grams, which <see cref="Word2VecOptions.Subwords"/> must equal.</summary>
    public SubwordOptions Subwords { get; }

    /// <summary>Skip-gram or CBOW; <see cref="Word2VecOptions.SkipGram"/> must be the same.</summary>
    public bool SkipGram => _file.Kind.Model == SkipGramModel;

    /// <summary>Its words, in the order of their rows.</summary>
    public IReadOnlyList<string> Words => _file.Words;

    /// <summary>How often each word stood in the texts so far.</summary>
    public ReadOnlyMemory<long> Counts => _file.Counts;

    /// <summary>
    /// Words of the texts that the model lacks get a row if they are frequent enough; else they are left out.
    /// </summary>
    public bool AddWords { get; init; } = true;

    internal IReadOnlyDictionary<string, byte[]> RawWords => _file.RawWords;

    /// <summary>
    /// Reads what a model is; its matrices are read when training begins: the file must stay until then.
    /// </summary>
    /// <param name="path">A model of fastText or of <see cref="Word2VecModel.SaveFastText"/>, plain or packed.</param>
    /// <exception cref="InvalidDataException">
    /// It is damaged or no fastText model, is supervised or quantized, has no n-grams, or was not trained with negative
    /// sampling.
    /// </exception>
    public static FastTextStart Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FastTextFile file = FastTextFile.ReadHead(path, out bool quantized);
        if (file.Kind.Model == Supervised)
        {
            throw Refused(
                path,
                "the model is supervised: it predicts labels, not words",
                "Give a model of 'fasttext skipgram', 'fasttext cbow' or 'firn vectors train --subwords'"
            );
        }
        if (quantized)
        {
            throw Refused(
                path,
                "the model is quantized, and its numbers cannot be changed any more",
                "Give the .bin file that it was made of"
            );
        }
        if (file.MaxN == 0 || file.MinN > file.MaxN)
        {
            throw Refused(
                path,
                "the model has no n-grams of characters",
                "Make a table of its words with 'firn vectors convert' and train that further"
            );
        }
        if (file.Kind.Loss != NegativeSampling)
        {
            throw Refused(
                path,
                "the model was not trained with negative sampling (-loss ns), "
                    + "and what it learnt to predict by fits its own words alone",
                "Train a model anew, or a table of its words further"
            );
        }
        const int ngram = SubwordOptions.LongestNgram,
            buckets = SubwordOptions.MaxBuckets,
            size = Word2VecOptions.MaxDimensions;
        if (file.MaxN > ngram || file.Buckets > buckets || file.Dimension > size)
        {
            throw Refused(
                path,
                $"the model has n-grams of {file.MaxN} characters, {file.Buckets} buckets and {file.Dimension} "
                    + $"dimensions",
                $"Up to {ngram}, {buckets} and {size} can be trained"
            );
        }
        return new FastTextStart(path, file);
    }

    internal bool TryGetRow(string word, out int row) => _rows.TryGetValue(word, out row);

    /// <summary>Hands out the rows of both matrices, in order.</summary>
    internal void ReadRows(FastTextFile.RowTaker input, FastTextFile.RowTaker output) =>
        _file.ReadRows(_path, input, output);

    internal void Validate(Word2VecOptions options)
    {
        if (options.VectorSize != Dimension)
            throw Unfit($"has {Dimension} values a word and VectorSize is {options.VectorSize}; they must be equal");
        if (options.Subwords != Subwords)
        {
            throw Unfit(
                $"has n-grams of {Subwords.MinN} to {Subwords.MaxN} characters in {Subwords.Buckets} buckets; "
                    + "Subwords must be its own"
            );
        }
        if (options.SkipGram != SkipGram)
            throw Unfit(
                SkipGram
                    ? "was trained as skip-gram; SkipGram must be true"
                    : "was trained with CBOW; SkipGram must be false"
            );
        if (options.HierarchicalSoftmax || options.Negative == 0)
            throw Unfit(
                "was trained with negative sampling alone; set Negative above 0 and leave HierarchicalSoftmax out"
            );
    }

    private static ArgumentException Unfit(string problem) => new($"The model {problem}.");

    private static InvalidDataException Refused(string path, string problem, string remedy) =>
        new($"{path}: byte 0: {problem}. {remedy}");
}
