using System.Globalization;
using System.Text;
using Firn.Files;
using Firn.Vectors.Storage;

namespace Firn.Vectors.Formats;

/// <summary>Writes the files that TensorBoard's Embedding Projector loads.</summary>
internal static class ProjectorFiles
{
    public const string Vectors = "vectors.tsv",
        Metadata = "metadata.tsv",
        Configuration = "projector_config.pbtxt";

    public static void Write(IWordTable vectors, string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Directory.CreateDirectory(folder);
        OutputFile.Write(Path.Combine(folder, Vectors), stream => WriteVectors(vectors, stream));
        OutputFile.Write(Path.Combine(folder, Metadata), stream => WriteMetadata(vectors, stream));
        OutputFile.Write(Path.Combine(folder, Configuration), WriteConfiguration);
    }

    /// <summary>A line a word, its numbers between tabs.</summary>
    public static void WriteVectors(IWordTable vectors, Stream stream) =>
        Lines(stream, vectors.Count, row => string.Join('\t', Numbers(vectors, row)));

    /// <summary>A word a line: a metadata file of one column has no header line.</summary>
    public static void WriteMetadata(IWordTable vectors, Stream stream) =>
        Lines(stream, vectors.Count, row => OneField(vectors.Words[row]));

    /// <summary>
    /// Tells TensorBoard of the other two, so that <c>tensorboard --logdir</c> of their folder shows them.
    /// </summary>
    public static void WriteConfiguration(Stream stream) =>
        stream.Write(
            Encoding.ASCII.GetBytes(
                $"embeddings {{\n  tensor_path: \"{Vectors}\"\n  metadata_path: \"{Metadata}\"\n}}\n"
            )
        );

    private static IEnumerable<string> Numbers(IWordTable vectors, int row)
    {
        var values = new float[vectors.Dimension];
        vectors.CopyTo(row, values);
        return values.Select(value => value.ToString(CultureInfo.InvariantCulture));
    }

    private static string OneField(string word) =>
        word.Length == 0 ? " " : string.Concat(word.Select(c => char.IsControl(c) ? ' ' : c));

    private static void Lines(Stream stream, int count, Func<int, string> line)
    {
        using var writer = new StreamWriter(
            stream,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            1 << 16,
            leaveOpen: true
        )
        {
            NewLine = "\n",
        };
        for (int row = 0; row < count; row++)
            writer.WriteLine(line(row));
    }
}
