using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Firn.Vectors;
using Firn.Vectors.Storage;

namespace Firn.Tests.Cli;

/// <summary>
/// Queries of several words and of standard input, printing, table algebra, phrases and several corpora, by the tool.
/// </summary>
public sealed class VectorQueryTests : IDisposable
{
    private const string King = "6 2\nman 1 0\nking 1 1\nwoman -1 0.1\nqueen -1 1.1\napple 0 -1\na:2 1 0.2\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-queries-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Any_number_of_words_with_weights()
    {
        string file = Write("king.vec", King);
        JsonElement found = Parse(
                CapturedRun.Of(
                    "vectors",
                    "neighbors",
                    file,
                    "--positive",
                    "king",
                    "woman:1.5",
                    "--negative",
                    "man",
                    "-n",
                    "1",
                    "--json"
                )
            )
            .GetProperty("neighbors");
        Assert.Equal("queen", found.GetProperty("+ king + 1.5 woman - man")[0].GetProperty("word").GetString());
        // A word with a colon is the word, where it has a vector.
        Assert.Equal(
            "man",
            Parse(CapturedRun.Of("vectors", "neighbors", file, "--positive", "a:2", "-n", "1", "--json"))
                .GetProperty("neighbors")
                .GetProperty("+ a:2")[0]
                .GetProperty("word")
                .GetString()
        );
        Assert.Contains(
            "one of the three",
            CapturedRun.Of("vectors", "neighbors", file, "man", "--positive", "king").Error
        );
        Assert.Contains(
            "'kin' has no vector",
            CapturedRun.Of("vectors", "neighbors", file, "--positive", "kin:0.5").Error
        );
    }

    [Fact]
    public void Rank_and_the_words_that_are_closer()
    {
        JsonElement found = Parse(
            CapturedRun.Of("vectors", "neighbors", Write("king.vec", King), "man", "--closer-than", "king", "--json")
        );
        Assert.Equal(
            (2, "a:2"),
            (found.GetProperty("rank").GetInt32(), found.GetProperty("closer")[0].GetProperty("word").GetString())
        );
    }

    [Fact]
    public void Queries_come_from_standard_input_and_a_bad_one_does_not_stop_the_others()
    {
        string file = Write("king.vec", King);
        CapturedRun run = CapturedRun.With(
            "man\nkin\n\nqueen apple\n",
            "vectors",
            "neighbors",
            file,
            "-",
            "--json",
            "-n",
            "1"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Equal("firn: standard input: line 2: 'kin' has no vector; check its spelling\n", run.Error);
        Assert.Equal(2, run.Out.TrimEnd().Split('\n').Length);
        Assert.All(run.Out.TrimEnd().Split('\n'), line => JsonDocument.Parse(line).Dispose());
        Assert.Contains("queen", CapturedRun.With("man king woman\n", "vectors", "analogy", file, "-", "-n", "1").Out);
        Assert.Contains("there are 2", CapturedRun.With("man king\n", "vectors", "analogy", file, "-").Error);
        Assert.Equal(0, CapturedRun.With("man king\n", "vectors", "similarity", file, "-").ExitCode);
        Assert.Equal(0, CapturedRun.With("man king\tqueen\n", "vectors", "similarity", file, "--texts", "-").ExitCode);
        Assert.Equal(0, CapturedRun.With("man king\n", "vectors", "neighbors", file, "--text", "-").ExitCode);
        Assert.Equal(2, CapturedRun.Of("vectors", "analogy", file, "man", "king").ExitCode);
    }

    [Fact]
    public void Two_texts_are_compared()
    {
        string file = Write("king.vec", King);
        JsonElement found = Parse(
            CapturedRun.Of("vectors", "similarity", file, "--texts", "man king", "king man absent", "--json")
        );
        Assert.Equal((1, 0), (found.GetProperty("cosine").GetDouble(), found.GetProperty("wordMovers").GetDouble()));
        Assert.Equal("absent", found.GetProperty("unknown")[0].GetString());
        Assert.Equal(2, CapturedRun.Of("vectors", "similarity", file, "--texts", "man").ExitCode);
        Assert.Contains(
            "no word of 'absent'",
            CapturedRun.Of("vectors", "similarity", file, "--texts", "man", "absent").Error
        );
    }

    [Fact]
    public void Vectors_are_printed()
    {
        string file = Write("king.vec", King);
        Assert.Equal("woman -1 0.1\nman 1 0\n", CapturedRun.Of("vectors", "print", file, "woman", "man").Out);
        Assert.Equal("0 0.05\n", CapturedRun.Of("vectors", "print", file, "--texts", "man woman absent").Out);
        Assert.Equal("0 0.1\n", CapturedRun.Of("vectors", "print", file, "--texts", "man woman", "--pool", "sum").Out);
        Assert.Equal("man 1 0\nking 1 1\n", CapturedRun.With("man king\n", "vectors", "print", file, "-").Out);
    }

    [Fact]
    public void FastText_prints_the_same()
    {
        string text = Write(
            "text.txt",
            string.Concat(
                Enumerable
                    .Range(0, 200)
                    .Select(i => i % 2 == 0 ? "the cat sat on the mat\n" : "a dog ran in the park\n")
            )
        );
        string model = At("model.bin");
        Assert.Equal(
            0,
            CapturedRun
                .Of(
                    "vectors",
                    "train",
                    text,
                    model,
                    "--subwords",
                    "--bucket",
                    "500",
                    "--vector-size",
                    "8",
                    "--epochs",
                    "2"
                )
                .ExitCode
        );
        Assert.SkipUnless(
            File.Exists("/usr/bin/fasttext") || File.Exists("/usr/local/bin/fasttext"),
            "fasttext is not installed"
        );
        Assert.Equal(
            Numbers(FastText("print-word-vectors", model, "cat\nunseen\n")),
            Numbers(CapturedRun.With("cat\nunseen\n", "vectors", "print", model, "-").Out),
            new Near()
        );
        Assert.Equal(
            Numbers(FastText("print-sentence-vectors", model, "the unseen cat\n")),
            Numbers(
                CapturedRun
                    .With("the unseen cat\n", "vectors", "print", model, "--texts", "-", "--pool", "fasttext")
                    .Out
            ),
            new Near()
        );
    }

    [Fact]
    public void Tables_are_transformed_aligned_and_combined()
    {
        string file = Write("king.vec", King),
            other = Write("other.vec", King.Replace("man 1 0", "man 0 1").Replace("king 1 1", "king -1 1"));
        Assert.Equal(
            0,
            CapturedRun.Of("vectors", "transform", file, At("unit.bin"), "--center", "--normalize").ExitCode
        );
        using WordVectors unit = WordVectors.Load(At("unit.bin"));
        Assert.Equal(1, unit[0].ToArray().Sum(v => v * v), 1e-5);
        Assert.Equal(
            1,
            Parse(CapturedRun.Of("vectors", "transform", file, At("one.vec"), "--dimension", "1", "--json"))
                .GetProperty("dimension")
                .GetInt32()
        );
        Assert.Contains(
            "--dimension 3",
            CapturedRun.Of("vectors", "transform", file, At("three.vec"), "--dimension", "3").Error
        );
        Assert.Equal(2, CapturedRun.Of("vectors", "transform", file, At("three.vec")).ExitCode);
        JsonElement aligned = Parse(
            CapturedRun.Of(
                "vectors",
                "align",
                other,
                file,
                At("aligned.vec"),
                "--dictionary",
                Write("pairs.txt", "man man\nking king\n"),
                "--json"
            )
        );
        Assert.Equal(2, aligned.GetProperty("pairs").GetDouble());
        Assert.Equal(1, aligned.GetProperty("meanCosineAfter").GetDouble(), 1e-6);
        Assert.Contains(
            "transform --dimension",
            CapturedRun.Of("vectors", "align", At("one.vec"), file, At("no.vec")).Error
        );
        Assert.Equal(
            4,
            Parse(CapturedRun.Of("vectors", "combine", At("both.bin"), file, other, "--by", "concatenate", "--json"))
                .GetProperty("dimension")
                .GetInt32()
        );
        Assert.Equal(
            2,
            Parse(CapturedRun.Of("vectors", "combine", At("mean.bin"), file, other, "--words", "common", "--json"))
                .GetProperty("dimension")
                .GetInt32()
        );
    }

    [Fact]
    public void Several_texts_and_folders_train_phrases_are_kept_and_counts_stand_beside_the_vectors()
    {
        Directory.CreateDirectory(At("texts/more"));
        Write("texts/a.txt", string.Concat(Enumerable.Repeat("bank of america in new york\n", 60)));
        Write(
            "texts/more/b.txt",
            string.Concat(Enumerable.Range(0, 300).Select(i => $"w{i % 7} x{i % 11} y{i % 13}\n"))
        );
        string last = Write("last.txt", string.Concat(Enumerable.Repeat("w1 x2 bank\n", 40))),
            table = At("v.safetensors"),
            phrases = At("phrases.txt");
        CapturedRun run = CapturedRun.Of(
            "vectors",
            "train",
            At("texts"),
            table,
            "--more",
            last,
            "--phrases",
            "1",
            "--phrase-scoring",
            "npmi",
            "--phrase-connectors",
            "english",
            "--save-phrases",
            phrases,
            "--vector-size",
            "4",
            "--epochs",
            "1"
        );
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        using (WordVectors vectors = WordVectors.Load(table))
        {
            Assert.True(vectors.TryGetRow("bank_of_america", out int row));
            Assert.Equal(60, vectors.Counts.Span[row]);
            Assert.True(vectors.TryGetRow("bank", out row));
            Assert.Equal(40, vectors.Counts.Span[row]);
            using WordVectors few = vectors.Select(["bank"]);
            Assert.Equal([40L], few.Counts.ToArray());
            Assert.Equal(vectors.Counts.ToArray(), vectors.ToPrecision(VectorPrecision.Float16).Counts.ToArray());
            Assert.Equal(vectors.Counts.ToArray(), vectors.Renamed(word => $"{word}_").Counts.ToArray());
            string left = vectors.Words[0];
            Assert.Equal(
                vectors.Counts.ToArray()[1..],
                vectors.Renamed(word => word == left ? null : word).Counts.ToArray()
            );
        }
        Assert.True(
            Parse(CapturedRun.Of("vectors", "info", table, "--json")).GetProperty("textWords").GetInt64() > 1000
        );
        run = CapturedRun.Of(
            "vectors",
            "train",
            At("texts/a.txt"),
            At("again.vec"),
            "--phrases-from",
            phrases,
            "--vector-size",
            "4",
            "--epochs",
            "1"
        );
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        using WordVectors again = WordVectors.Load(At("again.vec"));
        Assert.True(again.TryGetRow("bank_of_america", out _));
        Assert.Equal(
            2,
            CapturedRun.Of("vectors", "train", last, At("no.vec"), "--phrases-from", phrases, "--phrases", "1").ExitCode
        );
        Assert.Equal(2, CapturedRun.Of("vectors", "train", last, At("no.vec"), "--save-phrases", phrases).ExitCode);
    }

    [Fact]
    public void Training_that_diverges_writes_nothing()
    {
        var random = new Random(1);
        string text = Write(
            "text.txt",
            string.Concat(
                Enumerable
                    .Range(0, 2500)
                    .Select(i =>
                        string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"{"ab"[i % 2]}{random.Next(10)}")) + "\n"
                    )
            )
        );
        CapturedRun run = CapturedRun.Of(
            "vectors",
            "train",
            text,
            At("no.bin"),
            "--alpha",
            "100",
            "--sample",
            "0",
            "--vector-size",
            "20"
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Matches("diverged in epoch 1 of 5.*--alpha.*nothing was written", run.Error);
        Assert.False(File.Exists(At("no.bin")));
    }

    private static double[] Numbers(string lines) =>
        [
            .. lines
                .Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
                .Select(field =>
                    double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                        ? value
                        : -1e9
                ),
        ];

    private static string FastText(string command, string model, string input)
    {
        using var process = Process.Start(
            new ProcessStartInfo("fasttext", [command, model])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return process.StandardOutput.ReadToEnd();
    }

    private static JsonElement Parse(CapturedRun run)
    {
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    /// <summary>Five digits are printed.</summary>
    private sealed class Near : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => Math.Abs(x - y) <= 2e-5 * Math.Max(Math.Abs(x), Math.Abs(y)) + 1e-7;

        public int GetHashCode(double value) => 0;
    }
}
