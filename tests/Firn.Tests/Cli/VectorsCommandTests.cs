using System.Text.Json;
using Firn.Vectors;

namespace Firn.Tests.Cli;

[Collection(SharedQuickstart.Name)]
public sealed class VectorsCommandTests(TrainedQuickstart quickstart)
{
    private const string King = "6 2\nman 1 0\nking 1 1\nwoman -1 0.1\nqueen -1 1.1\napple 0 -1\nHe 1 0.2\n";

    private static JsonElement Parse(CapturedRun run)
    {
        Assert.Equal("", run.ExitCode == 0 ? "" : run.Error);
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    private string Write(string name, string content)
    {
        string path = quickstart.At(name);
        File.WriteAllText(path, content);
        return path;
    }

    [Theory]
    [InlineData("train")]
    [InlineData("convert")]
    public void An_output_that_is_the_input_is_refused_and_the_input_stays(string verb)
    {
        string file = Write($"input-{verb}.vec", King),
            link = quickstart.At($"link-{verb}");
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(link, file);
        foreach (string output in OperatingSystem.IsWindows() ? new[] { file } : [file, link])
        {
            var run = CapturedRun.Of("vectors", verb, file, output);
            Assert.Equal(1, run.ExitCode);
            Assert.StartsWith($"firn: {output}: this is the input ", run.Error, StringComparison.Ordinal);
            Assert.Equal(King, File.ReadAllText(file));
        }
    }

    [Fact]
    public void Words_with_spaces_are_replaced_skipped_or_refused_by_name()
    {
        string file = Write("spaced.txt", "the 1 2\nat last 3 4\nat_last 5 6\n"),
            target = quickstart.At("spaced.vec");
        var refused = CapturedRun.Of("vectors", "convert", file, target);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--spaces replace", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", file, target, "--spaces", "replace").ExitCode);
        Assert.Equal("2 2\nthe 1 2\nat_last 3 4\n", File.ReadAllText(target));
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", file, target, "--spaces", "skip").ExitCode);
        Assert.Equal("2 2\nthe 1 2\nat_last 5 6\n", File.ReadAllText(target));
    }

    [Fact]
    public void Convert_writes_the_projectors_files_and_models_that_fastText_reads()
    {
        string file = Write("king-p.vec", King),
            folder = quickstart.At("projector"),
            model = quickstart.At("king-model.bin");
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", file, folder, "--to", "projector").ExitCode);
        Assert.Equal("man\nking\nwoman\nqueen\napple\nHe\n", File.ReadAllText(Path.Combine(folder, "metadata.tsv")));
        Assert.StartsWith(
            "1\t0\n1\t1\n-1\t0.1\n",
            File.ReadAllText(Path.Combine(folder, "vectors.tsv")),
            StringComparison.Ordinal
        );
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", file, model, "--to", "fasttext").ExitCode);
        Assert.True(FastTextVectors.IsModel(model));
        var ignored = CapturedRun.Of("vectors", "info", model, "--encoding", "latin1");
        Assert.Equal(2, ignored.ExitCode);
        Assert.Contains("--encoding", ignored.Error, StringComparison.Ordinal);
        Assert.Contains(
            "256 centroids",
            CapturedRun.Of("vectors", "convert", model, quickstart.At("king.ftz")).Error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("table.vec", "3 3\na 1 2 3\nb 4 5 6\nc 7 8 9\n", "table of word vectors")]
    [InlineData(
        "rows.csv",
        "id,text,label\n1,\"the cat sat\",pos\n2,the dog sat,neg\n3,a cat sat,pos\n4,a dog sat,neg\n",
        "--text-column text"
    )]
    public void Train_takes_lines_of_text_and_tells_other_files_apart(string name, string content, string says)
    {
        string target = quickstart.At("never.vec");
        var run = CapturedRun.Of("vectors", "train", Write(name, content), target, "--min-count", "1");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(target));
    }

    [Fact]
    public void Evaluate_tells_lines_that_are_no_pairs_and_refuses_prose()
    {
        string file = Write("king-e.vec", King),
            pairs = Write("pairs.csv", "word1;word2;score\nman;king;3,5\nqueen;apple;1,5\nwoman;queen;9\n");
        var run = CapturedRun.Of("vectors", "evaluate", file, pairs, "--json");
        Assert.Contains("1 line is no 'word word score', first line 1", run.Error, StringComparison.Ordinal);
        Assert.Contains("3 pairs say little", run.Error, StringComparison.Ordinal);
        string prose = Write("prose.txt", "man is a king of men\nthe queen sat on the throne\nman king 3\n");
        Assert.Contains(
            "no set of word pairs",
            CapturedRun.Of("vectors", "evaluate", file, prose).Error,
            StringComparison.Ordinal
        );
        string bare = Write("bare.txt", "man king woman queen\n");
        Assert.Contains(
            "before the first section",
            CapturedRun.Of("vectors", "evaluate", file, bare).Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_size_beside_a_table_to_go_on_from_is_refused()
    {
        var run = CapturedRun.Of(
            "vectors",
            "train",
            Write("more.txt", "man king\n"),
            quickstart.At("more.vec"),
            "--from",
            Write("king-f.vec", King),
            "--vector-size",
            "30"
        );
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--vector-size", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Analogy_asks_A_is_to_B_as_C_is_to_what()
    {
        var result = Parse(
            CapturedRun.Of("vectors", "analogy", Write("king.vec", King), "man", "king", "woman", "--json")
        );
        Assert.Equal("queen", result.GetProperty("answers")[0].GetProperty("word").GetString());
    }

    [Fact]
    public void Neighbors_come_nearest_first_and_a_wrong_spelling_is_told()
    {
        string file = Write("neighbors.vec", King);
        var result = Parse(CapturedRun.Of("vectors", "neighbors", file, "man", "queen", "-n", "2", "--json"));
        Assert.Equal(
            ["He", "king"],
            result
                .GetProperty("neighbors")
                .GetProperty("man")
                .EnumerateArray()
                .Select(n => n.GetProperty("word").GetString())
        );
        var wrong = CapturedRun.Of("vectors", "neighbors", file, "he");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Equal("firn: 'he' has no vector; 'He' has one\n", wrong.Error);
    }

    [Fact]
    public void Convert_there_and_back_keeps_every_bit()
    {
        string text = Write("there.vec", King),
            binary = quickstart.At("there.bin"),
            back = quickstart.At("back.vec");
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", text, binary).ExitCode);
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", binary, back).ExitCode);
        Assert.Equal(
            "word2vec-binary",
            Parse(CapturedRun.Of("vectors", "info", binary, "--json")).GetProperty("format").GetString()
        );
        Assert.Equal(File.ReadAllLines(text), File.ReadAllLines(back));
    }

    [Fact]
    public void Evaluate_tells_tests_apart_by_their_content()
    {
        string vectors = Write("tests.vec", King);
        Directory.CreateDirectory(quickstart.At("tests"));
        Write("tests/pairs.txt", "man king 5\nman woman 1\nking queen 4\n");
        Write("tests/questions.txt", ": royal\nman king woman queen\n");
        Write("tests/kinds.csv", ",category,word\n0,person,man\n1,person,He\n2,fruit,apple\n");
        Write("tests/strange.txt", "chat chien 5\n");
        var tests = Parse(CapturedRun.Of("vectors", "evaluate", vectors, quickstart.At("tests"), "--json"))
            .GetProperty("tests")
            .EnumerateArray()
            .ToDictionary(t => t.GetProperty("test").GetString()!);
        Assert.Equal(1, tests["questions"].GetProperty("accuracy").GetDouble());
        Assert.Equal(1, tests["kinds"].GetProperty("purity").GetDouble());
        Assert.Equal(3, tests["pairs"].GetProperty("pairs").GetInt32());
        Assert.Contains("strange.txt", tests["strange"].GetProperty("error").GetString());
        Assert.Equal(1, CapturedRun.Of("vectors", "evaluate", vectors, quickstart.At("tests/strange.txt")).ExitCode);
    }

    [Fact]
    public void Train_takes_plain_text_and_a_bundle_is_a_file_of_vectors_too()
    {
        string text = quickstart.At("plain.txt"),
            vectors = quickstart.At("plain.bin");
        File.WriteAllLines(
            text,
            Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? "the cat sat on the mat" : "a dog ran in the park")
        );
        var result = Parse(
            CapturedRun.Of(
                "vectors",
                "train",
                text,
                vectors,
                "--vector-size",
                "8",
                "--epochs",
                "2",
                "--threads",
                "1",
                "--json"
            )
        );
        Assert.Equal((10, 8), (result.GetProperty("words").GetInt32(), result.GetProperty("dimension").GetInt32()));
        Assert.Equal(10, Parse(CapturedRun.Of("vectors", "info", vectors, "--json")).GetProperty("words").GetInt32());
        var bundle = Parse(CapturedRun.Of("vectors", "info", quickstart.Bundle, "--json"));
        Assert.Equal(
            ("bundle", 64),
            (bundle.GetProperty("format").GetString(), bundle.GetProperty("dimension").GetInt32())
        );
        Assert.Equal(0, CapturedRun.Of("vectors", "neighbors", quickstart.Bundle, "awful").ExitCode);
    }

    [Fact]
    public void Train_goes_on_from_a_table_and_keeps_fixed_words()
    {
        string text = quickstart.At("first.txt"),
            more = quickstart.At("more.txt"),
            first = quickstart.At("first.bin"),
            second = quickstart.At("second.bin"),
            outputs = quickstart.At("first.outputs.bin");
        File.WriteAllLines(
            text,
            Enumerable.Range(0, 300).Select(i => i % 2 == 0 ? "the cat sat on the mat" : "a dog ran in the park")
        );
        File.WriteAllLines(more, Enumerable.Repeat("the new cat sat by the old dog", 40));
        Assert.Equal(
            0,
            CapturedRun
                .Of("vectors", "train", text, first, "--vector-size", "8", "--deterministic", "--save-outputs", outputs)
                .ExitCode
        );
        var result = Parse(
            CapturedRun.Of(
                "vectors",
                "train",
                more,
                second,
                "--from",
                first,
                "--from-outputs",
                outputs,
                "--fix",
                "all",
                "--json"
            )
        );
        Assert.Equal((13, 8), (result.GetProperty("words").GetInt32(), result.GetProperty("dimension").GetInt32()));
        WordVectors before = WordVectors.Load(first),
            after = WordVectors.Load(second);
        Assert.Equal(before.Words, after.Words.Take(10));
        Assert.Equal(before.Table.ToArray(), after.Table[..(10 * 8)].ToArray());
        Assert.Equal(["by", "new", "old"], after.Words.Skip(10).Order());
        foreach (
            string[] wrong in new string[][]
            {
                ["--fix", "all"],
                ["--minn", "2"],
                ["--phrase-threshold", "5"],
                ["--to", "fasttext"],
                ["--subwords", "--maxn", "2"],
            }
        )
            Assert.Equal(2, CapturedRun.Of(["vectors", "train", text, second, .. wrong]).ExitCode);
    }

    [Fact]
    public void Train_writes_a_fastText_model_and_joins_phrases()
    {
        string text = quickstart.At("phrases.txt"),
            model = quickstart.At("phrases.fasttext.bin");
        File.WriteAllLines(
            text,
            Enumerable
                .Range(0, 200)
                .Select(i =>
                    i % 2 == 0 ? "we went to new york today" : $"they saw an old town {(i % 3 == 0 ? "new" : "york")}"
                )
        );
        var result = Parse(
            CapturedRun.Of(
                "vectors",
                "train",
                text,
                model,
                "--vector-size",
                "6",
                "--subwords",
                "--bucket",
                "100",
                "--phrases",
                "1",
                "--phrase-threshold",
                "2",
                "--json"
            )
        );
        Assert.Equal("fasttext", result.GetProperty("format").GetString());
        FastTextVectors vectors = FastTextVectors.Load(model);
        Assert.Contains(vectors.Words, word => word.Contains('_'));
        Assert.True(vectors.TryGetVector("yorkshire", new float[6]));
    }

    [Fact]
    public void Every_command_reads_a_fastText_model_and_composes_words_it_has_not_seen()
    {
        string text = quickstart.At("unseen.txt"),
            model = quickstart.At("unseen.fasttext.bin"),
            words = quickstart.At("unseen.words"),
            table = quickstart.At("unseen.vec");
        File.WriteAllLines(text, Enumerable.Range(0, 100).Select(_ => "the old town and the new town"));
        File.WriteAllLines(words, ["town", "townhouse"]);
        Assert.Equal(
            0,
            CapturedRun
                .Of(
                    "vectors",
                    "train",
                    text,
                    model,
                    "--vector-size",
                    "6",
                    "--subwords",
                    "--bucket",
                    "100",
                    "--min-count",
                    "1"
                )
                .ExitCode
        );
        FastTextVectors expected = FastTextVectors.Load(model);

        var info = Parse(CapturedRun.Of("vectors", "info", model, "--json"));
        Assert.Equal(
            ("fasttext", expected.Words.Count),
            (info.GetProperty("format").GetString(), info.GetProperty("words").GetInt32())
        );
        var neighbors = CapturedRun.Of("vectors", "neighbors", model, "townhouse", "-n", "2", "--json");
        Assert.Contains("has not seen 'townhouse'", neighbors.Error);
        Assert.Equal(2, Parse(neighbors).GetProperty("neighbors").GetProperty("townhouse").GetArrayLength());
        Assert.DoesNotContain("has not seen", CapturedRun.Of("vectors", "neighbors", model, "town").Error);

        Assert.Equal(0, CapturedRun.Of("vectors", "convert", model, table, "--vocabulary", words).ExitCode);
        using WordVectors kept = WordVectors.Load(table);
        Assert.Equal(["town", "townhouse"], kept.Words);
        var vector = new float[6];
        foreach (string word in kept.Words)
        {
            Assert.True(expected.TryGetVector(word, vector));
            Assert.True(kept.TryGetVector(word, out ReadOnlySpan<float> saved));
            Assert.Equal(vector, saved.ToArray());
        }
        Assert.InRange(
            Parse(CapturedRun.Of("vectors", "similarity", model, "town", "townhouse", "--json"))
                .GetProperty("cosines")[0][1]
                .GetDouble(),
            -1,
            0.9999
        );
        Assert.Equal(1, CapturedRun.Of("vectors", "neighbors", model, "").ExitCode);
    }

    [Fact]
    public void Convert_makes_a_smaller_file_that_every_command_reads()
    {
        string text = Write("shrink.vec", King.Replace("6 2", "7 2", StringComparison.Ordinal) + "twin 0 -1\n"),
            narrow = quickstart.At("shrink.safetensors");
        var result = Parse(CapturedRun.Of("vectors", "convert", text, narrow, "--type", "int8", "--json"));
        Assert.Equal(
            ("safetensors", "int8", 6),
            (
                result.GetProperty("format").GetString(),
                result.GetProperty("precision").GetString(),
                result.GetProperty("storedRows").GetInt32()
            )
        );
        Assert.InRange(result.GetProperty("mostCosineLoss").GetDouble(), 0, 1e-4);
        var info = Parse(CapturedRun.Of("vectors", "info", narrow, "--json"));
        Assert.Equal(
            (7, 6, "int8", true),
            (
                info.GetProperty("words").GetInt32(),
                info.GetProperty("storedRows").GetInt32(),
                info.GetProperty("precision").GetString(),
                info.GetProperty("mapped").GetBoolean()
            )
        );
        Assert.Equal(6 * 2 + 6 * 4 + 7 * 4, info.GetProperty("storedBytes").GetInt32());
        Assert.Contains("share another's vector", CapturedRun.Of("vectors", "info", narrow).Out);
        // Equal vectors are told whatever the format, whether or not it stores them once.
        foreach (string file in new[] { text, narrow })
            Assert.Equal(
                1,
                Parse(CapturedRun.Of("vectors", "info", file, "--json")).GetProperty("equalVectors").GetInt32()
            );
        Assert.Contains("1 word has the vector of an earlier one", CapturedRun.Of("vectors", "info", text).Out);
        Assert.Equal(
            "queen",
            Parse(CapturedRun.Of("vectors", "analogy", narrow, "man", "king", "woman", "--json"))
                .GetProperty("answers")[0]
                .GetProperty("word")
                .GetString()
        );
        Assert.Equal(0, CapturedRun.Of("vectors", "convert", narrow, quickstart.At("wide.bin")).ExitCode);
        var refused = CapturedRun.Of("vectors", "convert", text, quickstart.At("no.bin"), "--type", "int8");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("only safetensors stores it", refused.Error);
        Assert.False(File.Exists(quickstart.At("no.bin")));
    }

    [Fact]
    public void A_vocabulary_prunes_whatever_the_source()
    {
        string words = Write("words.txt", "queen\nman\nabsent\nawful\n");
        foreach (string source in new[] { Write("prune.vec", King), quickstart.Bundle })
        {
            string pruned = quickstart.At("pruned.safetensors");
            Assert.Equal(0, CapturedRun.Of("vectors", "convert", source, pruned, "--vocabulary", words).ExitCode);
            string[] kept =
            [
                .. Parse(CapturedRun.Of("vectors", "info", pruned, "--json"))
                    .GetProperty("firstWords")
                    .EnumerateArray()
                    .Select(w => w.GetString()!),
            ];
            Assert.Equal(source == quickstart.Bundle ? ["awful"] : ["man", "queen"], kept);
        }
        Assert.Equal(
            3,
            Parse(CapturedRun.Of("vectors", "info", quickstart.Bundle, "--limit", "3", "--json"))
                .GetProperty("words")
                .GetInt32()
        );
        Assert.Contains(
            "no such file",
            CapturedRun.Of("vectors", "info", quickstart.Bundle, "--vocabulary", "absent.txt").Error
        );
    }

    [Fact]
    public void Words_are_compared_and_the_odd_one_is_named()
    {
        string file = Write("compare.vec", King);
        var result = Parse(CapturedRun.Of("vectors", "similarity", file, "man", "He", "apple", "--json"));
        Assert.Equal("apple", result.GetProperty("doesNotMatch").GetString());
        Assert.Equal(1, result.GetProperty("cosines")[1][1].GetDouble(), 6);
        Assert.Contains("fits least: apple", CapturedRun.Of("vectors", "similarity", file, "man", "He", "apple").Out);
    }

    [Fact]
    public void Neighbors_of_a_text_are_those_of_its_mean()
    {
        string file = Write("text.vec", King);
        var run = CapturedRun.Of("vectors", "neighbors", file, "--text", "man king unseen", "-n", "1", "--json");
        using var document = JsonDocument.Parse(run.Out);
        Assert.Equal(
            "He",
            document
                .RootElement.GetProperty("neighbors")
                .GetProperty("man king unseen")[0]
                .GetProperty("word")
                .GetString()
        );
        Assert.Contains("without a vector: unseen", run.Error);
        Assert.Contains("give a word, or --text", CapturedRun.Of("vectors", "neighbors", file).Error);
        Assert.Contains("not both", CapturedRun.Of("vectors", "neighbors", file, "man", "--text", "man").Error);
        Assert.Contains(
            "no word of 'x y' has a vector",
            CapturedRun.Of("vectors", "neighbors", file, "--text", "x y").Error
        );
    }

    [Fact]
    public void Map_writes_a_page_and_an_image()
    {
        string stem = quickstart.At("map");
        foreach (string method in new[] { "tsne", "pca" })
        {
            var result = Parse(
                CapturedRun.Of(
                    "vectors",
                    "map",
                    quickstart.Bundle,
                    stem + ".html",
                    "--method",
                    method,
                    "-n",
                    "40",
                    "--steps",
                    "50",
                    "--near",
                    "awful",
                    "lovely",
                    "--json"
                )
            );
            var words = result
                .GetProperty("words")
                .EnumerateArray()
                .Select(w => w.GetProperty("word").GetString())
                .ToArray();
            Assert.Equal((40, "awful", "lovely"), (words.Length, words[0], words[1]));
            Assert.All(
                result.GetProperty("words").EnumerateArray(),
                w => Assert.InRange(w.GetProperty("x").GetDouble(), 0, 1)
            );
            Assert.Contains("\"awful\"", File.ReadAllText(stem + ".html"));
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(stem + ".png")[..4]);
            File.Delete(stem + ".html");
            File.Delete(stem + ".png");
        }
        Assert.Contains(
            "no such folder",
            CapturedRun.Of("vectors", "map", quickstart.Bundle, quickstart.At("absent/map")).Error
        );
        Assert.Contains(
            "'unseen' has no vector",
            CapturedRun.Of("vectors", "map", quickstart.Bundle, stem, "--near", "unseen").Error
        );
    }
}
