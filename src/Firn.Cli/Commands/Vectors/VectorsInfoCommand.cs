using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Files;
using Firn.Vectors;
using Firn.Vectors.Formats;

namespace Firn.Cli.Commands.Vectors;

/// <summary><c>firn vectors info FILE</c>: size, format and health of a table.</summary>
internal static class VectorsInfoCommand
{
    private const int FirstWords = 10;

    public static Command Create(Invocation run)
    {
        var source = new VectorFileOptions();
        var json = CommonOptions.Json();
        var command = new Command("info", "Show the size, format and health of a file of word vectors");
        source.AddTo(command);
        command.Add(json);
        command.SetAction(parsed =>
        {
            using var vectors = source.Load(run.Terminal, parsed);
            if (parsed.GetValue(json))
                Json.Write(run.Terminal, AsJson(parsed.GetRequiredValue(source.File), vectors));
            else
                Print(run.Terminal, parsed.GetRequiredValue(source.File), vectors);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, string path, WordVectors vectors)
    {
        var (least, mean, most, zero) = Norms(vectors);
        var report = vectors.LoadReport ?? new VectorLoadReport();
        Tables.Write(
            terminal,
            path,
            ["", ""],
            [
                [
                    "format",
                    FormatOf(path, vectors)
                        + string.Concat(PackingOf(path).Reverse().Select(kind => $" in {kind.InWords()}")),
                ],
                ["words", vectors.Count.ToString("N0", CultureInfo.InvariantCulture)],
                ["dimension", vectors.Dimension.ToString(CultureInfo.InvariantCulture)],
                ["table", Stored(vectors)],
                [
                    "length of a vector",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"least {least:0.000}, mean {mean:0.000}, most {most:0.000}"
                    ),
                ],
                ["all-zero vectors", zero.ToString("N0", CultureInfo.InvariantCulture)],
                [
                    "equal vectors",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Plural.Of(EqualVectors(vectors), "word has", "words have")} the vector of an earlier one"
                    ),
                ],
                [
                    "left out",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{Plural.Of(report.Duplicates, "duplicate")}, {report.EmptyWords:N0} without a word, "
                            + $"{report.InvalidUtf8Words:N0} not UTF-8"
                    ),
                ],
                [
                    "counts",
                    CountsOf(vectors) is { } counts
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $"{counts.Sum:N0} words of text; '{counts.Word}' {counts.Most:N0} times"
                        )
                        : "not kept in this file",
                ],
                ["words with a space", report.WordsWithSpaces.ToString("N0", CultureInfo.InvariantCulture)],
                ["first words", string.Join(' ', vectors.Words.Take(FirstWords))],
            ]
        );
    }

    private static JsonObject AsJson(string path, WordVectors vectors)
    {
        var (least, mean, most, zero) = Norms(vectors);
        var report = vectors.LoadReport ?? new VectorLoadReport();
        return new JsonObject
        {
            ["file"] = path,
            ["format"] = FormatOf(path, vectors),
            ["packed"] = PackingOf(path).Count > 0,
            ["packing"] = Json.Array(PackingOf(path).Select(kind => kind.ToString().ToLowerInvariant())),
            ["words"] = vectors.Count,
            ["dimension"] = vectors.Dimension,
            ["precision"] = VectorsConvertCommand.NameOf(vectors.Precision),
            ["mapped"] = vectors.IsMapped,
            ["storedRows"] = vectors.StoredRows,
            ["storedBytes"] = vectors.StoredBytes,
            ["float32Bytes"] = VectorsConvertCommand.FullBytes(vectors),
            ["norm"] = new JsonObject
            {
                ["least"] = Json.Number(least),
                ["mean"] = Json.Number(mean),
                ["most"] = Json.Number(most),
            },
            ["zeroVectors"] = zero,
            ["equalVectors"] = EqualVectors(vectors),
            ["duplicates"] = report.Duplicates,
            ["emptyWords"] = report.EmptyWords,
            ["invalidUtf8Words"] = report.InvalidUtf8Words,
            ["wordsWithSpaces"] = report.WordsWithSpaces,
            ["textWords"] = CountsOf(vectors)?.Sum,
            ["firstWords"] = Json.Array(vectors.Words.Take(FirstWords)),
        };
    }

    /// <summary>How the file is packed, from outside inward.</summary>
    private static IReadOnlyList<FileKind> PackingOf(string path) =>
        Directory.Exists(path) ? [] : InputFile.PackingOf(path);

    /// <summary>All counts together, and the largest with its word; null where the file has none.</summary>
    private static (decimal Sum, long Most, string Word)? CountsOf(WordVectors vectors)
    {
        if (vectors.Counts.IsEmpty)
            return null;
        long[] counts = vectors.Counts.ToArray();
        int most = Array.IndexOf(counts, counts.Max());
        return (counts.Sum(count => (decimal)count), counts[most], vectors.Words[most]);
    }

    private static string Stored(WordVectors vectors)
    {
        string text =
            $"{Sizes.Bytes(vectors.StoredBytes)}, {VectorsConvertCommand.NameOf(vectors.Precision)}"
            + $"{(vectors.IsMapped ? ", mapped" : "")}";
        long saved = VectorsConvertCommand.FullBytes(vectors) - vectors.StoredBytes;
        if (saved > 0)
            text += string.Create(
                CultureInfo.InvariantCulture,
                $"; {Sizes.Bytes(saved)} ({100.0 * saved / VectorsConvertCommand.FullBytes(vectors):0.0}%) saved"
            );
        int shared = vectors.Count - vectors.StoredRows;
        return shared > 0
            ? text + string.Create(CultureInfo.InvariantCulture, $", {shared:N0} words share another's vector")
            : text;
    }

    private static string FormatOf(string path, WordVectors vectors) =>
        vectors.LoadReport is { } report ? VectorFileOptions.NameOf(report.Format)
        : Directory.Exists(path) ? "bundle"
        : TrainedVectorFile.FastText;

    private static (double Least, double Mean, double Most, int Zero) Norms(WordVectors vectors)
    {
        double least = double.PositiveInfinity,
            sum = 0,
            most = 0;
        int zero = 0;
        var vector = new float[vectors.Dimension];
        for (int row = 0; row < vectors.Count; row++)
        {
            double square = 0;
            vectors.CopyTo(row, vector);
            foreach (float value in vector)
                square += (double)value * value;
            if (!double.IsFinite(square))
                throw new InvalidDataException(
                    $"the vector of '{vectors.Words[row]}' (row {row + 1}) holds a number that is not finite; the "
                        + $"file is damaged, make or fetch it again"
                );
            double norm = Math.Sqrt(square);
            least = Math.Min(least, norm);
            most = Math.Max(most, norm);
            sum += norm;
            zero += norm == 0 ? 1 : 0;
        }
        return vectors.Count == 0 ? (0, 0, 0, 0) : (least, sum / vectors.Count, most, zero);
    }

    /// <summary>Words whose vector an earlier word has, whether or not the file stores it once.</summary>
    private static int EqualVectors(WordVectors vectors)
    {
        var seen = new HashSet<int>(vectors.Count, new RowComparer(vectors));
        return Enumerable.Range(0, vectors.Count).Count(row => !seen.Add(row));
    }

    private sealed class RowComparer(WordVectors vectors) : IEqualityComparer<int>
    {
        private readonly float[] _one = new float[vectors.Dimension],
            _other = new float[vectors.Dimension];

        public bool Equals(int x, int y)
        {
            vectors.CopyTo(x, _one);
            vectors.CopyTo(y, _other);
            return _one.AsSpan().SequenceEqual(_other);
        }

        public int GetHashCode(int row)
        {
            vectors.CopyTo(row, _one);
            var hash = new HashCode();
            foreach (float value in _one)
                hash.Add(value); // equal for 0 and -0, as they are
            return hash.ToHashCode();
        }
    }
}
