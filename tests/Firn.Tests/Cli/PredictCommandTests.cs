using System.Globalization;
using System.Text.Json;

namespace Firn.Tests.Cli;

public sealed class PredictCommandTests
{
    private static readonly string[] Words = ["the", "film", "great", "awful", "not", "love", "unheard", ":)"];

    private static string[] Texts(int count)
    {
        var random = new Random(3);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(_ =>
                    string.Join(' ', Enumerable.Range(0, random.Next(9)).Select(_ => Words[random.Next(Words.Length)]))
                ),
        ];
    }

    [Fact]
    public void Standard_input_gives_a_line_for_a_line_in_order()
    {
        using var bundle = new TinyBundle("negative", "positive");
        string[] texts = Texts(5000);
        var run = CapturedRun.With(string.Join('\n', texts) + "\n", "predict", bundle.Path, "--echo");
        Assert.Equal(0, run.ExitCode);
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Equal(texts, lines.Select(line => line.Split('\t')[2]));
        using var predictor = Predictor.Load(bundle.Path);
        Prediction[] predictions = [.. predictor.Predict(texts)];
        Assert.Equal(
            predictions.Select(p => $"{p.Label}\t{p.Score.ToString("0.0000", CultureInfo.InvariantCulture)}"),
            lines.Select(line => string.Join('\t', line.Split('\t')[..2]))
        );
        Assert.Equal(
            predictions.Select(p => p.HasNoKnownToken),
            lines.Select(line => line.EndsWith("\tno known word", StringComparison.Ordinal))
        );
        Assert.Equal(
            $"firn: {predictions.Count(p => p.HasNoKnownToken)} of 5,000 texts without a word that the model knows; "
                + $"their score is that of an empty text\n",
            run.Error
        );
    }

    [Theory]
    [InlineData("1")]
    [InlineData("3")]
    public void Lines_come_out_in_order_on_any_number_of_threads(string threads)
    {
        using var bundle = new TinyBundle("negative", "positive");
        string[] texts = Texts(9000);
        var run = CapturedRun.With(string.Join('\n', texts), "predict", bundle.Path, "--echo", "--threads", threads);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(texts, run.Out.TrimEnd('\n').Split('\n').Select(line => line.Split('\t')[2]));
    }

    [Fact]
    public void Json_is_one_object_for_arguments_and_for_lines()
    {
        using var bundle = new TinyBundle("negative", "positive");
        foreach (
            var run in new[]
            {
                CapturedRun.Of("predict", bundle.Path, "love this film", "", "--json"),
                CapturedRun.With("love this film\n\n", "predict", bundle.Path, "--json"),
            }
        )
        {
            using var json = JsonDocument.Parse(run.Out);
            Assert.Equal(2, json.RootElement.GetProperty("count").GetInt32());
            Assert.True(json.RootElement.GetProperty("elapsedMilliseconds").GetDouble() > 0);
            var first = json.RootElement.GetProperty("predictions")[0];
            Assert.Equal("love this film", first.GetProperty("text").GetString());
            Assert.Equal(3, first.GetProperty("tokens").GetInt32());
            var probabilities = first.GetProperty("probabilities");
            Assert.Equal(
                1,
                probabilities.GetProperty("negative").GetDouble() + probabilities.GetProperty("positive").GetDouble(),
                6
            );
            Assert.Equal(0, json.RootElement.GetProperty("predictions")[1].GetProperty("tokens").GetInt32());
        }
    }

    [Fact]
    public void Json_lines_are_one_object_a_line()
    {
        using var bundle = new TinyBundle("sport", "trade", "war");
        var run = CapturedRun.With("the film\nsaid \"no\"\\\n", "predict", bundle.Path, "--jsonl");
        string[] lines = run.Out.TrimEnd('\n').Split('\n');
        Assert.Contains("1 of 2 texts without a word", run.Error);
        Assert.Equal(2, lines.Length);
        using var json = JsonDocument.Parse(lines[1]);
        Assert.Equal("said \"no\"\\", json.RootElement.GetProperty("text").GetString());
        Assert.Equal(
            1,
            json.RootElement.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()),
            5
        );
    }

    [Fact]
    public void An_empty_input_gives_an_empty_output()
    {
        using var bundle = new TinyBundle("negative", "positive");
        Assert.Equal(new CapturedRun(0, "", ""), CapturedRun.With("", "predict", bundle.Path));
        using var json = JsonDocument.Parse(CapturedRun.With("", "predict", bundle.Path, "--json").Out);
        Assert.Equal(0, json.RootElement.GetProperty("count").GetInt32());
    }

    [Theory]
    [InlineData("neutral", "--neutral", "0,1")]
    [InlineData("positive|negative", "--no-neutral")]
    [InlineData("positive|negative", "--neutral", "0.5,0.5")]
    public void The_neutral_band_is_the_users_choice(string expected, params string[] options)
    {
        using var bundle = new TinyBundle("negative", "positive");
        var run = CapturedRun.Of(["predict", bundle.Path, "love this song", .. options]);
        Assert.Contains(run.Out.Split('\t')[0], expected.Split('|'));
    }

    [Theory]
    [InlineData("--neutral needs two numbers", "--neutral", "0.7")]
    [InlineData("--neutral needs two numbers", "--neutral", "0.7,0.4")]
    [InlineData("exclude each other", "--neutral", "0.4,0.7", "--no-neutral")]
    [InlineData("exclude each other", "--json", "--jsonl")]
    public void Options_that_cannot_be_meant_are_refused_before_the_model_is_read(
        string expected,
        params string[] options
    )
    {
        var run = CapturedRun.Of(["predict", "no-such-bundle", "x", .. options]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error);
    }

    [Fact]
    public void A_band_for_many_classes_is_refused()
    {
        using var bundle = new TinyBundle("sport", "trade", "war");
        var run = CapturedRun.Of("predict", bundle.Path, "x", "--neutral", "0.4,0.7");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("sport, trade, war", run.Error);
    }

    [Fact]
    public void A_text_without_a_known_word_is_pointed_out()
    {
        using var bundle = new TinyBundle("negative", "positive");
        Assert.Contains("knows no word of 'zzz'", CapturedRun.Of("predict", bundle.Path, "zzz").Error);
    }

    [Fact]
    public void A_bundle_that_was_cut_is_refused_in_one_line()
    {
        using var bundle = new TinyBundle("negative", "positive");
        string file = Directory.GetFiles(bundle.Path, "weights.safetensors").Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^7]);
        var run = CapturedRun.Of("predict", bundle.Path, "x");
        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Contains("weights.safetensors", run.Error);
    }
}
