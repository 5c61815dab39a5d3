using System.Text;
using System.Text.Json;
using Firn.Bundles;
using Firn.Data;

namespace Firn.Tests.Cli;

public sealed class PredictFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("firn-predict");
    private readonly TinyBundle _bundle = new("negative", "positive");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _bundle.Dispose();
    }

    private string Write(string name, string content, Encoding? encoding = null)
    {
        string path = At(name);
        File.WriteAllText(path, content, encoding ?? new UTF8Encoding(false));
        return path;
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private CapturedRun Predict(params string[] args) => CapturedRun.Of(["predict", _bundle.Path, .. args]);

    private string Scored(string input, string output, params string[] options)
    {
        var run = Predict([input, "--out", At(output), .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        return File.ReadAllText(At(output));
    }

    private string Expected(string text)
    {
        using var predictor = Predictor.Load(_bundle.Path);
        Prediction p = predictor.Predict(text);
        return FormattableString.Invariant($"{p.Label},{p.Score:F6},{p.KnownTokens}");
    }

    [Fact]
    public void Rows_keep_their_columns_their_quoting_and_their_order()
    {
        string input = Write(
            "in.csv",
            "id,text,note\n1,\"love, \"\"this\"\" song\",\"a\nb\"\n2,awful film,é\n3,,\"\"\n4,zzz,x\n"
        );
        Assert.Equal(
            "id,text,note,label,probability,known_words\n"
                + $"1,\"love, \"\"this\"\" song\",\"a\nb\",{Expected("love, \"this\" song")}\n2,awful film,é,"
                + $"{Expected("awful film")}\n"
                + $"3,,\"\",{Expected("")}\n4,zzz,x,{Expected("zzz")}\n",
            Scored(input, "out.csv")
        );
        Assert.EndsWith(",0", Expected("zzz"));
    }

    [Fact]
    public void The_probability_is_that_of_the_label_shown()
    {
        using var predictor = Predictor.Load(_bundle.Path);
        string[] texts = ["love", "hate", "the film", "awful", "great song", ""];
        foreach (Prediction p in predictor.Predict(texts))
        {
            Assert.InRange(p.Score, 0.5f, 1f);
            Assert.Equal(p.Label == "positive" ? p.Probabilities[0] : 1 - p.Probabilities[0], p.Score);
        }
    }

    [Fact]
    public void A_row_is_copied_whatever_separates_its_fields()
    {
        string fields = Write("in.csv", "id;text\n1;\"love; this\"\n");
        Assert.Equal(
            $"id;text;label;probability;known_words\n1;\"love; this\";{Expected("love; this").Replace(',', ';')}\n",
            Scored(fields, "out.csv")
        );
        string tabs = Write("in.tsv", "id\ttext\n1\tsaid \"love\n");
        Assert.Equal(
            $"id\ttext\tlabel\tprobability\tknown_words\n1\tsaid \"love\t"
                + $"{Expected("said \"love").Replace(',', '\t')}\n",
            Scored(tabs, "out.tsv")
        );
    }

    [Fact]
    public void Layouts_are_turned_into_each_other()
    {
        string csv = Write("in.csv", "id,text\n1,\"love \"\"it\"\"\"\n");
        using var json = JsonDocument.Parse(Scored(csv, "out.jsonl", "--all", "--top", "1"));
        Assert.Equal("love \"it\"", json.RootElement.GetProperty("text").GetString());
        Assert.Equal("1", json.RootElement.GetProperty("id").GetString());
        Assert.Equal(
            json.RootElement.GetProperty("label").GetString(),
            json.RootElement.GetProperty("top1_label").GetString()
        );
        Assert.Equal(
            1,
            json.RootElement.GetProperty("probability_negative").GetDouble()
                + json.RootElement.GetProperty("probability_positive").GetDouble(),
            5
        );
        string lines = Write("in.txt", "love it\n\nawful, film\n");
        Assert.Equal(
            $"text,label,probability,known_words\nlove it,{Expected("love it")}\n,{Expected("")}\n\"awful, film\","
                + $"{Expected("awful, film")}\n",
            Scored(lines, "lines.csv")
        );
        string objects = Write("in.jsonl", "{\"text\": \"love\", \"n\": [1, 2]}\n");
        Assert.StartsWith("{\"text\": \"love\", \"n\": [1, 2],\"label\":\"", Scored(objects, "objects.jsonl"));
        Assert.Equal(
            $"text,n,label,probability,known_words\nlove,\"[1, 2]\",{Expected("love")}\n",
            Scored(objects, "objects.csv")
        );
    }

    [Fact]
    public void Half_of_a_surrogate_pair_beside_the_text_is_kept_as_json()
    {
        string input = Write("half.jsonl", "{\"text\": \"love\", \"note\": \"\\ud83d\"}\n");
        Assert.Equal(
            $"text,note,label,probability,known_words\nlove,\"\"\"\\ud83d\"\"\",{Expected("love")}\n",
            Scored(input, "half.csv")
        );
    }

    [Fact]
    public void Lines_of_a_file_that_is_no_text_are_not_labelled()
    {
        File.WriteAllBytes(At("table.parquet"), [.. "PAR1"u8, .. new byte[40], .. "PAR1"u8]);
        CapturedRun run = Predict(At("table.parquet"));
        Assert.Equal((1, ""), (run.ExitCode, run.Out));
        Assert.Contains("table.parquet: this is a Parquet file. Save it as CSV", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_column_that_is_there_already_is_not_written_twice()
    {
        string input = Write("in.csv", "Label,text\n4,love\n");
        Assert.StartsWith("Label,text,predicted_label,probability,known_words\n", Scored(input, "out.csv"));
    }

    [Fact]
    public void Classes_are_named_from_the_likeliest()
    {
        using var many = new TinyBundle("sport", "trade, war", "weather");
        string input = Write("in.csv", "text\nlove\n");
        var run = CapturedRun.Of("predict", many.Path, input, "--out", At("out.csv"), "--top", "3", "--all");
        Assert.Equal(0, run.ExitCode);
        string[] lines = File.ReadAllLines(At("out.csv"));
        Assert.Equal(
            "text,label,probability,top1_label,top1_probability,top2_label,top2_probability,top3_label,top3_probability,probability_sport,\"probability_trade, "
                + "war\",probability_weather,known_words",
            lines[0]
        );
        using var predictor = Predictor.Load(many.Path);
        Prediction p = predictor.Predict("love");
        string[] order =
        [
            .. p
                .Probabilities.Zip(predictor.Labels)
                .OrderByDescending(x => x.First)
                .Select(x =>
                    FormattableString.Invariant(
                        $"{(x.Second.Contains(',') ? $"\"{x.Second}\"" : x.Second)},{x.First:F6}"
                    )
                ),
        ];
        Assert.Contains(string.Join(',', order), lines[1]);
        Assert.StartsWith("love," + order[0], lines[1]);
    }

    [Theory]
    [InlineData("text column named", "--text-column", "body")]
    [InlineData("text column numbered", "--text-column", "2")]
    public void The_text_column_is_the_one_asked_for(string why, params string[] options)
    {
        string input = Write("in.csv", "text,body\nhate,love\n");
        Assert.True(
            Scored(input, "out.csv", options).Contains("hate,love," + Expected("love"), StringComparison.Ordinal),
            why
        );
    }

    [Fact]
    public void Without_a_header_none_is_written()
    {
        string input = Write("in.csv", "7,love\n8,hate\n");
        Assert.Equal(
            $"7,love,{Expected("love")}\n8,hate,{Expected("hate")}\n",
            Scored(input, "out.csv", "--text-column", "2")
        );
        var run = Predict(input, "--out", At("other.csv"));
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("--text-column", run.Error);
    }

    [Fact]
    public void A_row_that_cannot_be_read_stops_and_the_run_goes_on_when_it_is_mended()
    {
        string good = "id,text\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"{i},love {i}\n"));
        string input = Write("in.csv", good + "too,many,fields\nlast,hate\n");
        var stopped = Predict(input, "--out", At("out.csv"));
        Assert.Equal(1, stopped.ExitCode);
        Assert.Contains("line 3002: the row has 3 fields where 2 are expected", stopped.Error);
        Assert.Contains("3,000 rows are scored and kept", stopped.Error);
        Assert.False(File.Exists(At("out.csv")));

        var again = Predict(input, "--out", At("out.csv"));
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("--resume", again.Error);

        Write("in.csv", good + "too,few\nlast,hate\n");
        Assert.Equal(0, Predict(input, "--out", At("out.csv"), "--resume").ExitCode);
        Assert.Equal(0, Predict(input, "--out", At("whole.csv")).ExitCode);
        Assert.Equal(File.ReadAllText(At("whole.csv")), File.ReadAllText(At("out.csv")));
        Assert.Equal(["in.csv", "out.csv", "whole.csv"], _folder.GetFiles().Select(f => f.Name).Order());
    }

    [Fact]
    public void A_part_that_a_crash_left_is_gone_on_with_exactly()
    {
        string good = "text\n" + string.Concat(Enumerable.Range(0, 2500).Select(i => $"love {i}\n"));
        string input = Write("in.csv", good + "\"open\n");
        Assert.Equal(1, Predict(input, "--out", At("out.csv")).ExitCode);
        // The crash came after more rows were written than were noted.
        File.AppendAllText(At("out.csv.partial"), "half of a ro");
        Write("in.csv", good);
        Assert.Equal(0, Predict(input, "--out", At("out.csv"), "--resume").ExitCode);
        Assert.Equal(Scored(input, "whole.csv"), File.ReadAllText(At("out.csv")));
    }

    [Fact]
    public void A_part_of_another_input_model_or_choice_is_refused()
    {
        string good = "text\n" + string.Concat(Enumerable.Range(0, 2500).Select(i => $"love {i}\n"));
        string input = Write("in.csv", good + "\"open\n");
        Assert.Equal(1, Predict(input, "--out", At("out.csv")).ExitCode);
        string part = File.ReadAllText(At("out.csv.partial"));

        Refused("not those of", Write("in.csv", good.Replace("love 7\n", "love 8\n", StringComparison.Ordinal)));
        Refused("not those of", Write("in.csv", "text\nlove 0\n"));
        Write("in.csv", good);
        Refused("--top 0, now --top 2", input, "--top", "2");
        Refused("unsure below", input, "--abstain-below", "0.9");
        using var other = new TinyBundle("bad", "good");
        var run = CapturedRun.Of("predict", other.Path, input, "--out", At("out.csv"), "--resume");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("another model", run.Error);
        Assert.Equal(part, File.ReadAllText(At("out.csv.partial")));

        void Refused(string reason, params string[] args)
        {
            var run = Predict([.. args, "--out", At("out.csv"), "--resume"]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(reason, run.Error);
        }
    }

    [Fact]
    public void Rows_that_cannot_be_read_are_kept_where_that_is_asked_for()
    {
        string input = Write("in.csv", "id,text,n\n1,love,a\n2\n3,hate,b,c\n4,love,d\n");
        var run = Predict(input, "--out", At("out.csv"), "--on-error", "keep");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("2 rows could not be read", run.Error);
        Assert.Contains("line 3: the row has 1 field where 3 are expected", run.Error);
        Assert.Equal(
            $"id,text,n,label,probability,known_words\n1,love,a,{Expected("love")}\n2,,,,,\n3,hate,b,c,,,\n4,love,d,"
                + $"{Expected("love")}\n",
            File.ReadAllText(At("out.csv"))
        );
        string objects = Write("in.jsonl", "{\"text\":\"love\"}\n{\"other\":1}\nno json\n");
        Assert.Equal(0, Predict(objects, "--out", At("out.jsonl"), "--on-error", "keep").ExitCode);
        string[] lines = File.ReadAllLines(At("out.jsonl"));
        Assert.Equal("{\"other\":1,\"label\":null}", lines[1]);
        Assert.Equal("{\"line\":\"no json\",\"label\":null}", lines[2]);
    }

    [Fact]
    public void A_quote_that_is_never_closed_stops_even_then()
    {
        string input = Write("in.csv", "text\nlove\n\"hate\nfilm\n");
        var run = Predict(input, "--out", At("out.csv"), "--on-error", "keep");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("line 3: a quote", run.Error);
    }

    [Fact]
    public void A_file_is_taken_for_a_file_and_that_is_said()
    {
        string input = Write("in.txt", "love\nhate\n");
        var run = Predict(input);
        Assert.Equal(2, run.Out.TrimEnd('\n').Split('\n').Length);
        Assert.Contains($"reading the texts of the file {input}", run.Error);
        Assert.Single(Predict(input, "--as-text").Out.TrimEnd('\n').Split('\n'));
        Assert.Equal(2, Predict(input, "love").ExitCode);
        var missing = Predict(At("inn.txt"));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("there is no such file", missing.Error);
    }

    [Fact]
    public void Swapped_arguments_are_recognised()
    {
        string input = Write("in.csv", "text\nlove\n");
        foreach (string command in new[] { "predict", "evaluate" })
        {
            var run = CapturedRun.Of(command, input, _bundle.Path);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains($"{command} {_bundle.Path} {input}", run.Error);
        }
    }

    [Fact]
    public void Standard_input_is_read_as_the_table_that_it_is()
    {
        var run = CapturedRun.With("id,text\n1,love\n", "predict", _bundle.Path, "-", "--text-column", "text");
        Assert.Equal($"id,text,label,probability,known_words\n1,love,{Expected("love")}\n", run.Out);
    }

    [Fact]
    public void Bytes_are_read_as_they_are_in_training()
    {
        string input = Write("in.csv", "text,name\nlove,caf\u00E9\n", Encoding.Latin1);
        Assert.Contains($"love,caf\u00E9,{Expected("love")}\n", Scored(input, "out.csv"));
        Assert.Contains($"love,caf\u00E9,{Expected("love")}\n", Scored(input, "latin.csv", "--encoding", "latin-1"));
        string wide = Write("wide.csv", "text,name\nlove,caf\u00E9\n", Encoding.Unicode);
        Assert.Contains($"love,caf\u00E9,{Expected("love")}\n", Scored(wide, "wide-out.csv"));
        // A word of the model that no other reading of the bytes gives.
        string accents = Write("accents.csv", "text\nlove \u00E9t\u00E9 love\n", Encoding.Latin1);
        Assert.Contains(
            $"{Expected("love \u00E9t\u00E9 love")}\n",
            Scored(accents, "accents-out.csv", "--encoding", "latin-1")
        );
        string mark = Write("mark.csv", "text,name\nlove,x\n", new UTF8Encoding(true));
        Assert.StartsWith("text,name,label", Scored(mark, "mark-out.csv"));
    }

    [Fact]
    public void Without_a_name_the_encoding_is_that_of_the_training_file()
    {
        string path = At("cyrillic");
        using (var predictor = Predictor.Load(_bundle.Path))
        {
            var reading = new CorpusSummary
            {
                Layout = new CorpusLayout("CSV"),
                Encoding = "windows-1251",
                Rows = 1,
            };
            predictor.WithCard(new ModelCard { Data = DataSource.None with { Reading = reading } }).Save(path);
        }
        byte[] bytes = [.. "text,name\nlove,"u8, 0xEF, 0xF0, 0xE8, .. "\n"u8];
        File.WriteAllBytes(At("in.csv"), bytes);
        var run = CapturedRun.Of("predict", path, At("in.csv"), "--out", At("out.csv"));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("love,\u043F\u0440\u0438,", File.ReadAllText(At("out.csv")));
        Assert.Equal(
            0,
            CapturedRun.Of("predict", path, At("in.csv"), "--out", At("latin.csv"), "--encoding", "latin1").ExitCode
        );
        Assert.Contains("love,\u00EF\u00F0\u00E8,", File.ReadAllText(At("latin.csv")));
    }

    [Fact]
    public void Several_columns_are_one_text()
    {
        string input = Write("in.csv", "title,body\nlove,this song\n");
        Assert.Equal(
            $"title,body,label,probability,known_words\nlove,this song,{Expected("love this song")}\n",
            Scored(input, "out.csv", "--text-column", "title,body")
        );
    }

    [Theory]
    [InlineData("--out and --resume are for a FILE", "some words", "--out", "x.csv")]
    [InlineData("--resume goes on with the file of --out", "-", "--resume")]
    public void Options_that_do_not_fit_are_refused(string reason, params string[] args)
    {
        var run = Predict(args);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(reason, run.Error);
    }

    [Fact]
    public void The_file_that_is_read_is_not_overwritten()
    {
        string input = Write("in.csv", "text\nlove\n");
        Assert.Equal(1, Predict(input, "--out", input).ExitCode);
        Assert.Equal("text\nlove\n", File.ReadAllText(input));
    }

    [Fact]
    public void A_sum_is_given_as_json()
    {
        string input = Write("in.csv", "text\nlove\nzzz\n");
        using var json = JsonDocument.Parse(Predict(input, "--out", At("out.csv"), "--json").Out);
        Assert.Equal(2, json.RootElement.GetProperty("rows").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("withoutKnownWords").GetInt32());
    }
}
