using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Firn.Bundles;
using Firn.Data;
using Firn.Evaluation;
using Firn.Model;

namespace Firn.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private static readonly string[] Texts = ["I love this good song", "very bad day, not happy", ""];
    private readonly string _root = Directory.CreateTempSubdirectory("firn-bundle-").FullName;

    private string Folder => Path.Combine(_root, "models", "tweets");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    public static TheoryData<string, string[], ClassifierOptions> Models() =>
        new()
        {
            {
                "two classes",
                ["negative", "positive"],
                new() { HiddenSize = 5 }
            },
            {
                "three classes",
                ["anger", "joy", "sadness"],
                new() { HiddenSize = 4, Bidirectional = true }
            },
            {
                "attention",
                ["no", "yes"],
                new()
                {
                    HiddenSize = 3,
                    Pooling = Pooling.Attention,
                    InputDropout = 0.25,
                }
            },
            {
                "two levels",
                ["no", "yes"],
                new()
                {
                    Encoder = EncoderKind.Gru,
                    Layers = 2,
                    HiddenSize = 3,
                    Bidirectional = true,
                }
            },
            {
                "convolutions",
                ["no", "yes"],
                new()
                {
                    Encoder = EncoderKind.Convolution,
                    Widths = [1, 4],
                    HiddenSize = 3,
                    Pooling = Pooling.Max,
                }
            },
            {
                "mean",
                ["no", "yes"],
                new()
                {
                    Encoder = EncoderKind.Mean,
                    HiddenSize = 3,
                    Pooling = Pooling.Mean,
                }
            },
        };

    [Fact]
    public void A_bundle_from_before_there_were_other_encoders_holds_one_LSTM()
    {
        using Predictor saved = SmallPredictor.Make();
        saved.Save(Folder);
        string path = Path.Combine(Folder, "model.json");
        JsonNode model = JsonNode.Parse(File.ReadAllText(path))!;
        JsonObject architecture = model["architecture"]!.AsObject();
        foreach (string later in new[] { "encoder", "layers", "widths" })
            Assert.True(architecture.Remove(later));
        model["checksum"] = new string('0', 64);
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(model);
        model["checksum"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(model));

        using Predictor loaded = Predictor.Load(Folder);
        Assert.Equal(saved.Classifier.Options, loaded.Classifier.Options);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void What_is_loaded_predicts_as_what_was_saved(string name, string[] labels, ClassifierOptions options)
    {
        using Predictor saved = SmallPredictor.Make(labels: labels, options: options);
        saved.Save(Folder);
        using Predictor loaded = Predictor.Load(Folder);

        Assert.True(Texts.Zip(Texts).All(t => loaded.Predict(t.First).Score == saved.Predict(t.Second).Score), name);
        Assert.Equal(saved.Labels, loaded.Labels);
        Assert.Equal(saved.Neutral, loaded.Neutral);
        Assert.Equal(saved.Classifier.Options, loaded.Classifier.Options);
        Assert.Equal(saved.Tokenizer.Options, loaded.Tokenizer.Options);
        Assert.Equal(saved.Vocabulary.Hash, loaded.Vocabulary.Hash);
        Assert.Equal(
            saved.Classifier.Parameters.SelectMany(p => p.Values.ToArray()),
            loaded.Classifier.Parameters.SelectMany(p => p.Values.ToArray())
        );
    }

    [Fact]
    public void A_new_bundle_has_the_names_of_the_format_and_nothing_is_left_beside_it()
    {
        SmallPredictor.Make().Save(Folder);
        Assert.Equal(
            ["golden.json", "model.json", "vectors.safetensors", "vocabulary.txt", "weights.safetensors"],
            FilesIn(Folder)
        );
        Assert.Equal([Folder], Directory.GetFileSystemEntries(Path.GetDirectoryName(Folder)!));
    }

    [Fact]
    public void Card_band_and_length_survive_a_copy_of_a_copy()
    {
        using Predictor made = SmallPredictor.Make();
        using var saved = new Predictor(made.Tokenizer, made.Vocabulary, made.Classifier, made.Labels)
        {
            MaxTokens = 17,
            Neutral = new NeutralBand
            {
                Low = 0.25,
                High = 0.75,
                Label = "so-so",
            },
            Card = new ModelCard
            {
                Data = new DataSource("tweets.csv", 123, new string('a', 64)),
                Metrics = new Dictionary<string, double> { ["accuracy"] = 0.76, ["roc_auc"] = double.NaN },
                Training = JsonDocument.Parse("""{"epochs": 8}""").RootElement,
            },
        };
        saved.Save(Folder);
        using (Predictor first = Predictor.Load(Folder))
            first.Save(Folder + "-copy");
        using Predictor copy = Predictor.Load(Folder + "-copy");
        Assert.Equal((17, saved.Neutral, saved.Card.Data), (copy.MaxTokens, copy.Neutral, copy.Card.Data));
        Assert.Equal([0.76, double.NaN], new[] { copy.Card.Metrics["accuracy"], copy.Card.Metrics["roc_auc"] });
        Assert.Equal(8, copy.Card.Training!.Value.GetProperty("epochs").GetInt32());
        Assert.Equal(Bundle.FirnVersion, copy.Card.FirnVersion);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(Folder, "model.json")),
            File.ReadAllBytes(Path.Combine(Folder + "-copy", "model.json"))
        );
    }

    [Fact]
    public void A_stranger_can_read_the_files_by_the_documented_format()
    {
        using Predictor saved = SmallPredictor.Make();
        saved.Save(Folder);
        using JsonDocument model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "model.json")));
        JsonElement weights = model.RootElement.GetProperty("files").GetProperty("weights");
        byte[] bytes = File.ReadAllBytes(Path.Combine(Folder, weights.GetProperty("name").GetString()!));
        Assert.Equal(weights.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
        Assert.Equal("<pad>\ngood\nbad\n", File.ReadAllText(Path.Combine(Folder, "vocabulary.txt"))[..15]);

        int header = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using JsonDocument tensors = JsonDocument.Parse(bytes.AsMemory(8, header));
        JsonElement bias = tensors.RootElement.GetProperty("lstm.bias");
        Assert.Equal(20, bias.GetProperty("shape")[0].GetInt32());
        float forget = BinaryPrimitives.ReadSingleLittleEndian(
            bytes.AsSpan(8 + header + bias.GetProperty("data_offsets")[0].GetInt32() + 4 * 5)
        );
        Assert.Equal(1f, forget); // the forget gate's bias starts at 1
    }

    [Fact]
    public void One_changed_byte_anywhere_fails_and_names_the_file()
    {
        SmallPredictor.Make().Save(Folder);
        var random = new Random(1);
        foreach (string path in Directory.GetFiles(Folder))
        {
            byte[] whole = File.ReadAllBytes(path);
            for (int trial = 0; trial < 25; trial++)
            {
                byte[] changed = [.. whole];
                int at = trial switch
                {
                    0 => 0,
                    1 => whole.Length - 1,
                    _ => random.Next(whole.Length),
                };
                changed[at] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(path, changed);
                var error = Assert.Throws<InvalidDataException>(() => Predictor.Load(Folder).Dispose());
                Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
            }
            File.WriteAllBytes(path, whole);
        }
        Predictor.Load(Folder).Dispose();
    }

    [Fact]
    public void A_refused_bundle_leaves_no_file_mapped()
    {
        Assert.SkipUnless(File.Exists("/proc/self/maps"), "needs /proc");
        SmallPredictor.Make().Save(Folder);
        string path = Path.Combine(Folder, "model.json"),
            description = File.ReadAllText(path);
        string other = System.Text.RegularExpressions.Regex.Replace(description, "\"rows\": \\d+", "\"rows\": 77");
        Assert.NotEqual(description, other);
        File.WriteAllText(path, other);
        Assert.Throws<InvalidDataException>(() => Predictor.Load(Folder));
        Assert.DoesNotContain(Folder, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_or_missing_file_fails_and_names_the_file()
    {
        SmallPredictor.Make().Save(Folder);
        foreach (string path in Directory.GetFiles(Folder))
        {
            byte[] whole = File.ReadAllBytes(path);
            foreach (int length in (int[])[0, 1, 7, whole.Length / 2, whole.Length - 1])
            {
                File.WriteAllBytes(path, whole[..length]);
                var error = Assert.Throws<InvalidDataException>(() => Predictor.Load(Folder).Dispose());
                Assert.Contains(Path.GetFileName(path), error.Message, StringComparison.Ordinal);
            }
            File.Delete(path);
            SystemException missing = Assert.ThrowsAny<SystemException>(() => Predictor.Load(Folder).Dispose());
            Assert.Contains(Path.GetFileName(path), missing.Message, StringComparison.Ordinal);
            File.WriteAllBytes(path, whole);
        }
    }

    [Fact]
    public void Scores_other_than_the_stored_ones_fail_even_when_every_hash_is_right()
    {
        using Predictor saved = SmallPredictor.Make(1),
            other = SmallPredictor.Make(2);
        GoldenFile golden = GoldenFile.Of(saved);
        golden.Check(saved, "golden.json");
        var error = Assert.Throws<InvalidDataException>(() => golden.Check(other, "golden.json"));
        Assert.StartsWith("golden.json: text ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_format_asks_for_a_later_Firn()
    {
        SmallPredictor.Make().Save(Folder);
        string path = Path.Combine(Folder, "model.json");
        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace("\"format_version\": 1", "\"format_version\": 3", StringComparison.Ordinal)
        );
        Assert.Contains(
            "Use a later Firn",
            Assert.Throws<InvalidDataException>(() => Predictor.Load(Folder)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_place_without_a_bundle_is_named()
    {
        Assert.Contains(
            "does not exist",
            Assert.Throws<FileNotFoundException>(() => Predictor.Load(Folder)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "no bundle",
            Assert.Throws<FileNotFoundException>(() => Predictor.Load(_root)).Message,
            StringComparison.Ordinal
        );
    }

    private static string[] FilesIn(string folder) =>
        [.. Directory.GetFileSystemEntries(folder).Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal)];
}
