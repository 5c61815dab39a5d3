using System.Text;
using Firn.Files;

namespace Firn.Vectors.Evaluation;

/// <summary>The lines of a test set: plain or packed, of UTF-8.</summary>
internal static class TestLines
{
    public static IEnumerable<string> Of(string path)
    {
        using var reader = new StreamReader(InputFile.Open(path), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
            yield return line;
    }
}
