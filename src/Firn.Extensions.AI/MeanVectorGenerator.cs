using Firn.Text;
using Firn.Vectors;
using Microsoft.Extensions.AI;

namespace Firn.Extensions.AI;

/// <summary>
/// Embeds a text as the mean of its words' vectors, for whatever takes an embedding generator of
/// Microsoft.Extensions.AI. Words without a vector are passed over; a text without any known word gives the zero
/// vector. Runs in the caller's process at some million words a second; safe to share between threads.
/// </summary>
public sealed class MeanVectorGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly WordVectors? _vectors;
    private readonly FastTextVectors? _model;
    private readonly int _dimension;
    private readonly MeanVectorOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator; the vectors stay the caller's, to be disposed of after it.</summary>
    public MeanVectorGenerator(WordVectors vectors, MeanVectorOptions? options = null)
        : this(options, (vectors ?? throw new ArgumentNullException(nameof(vectors))).Dimension) => _vectors = vectors;

    /// <summary>
    /// Makes a generator of a fastText model, which has vectors for words that it has never seen, too.
    /// </summary>
    public MeanVectorGenerator(FastTextVectors model, MeanVectorOptions? options = null)
        : this(options, (model ?? throw new ArgumentNullException(nameof(model))).Dimension) => _model = model;

    private MeanVectorGenerator(MeanVectorOptions? options, int dimension)
    {
        _options = options ?? new MeanVectorOptions();
        _dimension = dimension;
        _tokenizer = new Tokenizer(_options.Cleaning);
        _metadata = new EmbeddingGeneratorMetadata(
            "firn",
            defaultModelId: _options.ModelId,
            defaultModelDimensions: dimension
        );
    }

    /// <summary>The mean vector of one text, of the vectors' dimension.</summary>
    /// <param name="text">The text.</param>
    /// <param name="words">How many of its words have a vector; with 0 the vector is zero.</param>
    public float[] Embed(string text, out int words)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TokenBuffer();
        _tokenizer.Tokenize(text, tokens);
        var sum = new double[_dimension];
        var vector = new float[_dimension];
        words = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (!TryCopy(tokens[i], vector))
                continue;
            words++;
            double scale = _options.UnitWords ? InverseLength(vector) : 1;
            for (int c = 0; c < sum.Length; c++)
                sum[c] += scale * vector[c];
        }
        double divisor = _options.UnitMean ? Math.Sqrt(sum.Sum(value => value * value)) : words;
        if (divisor > 0)
        {
            for (int c = 0; c < sum.Length; c++)
                vector[c] = (float)(sum[c] / divisor);
            return vector;
        }
        return new float[_dimension];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The options ask for another number of dimensions than the vectors have, or for another model than
    /// <see cref="MeanVectorOptions.ModelId"/>.
    /// </exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != _dimension)
            throw new ArgumentException(
                $"{dimensions} dimensions are asked for and the vectors have {_dimension}; leave Dimensions unset.",
                nameof(options)
            );
        if (options?.ModelId is { } model && model != _options.ModelId)
            throw new ArgumentException(
                $"The model '{model}' is asked for and this generator is '{_options.ModelId}'; leave ModelId unset.",
                nameof(options)
            );
        try
        {
            return Task.FromResult(Generate(values, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<GeneratedEmbeddings<Embedding<float>>>(cancellationToken);
        }
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(
        IEnumerable<string> values,
        CancellationToken cancellationToken
    )
    {
        var embeddings = new GeneratedEmbeddings<Embedding<float>>();
        long tokens = 0;
        foreach (string text in values)
        {
            cancellationToken.ThrowIfCancellationRequested();
            float[] vector = Embed(text, out int words);
            tokens += words;
            embeddings.Add(
                new Embedding<float>(vector) { ModelId = _options.ModelId, CreatedAt = DateTimeOffset.UtcNow }
            );
        }
        embeddings.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    /// <summary>The vector of a word as it is written, else in lower case.</summary>
    private bool TryCopy(ReadOnlySpan<char> word, Span<float> vector)
    {
        if (TryCopyExactly(word, vector))
            return true;
        if (!_options.TryLowerCase)
            return false;
        Span<char> lower = word.Length <= 128 ? stackalloc char[word.Length] : new char[word.Length];
        word.ToLowerInvariant(lower);
        return !lower.SequenceEqual(word) && TryCopyExactly(lower, vector);
    }

    private bool TryCopyExactly(ReadOnlySpan<char> word, Span<float> vector)
    {
        // A word that fastText knows comes first in either spelling; one that it makes of n-grams does where neither is
        // known.
        if (_model is not null)
            return (!_options.TryLowerCase || _model.Contains(word) || !word.ContainsAnyInRange('A', 'Z'))
                && _model.TryGetVector(word, vector);
        if (!_vectors!.TryGetRow(word, out int row))
            return false;
        _vectors.CopyTo(row, vector);
        return true;
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
            return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
            return _metadata;
        if (serviceType == typeof(WordVectors))
            return _vectors;
        if (serviceType == typeof(FastTextVectors))
            return _model;
        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the vectors belong to whoever gave them.</summary>
    public void Dispose() { }

    private static double InverseLength(ReadOnlySpan<float> vector)
    {
        double square = 0;
        foreach (float value in vector)
            square += (double)value * value;
        return square > 0 ? 1 / Math.Sqrt(square) : 0;
    }
}
