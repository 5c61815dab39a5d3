using System.Text.Json;
using Firn.Tests.Vectors.Fuzzing;
using Firn.Vectors;

namespace Firn.Tests.Cli;

/// <summary>Models of fastText on the command line: trained further, described, printed.</summary>
public sealed class VectorModelTests : IDisposable
{
    private static readonly string[] Training =
    [
        "--subwords",
        "--vector-size",
        "6",
        "--minn",
        "2",
        "--maxn",
        "4",
        "--bucket",
        "90",
        "--min-count",
        "1",
        "--epochs",
        "2",
        "--seed",
        "4",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("firn-models-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Train_goes_on_from_a_model_with_its_n_grams()
    {
        string old = Model(),
            further = At("further.bin"),
            more = Write("more.txt", string.Concat(Enumerable.Repeat("the new cat sat by the old dog\n", 40)));
        CapturedRun run = CapturedRun.Of("vectors", "train", more, further, "--from", old, "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.ExitCode == 0 ? "" : run.Error));
        JsonElement result = JsonDocument.Parse(run.Out).RootElement;
        Assert.Equal(
            ("fasttext", 13, 6),
            (
                result.GetProperty("format").GetString(),
                result.GetProperty("words").GetInt32(),
                result.GetProperty("dimension").GetInt32()
            )
        );
        FastTextVectors before = FastTextVectors.Load(old),
            after = FastTextVectors.Load(further);
        Assert.Equal(before.Words, after.Words.Take(10));
        Assert.Equal((2, 4), (after.MinN, after.MaxN));
        Assert.Equal(["by", "new", "old"], after.Words.Skip(10).Order());
        Assert.Equal(before.Counts.Span[0] + 80, after.Counts.Span[0]); // 'the'
        // What the model says may be said again, and a table may be written.
        Assert.Equal(
            0,
            CapturedRun
                .Of(
                    "vectors",
                    "train",
                    more,
                    At("again.safetensors"),
                    "--from",
                    old,
                    "--vector-size",
                    "6",
                    "--subwords",
                    "--bucket",
                    "90",
                    "--no-new-words"
                )
                .ExitCode
        );
        using WordVectors table = WordVectors.Load(At("again.safetensors"));
        Assert.Equal(before.Words, table.Words);
    }

    [Theory]
    [InlineData("--vector-size is 6", "--vector-size", "8")]
    [InlineData("--bucket is 90", "--bucket", "91")]
    [InlineData("--minn is 2", "--minn", "3")]
    [InlineData("--maxn is 4", "--maxn", "5")]
    [InlineData("leave --sg out", "--sg")]
    [InlineData("leave --hs out", "--hs")]
    [InlineData("leave --negative 0 out", "--negative", "0")]
    [InlineData("has its output vectors in it", "--from-outputs", "outputs.bin")]
    [InlineData("its words share them", "--fix", "all")]
    public void What_a_model_decides_cannot_be_chosen(string says, params string[] options)
    {
        string model = Model();
        CapturedRun run = CapturedRun.Of([
            "vectors",
            "train",
            At("text.txt"),
            At("further.bin"),
            "--from",
            model,
            .. options,
        ]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(At("further.bin")));
    }

    [Fact]
    public void Models_that_cannot_go_on_are_refused_in_one_line()
    {
        string model = Model();
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", model, At("table.vec")).ExitCode);
        Assert.Contains(
            "is a table of whole words",
            CapturedRun
                .Of("vectors", "train", At("text.txt"), At("x.bin"), "--from", At("table.vec"), "--subwords")
                .Error,
            StringComparison.Ordinal
        );
        byte[] bytes = File.ReadAllBytes(model);
        bytes[36] = 3; // supervised
        File.WriteAllBytes(At("supervised.bin"), bytes);
        CapturedRun run = CapturedRun.Of(
            "vectors",
            "train",
            At("text.txt"),
            At("x.bin"),
            "--from",
            At("supervised.bin")
        );
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("the model is supervised", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.False(File.Exists(At("x.bin")));
    }

    [Fact]
    public void Info_shows_the_counts_of_a_model_and_how_a_file_is_packed()
    {
        string model = Model();
        CapturedRun run = CapturedRun.Of("vectors", "info", model);
        Assert.Contains("'the' 400 times", run.Out, StringComparison.Ordinal);
        Assert.Contains("2,400 words of text", run.Out, StringComparison.Ordinal);
        Assert.Contains("fasttext\n", run.Out, StringComparison.Ordinal);
        byte[] table = "2 2\na 1 2\nb 3 4\n"u8.ToArray();
        foreach (
            (int way, string shown, string[] names) in new[]
            {
                (0, "in a gzip file", new[] { "gzip" }),
                (1, "in a zip archive", ["zip"]),
                (3, "in a tar archive in a gzip file", ["gzip", "tar"]),
                (4, "in a bzip2 file", ["bzip2"]),
                (5, "in a Zstandard file", ["zstandard"]),
            }
        )
        {
            File.WriteAllBytes(At("packed"), FuzzSeed.Pack(table, way));
            Assert.Contains(
                $"word2vec-text {shown}\n",
                CapturedRun.Of("vectors", "info", At("packed")).Out,
                StringComparison.Ordinal
            );
            JsonElement info = JsonDocument
                .Parse(CapturedRun.Of("vectors", "info", At("packed"), "--json").Out)
                .RootElement;
            Assert.True(info.GetProperty("packed").GetBoolean());
            Assert.Equal(names, info.GetProperty("packing").EnumerateArray().Select(name => name.GetString()));
        }
        File.WriteAllBytes(At("packed"), FuzzSeed.Pack(File.ReadAllBytes(model), 0));
        Assert.Contains(
            "fasttext in a gzip file\n",
            CapturedRun.Of("vectors", "info", At("packed")).Out,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Print_obeys_or_refuses_the_options_of_a_model()
    {
        string model = Model(),
            words = Write("words.txt", "cat\n");
        CapturedRun lines = CapturedRun.With("cat\ncatlike\n", "vectors", "print", model, "-", "--format", "fasttext");
        Assert.Equal(0, lines.ExitCode);
        CapturedRun named = CapturedRun.Of("vectors", "print", model, "cat", "catlike");
        Assert.Equal(lines.Out, named.Out);
        Assert.Contains("has not seen 'catlike'", named.Error, StringComparison.Ordinal);
        foreach (
            (string option, string value) in new[]
            {
                ("--limit", "1"),
                ("--vocabulary", words),
                ("--encoding", "latin1"),
            }
        )
        {
            CapturedRun refused = CapturedRun.With("cat\n", "vectors", "print", model, "-", option, value);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(option, refused.Error, StringComparison.Ordinal);
            Assert.Equal("", refused.Out);
        }
        Assert.Equal(
            1,
            CapturedRun.With("cat\n", "vectors", "print", model, "-", "--format", "word2vec-text").ExitCode
        );
        Assert.Contains(
            "floret",
            CapturedRun.With("cat\n", "vectors", "print", model, "-", "--format", "floret").Error,
            StringComparison.Ordinal
        );
        string table = Write("table.vec", "2 2\ncat 1 2\ndog 3 4\n");
        CapturedRun limited = CapturedRun.With("cat\ndog\n", "vectors", "print", table, "-", "--limit", "1");
        Assert.Equal((1, "cat 1 2\n"), (limited.ExitCode, limited.Out));
        string floret = Write("hashes.floret", "2 2 1 2 1 0 < >\n0 1 2\n1 1 2\n");
        Assert.Equal("any 1 2\n", CapturedRun.With("any\n", "vectors", "print", floret, "-").Out);
    }

    private string Model()
    {
        string text = Write(
            "text.txt",
            string.Concat(
                Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? "the cat sat on the mat\n" : "a dog ran in a park\n")
            )
        );
        Assert.Equal(0, CapturedRun.Of(["vectors", "train", text, At("model.bin"), .. Training]).ExitCode);
        return At("model.bin");
    }

    private string At(string name) => Path.Combine(_folder, name);

    private string Write(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }
}
