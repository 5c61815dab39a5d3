using System.Text.Json;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Cli;

public sealed class DriftCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-drift");

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>tv, telly and mum were seen and moved; television and mother, near them, were not.</summary>
    private string Bundle(bool keeps = true)
    {
        (string Word, float[] Before, float[] After, int Count)[] words =
        [
            ("tv", [1, 0, 0.2f], [-0.2f, 1, 0], 40),
            ("telly", [1, 0.2f, 0], [0, 1, 0.1f], 12),
            ("mum", [0, 0.1f, 1], [0.6f, 0.6f, 0.2f], 25),
            ("television", [1, 0.1f, 0.1f], [1, 0.1f, 0.1f], 0),
            ("mother", [0, 0, 1], [0, 0, 1], 0),
            ("the", [-1, -1, -1], [-1, -1, -1], 90),
        ];
        var builder = new VocabularyBuilder();
        foreach (var word in words)
            builder.Add(word.Word, 100 - builder.DistinctTokens);
        Vocabulary vocabulary = builder.Build();
        var table = new EmbeddingTable(
            [.. Enumerable.Range(0, words.Length + 1)],
            (float[])[0, 0, 0, .. words.SelectMany(w => w.After)],
            3
        );
        int[] moved =
        [
            .. Enumerable.Range(1, words.Length).Where(i => !words[i - 1].Before.SequenceEqual(words[i - 1].After)),
        ];
        var before = new PretrainedRows(moved, moved.SelectMany(i => words[i - 1].Before).ToArray(), 3);
        using var predictor = new Predictor(
            new Tokenizer(CleaningOptions.Tweets),
            vocabulary,
            new TextClassifier(new ClassifierOptions { HiddenSize = 4 }, table, 3),
            ["negative", "positive"]
        )
        {
            Trace = keeps ? new TrainingTrace([0, .. words.Select(w => w.Count)], before) : null,
        };
        string path = At(keeps ? "model" : "unknowing");
        predictor.Save(path);
        File.WriteAllText(
            At("before.vec"),
            $"{words.Length} 3\n"
                + string.Concat(
                    words.Select(w =>
                        FormattableString.Invariant($"{w.Word} {w.Before[0]} {w.Before[1]} {w.Before[2]}\n")
                    )
                )
        );
        return path;
    }

    private static JsonElement Parse(CapturedRun run)
    {
        Assert.True(run.ExitCode == 0, run.Error);
        using var document = JsonDocument.Parse(run.Out);
        return document.RootElement.Clone();
    }

    [Fact]
    public void Pairs_words_and_bands_are_told()
    {
        JsonElement told = Parse(
            CapturedRun.Of("drift", Bundle(), "--pairs", "tv=television,mum=mother", "--words", "tv", "--json")
        );
        Assert.Equal(
            (6, 3, 2),
            (
                told.GetProperty("words").GetInt32(),
                told.GetProperty("moved").GetInt32(),
                told.GetProperty("unseen").GetInt32()
            )
        );
        JsonElement pair = told.GetProperty("pairs")[0];
        Assert.Equal(
            ("tv", 40, "television", 0),
            (
                pair.GetProperty("first").GetString(),
                pair.GetProperty("firstSeen").GetInt32(),
                pair.GetProperty("second").GetString(),
                pair.GetProperty("secondSeen").GetInt32()
            )
        );
        Assert.True(pair.GetProperty("divergence").GetDouble() > 0.8);
        Assert.Equal(2, told.GetProperty("pairs").GetArrayLength());
        Assert.Equal("unseen", told.GetProperty("bands")[0].GetProperty("seen").GetString());
        Assert.Equal(5, told.GetProperty("neighbors").GetProperty("tv").GetProperty("before").GetArrayLength());
        CapturedRun plain = CapturedRun.Of("drift", Bundle());
        Assert.Contains("3 of 6 words moved", plain.Out, StringComparison.Ordinal);
        Assert.Contains("the worst divergence is tv and television", plain.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_holds_the_page_and_both_pictures()
    {
        Assert.Equal(0, CapturedRun.Of("drift", Bundle(), "--report", At("page"), "--csv", At("words.csv")).ExitCode);
        Assert.Equal(
            ["drift.html", "map.png", "movement.png"],
            Directory.GetFiles(At("page")).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)
        );
        string page = File.ReadAllText(At("page/drift.html"));
        Assert.Contains("television", page, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "http://",
            page.Replace("http://www.w3.org", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Equal(7, File.ReadAllLines(At("words.csv")).Length);
    }

    [Fact]
    public void Pairs_may_stand_in_a_file_and_a_bad_line_is_named()
    {
        string bundle = Bundle();
        File.WriteAllText(At("pairs.txt"), "tv = television\n\nmum\tmother\n");
        Assert.Equal(
            2,
            Parse(CapturedRun.Of("drift", bundle, "--pairs", At("pairs.txt"), "--json"))
                .GetProperty("pairs")
                .GetArrayLength()
        );
        File.WriteAllText(At("pairs.txt"), "tv = television\ntv\n");
        Assert.Equal(
            $"firn: {At("pairs.txt")}, line 2: 'tv' is no pair of two words; write first=second, as in tv=television\n",
            CapturedRun.Of("drift", bundle, "--pairs", At("pairs.txt")).Error
        );
    }

    [Theory]
    [InlineData("--pairs", "tv", "'tv' is no pair")]
    [InlineData("--pairs", "tv=tv", "is no pair")]
    [InlineData("--words", "wireless", "does not know the word 'wireless'")]
    [InlineData("--words", "tv,,mum", "commas between")]
    [InlineData("--out", "somewhere", "add --repair")]
    [InlineData("--test", "somewhere", "add --repair")]
    [InlineData("--repair", "magic", "must be one of map")]
    public void Wrong_input_is_one_clear_line(string option, string value, string said)
    {
        CapturedRun run = CapturedRun.Of("drift", Bundle(), option, value);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(said, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_texts_that_will_not_do_are_found_before_the_search()
    {
        File.WriteAllText(At("empty.csv"), "label,text\n");
        CapturedRun run = CapturedRun.Of("drift", Bundle(), "--repair", "map", "--test", At("empty.csv"));
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("holds no labeled text", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("neighbors:", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bundle_that_did_not_keep_its_vectors_takes_them_from_a_file()
    {
        Bundle();
        string bundle = Bundle(keeps: false);
        Assert.Contains("--before", CapturedRun.Of("drift", bundle).Error, StringComparison.Ordinal);
        JsonElement told = Parse(CapturedRun.Of("drift", bundle, "--before", At("before.vec"), "--json"));
        Assert.Equal(3, told.GetProperty("moved").GetInt32());
        Assert.Equal("not moved", told.GetProperty("bands")[0].GetProperty("seen").GetString());
    }

    [Fact]
    public void A_repair_is_measured_and_saved()
    {
        string bundle = Bundle();
        File.WriteAllText(
            At("test.csv"),
            "label,text\nnegative,the tv\npositive,the television\nnegative,mother\npositive,telly\n"
        );
        JsonElement repair = Parse(
                CapturedRun.Of(
                    "drift",
                    bundle,
                    "--repair",
                    "neighbours",
                    "--out",
                    At("repaired"),
                    "--test",
                    At("test.csv"),
                    "--json"
                )
            )
            .GetProperty("repairs")[0];
        Assert.Equal(
            ("neighbors", 3),
            (repair.GetProperty("method").GetString(), repair.GetProperty("words").GetInt32())
        );
        Assert.Equal(
            (4, 2),
            (
                repair.GetProperty("before").GetProperty("texts").GetInt32(),
                repair.GetProperty("before").GetProperty("unseenWordTexts").GetInt32()
            )
        );
        Assert.Equal(6, Parse(CapturedRun.Of("drift", At("repaired"), "--json")).GetProperty("moved").GetInt32());
        Assert.Equal(0, CapturedRun.Of("predict", At("repaired"), "the television").ExitCode);
        Assert.Equal(
            3,
            Parse(CapturedRun.Of("drift", bundle, "--repair", "all", "--test", At("test.csv"), "--json"))
                .GetProperty("repairs")
                .GetArrayLength()
        );
    }
}
