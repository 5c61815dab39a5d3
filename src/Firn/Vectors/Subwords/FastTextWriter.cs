using System.Runtime.InteropServices;
using System.Text;
using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Subwords;

/// <summary>
/// Writes a model with subwords as fastText 0.9 does: version 12, both matrices dense. Layout: docs/vectors.md.
/// </summary>
/// <param name="options">How it was trained.</param>
/// <param name="words">The words, in the order of their rows.</param>
/// <param name="counts">How often each stood in the texts.</param>
/// <param name="inputs">Rows of words, then of buckets; each is used before the next is asked for.</param>
/// <param name="outputs">What predicts, [words or inner nodes, size]; null for zeros.</param>
internal sealed class FastTextWriter(
    FastTextArguments options,
    IReadOnlyList<string> words,
    long[] counts,
    FastTextWriter.RowReader inputs,
    RowBlocks<float>? outputs
)
{
    private const int Magic = 793712314,
        Version = 12;
    private const int HierarchicalSoftmax = 1,
        NegativeSampling = 2; // fastText's loss_name
    private const int Cbow = 1,
        SkipGram = 2; // fastText's model_name
    private const int UpdateRate = 100; // fastText's default

    /// <summary>The values of a row.</summary>
    public delegate ReadOnlySpan<float> RowReader(int row);

    /// <summary>Words whose bytes are no UTF-8, by the text that stands for them.</summary>
    public IReadOnlyDictionary<string, byte[]> RawWords { get; init; } = new Dictionary<string, byte[]>();

    public void Write(string path)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("fastText models are written on little-endian machines only.");
        OutputFile.Write(
            path,
            file =>
            {
                using var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true);
                WriteArguments(writer);
                WriteDictionary(writer);
                writer.Write(false); // not quantized
                WriteMatrix(writer, words.Count + (options.MaxN > 0 ? options.Buckets : 0), inputs);
                writer.Write(false);
                // fastText's output matrix has a row a word; the tree has one inner node less.
                float[] zeros = new float[options.VectorSize];
                WriteMatrix(writer, words.Count, row => row < (outputs?.Count ?? 0) ? outputs![row] : zeros);
            }
        );
    }

    private void WriteArguments(BinaryWriter writer)
    {
        foreach (
            int value in (ReadOnlySpan<int>)
                [
                    Magic,
                    Version,
                    options.VectorSize,
                    options.Window,
                    options.Epochs,
                    options.MinCount,
                    options.Negative,
                    1,
                    options.Negative > 0 ? NegativeSampling : HierarchicalSoftmax,
                    options.SkipGram ? SkipGram : Cbow,
                    options.Buckets,
                    options.MinN,
                    options.MaxN,
                    UpdateRate,
                ]
        )
            writer.Write(value);
        writer.Write(options.Sample);
    }

    private void WriteDictionary(BinaryWriter writer)
    {
        writer.Write(words.Count);
        writer.Write(words.Count);
        writer.Write(0); // labels
        writer.Write(counts.Sum());
        writer.Write(-1L); // all n-grams are kept
        for (int i = 0; i < words.Count; i++)
        {
            writer.Write(RawWords.TryGetValue(words[i], out byte[]? raw) ? raw : Encoding.UTF8.GetBytes(words[i]));
            writer.Write((byte)0);
            writer.Write(counts[i]);
            writer.Write((byte)0); // a word
        }
    }

    private void WriteMatrix(BinaryWriter writer, int rows, RowReader row)
    {
        writer.Write((long)rows);
        writer.Write((long)options.VectorSize);
        for (int r = 0; r < rows; r++)
            writer.Write(MemoryMarshal.AsBytes(row(r)));
    }
}
