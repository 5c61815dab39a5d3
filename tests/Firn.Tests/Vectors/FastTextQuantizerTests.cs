using Firn.Vectors;

namespace Firn.Tests.Vectors;

public sealed class FastTextQuantizerTests : IDisposable
{
    private readonly VectorFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void A_quantized_model_is_smaller_and_its_vectors_lie_close()
    {
        string model = Path.Combine(_files.Folder, "m.bin"),
            small = Path.Combine(_files.Folder, "m.ftz");
        FastTextVectors.FromTable(VectorFiles.Sample(600, 21)).Save(model);
        FastTextVectors.Quantize(model, small);
        Assert.True(new FileInfo(small).Length < new FileInfo(model).Length);
        FastTextVectors before = FastTextVectors.Load(model),
            after = FastTextVectors.Load(small);
        Assert.True(after.IsQuantized);
        Assert.Equal(before.Words, after.Words);
        float[] a = new float[21],
            b = new float[21];
        double sum = 0;
        foreach (string word in before.Words)
        {
            before.TryGetVector(word, a);
            after.TryGetVector(word, b);
            sum += Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));
        }
        Assert.InRange(sum / 600, 0.95, 1);
        string again = Path.Combine(_files.Folder, "again.ftz");
        FastTextVectors.Quantize(_files.Gzip("m.bin.gz", File.ReadAllBytes(model)), again);
        Assert.Equal(File.ReadAllBytes(small), File.ReadAllBytes(again));
        Assert.Contains(
            "quantized already",
            Assert.Throws<InvalidDataException>(() => FastTextVectors.Quantize(small, model)).Message
        );
    }

    [Fact]
    public void A_model_of_few_rows_is_refused_and_nothing_is_written()
    {
        string model = Path.Combine(_files.Folder, "m.bin"),
            small = Path.Combine(_files.Folder, "m.ftz");
        FastTextVectors.FromTable(VectorFiles.Sample(20, 4)).Save(model);
        Assert.Contains(
            "256 centroids",
            Assert.Throws<InvalidDataException>(() => FastTextVectors.Quantize(model, small)).Message
        );
        Assert.False(File.Exists(small));
    }

    [Fact]
    public void A_table_is_a_model_without_n_grams_and_reads_back()
    {
        string model = Path.Combine(_files.Folder, "m.bin");
        WordVectors table = VectorFiles.Sample(5, 4);
        FastTextVectors.FromTable(table).Save(model);
        Assert.True(FastTextVectors.IsModel(model));
        FastTextVectors read = FastTextVectors.Load(model);
        var vector = new float[4];
        Assert.True(read.TryGetVector("w3", vector));
        Assert.Equal(table[3].ToArray(), vector);
        Assert.False(read.TryGetVector("never", vector));
    }

    private static double Dot(float[] a, float[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += (double)a[i] * b[i];
        return sum;
    }
}
