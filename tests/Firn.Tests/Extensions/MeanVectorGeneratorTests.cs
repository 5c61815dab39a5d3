using Firn.Extensions.AI;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Storage;
using Microsoft.Extensions.AI;

namespace Firn.Tests.Extensions;

public class MeanVectorGeneratorTests
{
    private static readonly WordVectors Vectors = new(["sea", "sky", "rock", "nothing"], [3, 4, 0, 2, -3, -4, 0, 0], 2);

    [Fact]
    public async Task A_text_becomes_the_mean_of_its_unit_vectors_at_length_one()
    {
        IEmbeddingGenerator<string, Embedding<float>> generator = new MeanVectorGenerator(Vectors);
        GeneratedEmbeddings<Embedding<float>> all = await generator.GenerateAsync(
            ["sea  unseen\tsky", "sea", "unseen"],
            cancellationToken: TestContext.Current.CancellationToken
        );
        // (0.6, 0.8) + (0, 1) = (0.6, 1.8), of length sqrt(3.6).
        float[][] vectors = [.. all.Select(e => e.Vector.ToArray())];
        Assert.Equal(new[] { (float)(0.6 / Math.Sqrt(3.6)), (float)(1.8 / Math.Sqrt(3.6)) }, vectors[0]);
        Assert.Equal(new[] { 0.6f, 0.8f }, vectors[1]);
        Assert.Equal(new[] { 0f, 0f }, vectors[2]);
        Assert.Equal(3, all.Usage!.InputTokenCount);
        Assert.Equal("word-vectors", all[0].ModelId);
        // What the interface's own extension gives for one text.
        ReadOnlyMemory<float> alone = await generator.GenerateVectorAsync(
            "sea",
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(new[] { 0.6f, 0.8f }, alone.ToArray());
    }

    [Fact]
    public async Task The_default_cleaning_finds_words_as_people_write_them()
    {
        using var generator = new MeanVectorGenerator(
            new WordVectors(["lovely", "dinner", "Paris"], [3, 4, 0, 2, 1, 0], 2)
        );
        generator.Embed("Lovely dinner!", out int words);
        Assert.Equal(2, words);
        Assert.Equal([1f, 0f], generator.Embed("Paris.", out words));
        Assert.Equal(1, words);
        using var exact = new MeanVectorGenerator(Vectors, new MeanVectorOptions { TryLowerCase = false });
        exact.Embed("Sea sky", out words);
        Assert.Equal(1, words);
        var other = new EmbeddingGenerationOptions { ModelId = "other" };
        await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync(["a"], other, TestContext.Current.CancellationToken)
        );
        Task cancelled = generator.GenerateAsync(["a"], cancellationToken: new CancellationToken(canceled: true));
        Assert.True(cancelled.IsCanceled);
    }

    [Fact]
    public void A_fastText_model_embeds_too()
    {
        using var generator = new MeanVectorGenerator(FastTextVectors.FromTable(Vectors));
        Assert.Equal([0.6f, 0.8f], generator.Embed("Sea?", out int words));
        Assert.Equal(1, words);
    }

    [Fact]
    public void The_mean_can_be_taken_as_it_is()
    {
        using var plain = new MeanVectorGenerator(
            Vectors,
            new MeanVectorOptions { UnitWords = false, UnitMean = false }
        );
        Assert.Equal([1.5f, 3f], plain.Embed("sea sky", out int words));
        Assert.Equal(2, words);
        using var unit = new MeanVectorGenerator(Vectors);
        Assert.Equal([0f, 0f], unit.Embed("sea rock nothing", out words)); // they cancel
        Assert.Equal(3, words);
        using var cleaned = new MeanVectorGenerator(
            Vectors,
            new MeanVectorOptions { Cleaning = CleaningOptions.ForPreset("tweets") }
        );
        Assert.Equal([0.6f, 0.8f], cleaned.Embed("SEA!", out words));
    }

    [Fact]
    public void Narrow_vectors_do_as_well_and_the_nearest_words_agree()
    {
        WordVectors vectors = VectorFilesSample();
        using var generator = new MeanVectorGenerator(vectors);
        Assert.Equal(
            new Similarity(vectors).NearestToText(["w1", "w2"]).Select(n => n.Word),
            new Similarity(vectors).Nearest(generator.Embed("w1 w2", out _)).Select(n => n.Word)
        );
        using var narrow = new MeanVectorGenerator(vectors.ToPrecision(VectorPrecision.Float16));
        Assert.All(
            narrow.Embed("w1 w2", out _).Zip(generator.Embed("w1 w2", out _)),
            pair => Assert.Equal(pair.First, pair.Second, 2e-3f)
        );
    }

    [Fact]
    public async Task Services_and_wrong_wishes()
    {
        using var generator = new MeanVectorGenerator(Vectors);
        Assert.Equal(2, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        Assert.Same(Vectors, generator.GetService<WordVectors>());
        Assert.Same(generator, generator.GetService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Null(generator.GetService(typeof(string)));
        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            generator.GenerateAsync(
                ["sea"],
                new EmbeddingGenerationOptions { Dimensions = 3 },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Contains("3 dimensions", error.Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            generator.GenerateAsync(["sea"], cancellationToken: new CancellationToken(canceled: true))
        );
    }

    private static WordVectors VectorFilesSample()
    {
        var random = new Random(4);
        return new WordVectors(
            [.. Enumerable.Range(0, 60).Select(i => $"w{i}")],
            [.. Enumerable.Range(0, 60 * 8).Select(_ => random.NextSingle() - 0.5f)],
            8
        );
    }
}
