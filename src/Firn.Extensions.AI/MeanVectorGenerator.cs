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
    private readonly WordVectors _vectors;
    private readonly MeanVectorOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <summary>Makes a generator; the vectors stay the caller's, to be disposed of after it.</summary>
    public MeanVectorGenerator(WordVectors vectors, MeanVectorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        _vectors = vectors;
        _options = options ?? new MeanVectorOptions();
        _tokenizer = new Tokenizer(_options.Cleaning);
        _metadata = new EmbeddingGeneratorMetadata(
            "firn",
            defaultModelId: _options.ModelId,
            defaultModelDimensions: vectors.Dimension
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
        var sum = new double[_vectors.Dimension];
        var vector = new float[_vectors.Dimension];
        words = 0;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (!_vectors.TryGetRow(tokens[i], out int row))
                continue;
            words++;
            _vectors.CopyTo(row, vector);
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
        return new float[_vectors.Dimension];
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The options ask for another number of dimensions than the vectors have.
    /// </exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values,
        EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } dimensions && dimensions != _vectors.Dimension)
            throw new ArgumentException(
                $"{dimensions} dimensions are asked for and the vectors have {_vectors.Dimension}; leave Dimensions "
                    + $"unset.",
                nameof(options)
            );
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
        return Task.FromResult(embeddings);
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
