using System.IO.Compression;
using System.Text;
using Firn.Vectors;

namespace Firn.Tests.Vectors;

/// <summary>A folder of files that a test writes, deleted with it.</summary>
public sealed class VectorFiles : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("firn-vectors-").FullName;

    public string Text(string name, string content) => Bytes(name, Encoding.UTF8.GetBytes(content));

    public string Bytes(string name, byte[] content)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    public string Gzip(string name, byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(content);
        return Bytes(name, memory.ToArray());
    }

    /// <summary>A table of words w0, w1, ... with reproducible values.</summary>
    public static WordVectors Sample(int count, int dimension)
    {
        var random = new Random(count * 31 + dimension);
        var table = new float[count * dimension];
        for (int i = 0; i < table.Length; i++)
            table[i] = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 6)));
        return new WordVectors([.. Enumerable.Range(0, count).Select(i => $"w{i}")], table, dimension);
    }

    /// <summary>word2vec binary of one row a word, as gensim writes it: without line feeds.</summary>
    public static byte[] Binary(string header, params (byte[] Word, float[] Values)[] rows)
    {
        using var memory = new MemoryStream();
        memory.Write(Encoding.ASCII.GetBytes(header + "\n"));
        foreach ((byte[] word, float[] values) in rows)
        {
            memory.Write(word);
            memory.WriteByte((byte)' ');
            foreach (float value in values)
                memory.Write(BitConverter.GetBytes(value));
        }
        return memory.ToArray();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
