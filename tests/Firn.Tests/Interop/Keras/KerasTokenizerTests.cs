using System.Text.Json;
using System.Text.RegularExpressions;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Preprocessing;

namespace Firn.Tests.Interop.Keras;

public sealed class KerasTokenizerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-tokenizer-").FullName;

    public static TheoryData<string> Tokenizers => KerasGolden.Names("tokenizers");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Texts_become_the_ids_that_keras_gives(string name)
    {
        JsonElement golden = KerasGolden.Case("tokenizers", name);
        KerasTokenizer tokenizer = KerasTokenizer.Load(KerasGolden.Write(golden, _folder));
        Assert.Equal(golden.GetProperty("words").GetInt32(), tokenizer.WordIndex.Count);
        Assert.Equal(golden.GetProperty("missing").EnumerateArray().Select(m => m.GetString()), tokenizer.Missing);
        for (int i = 0; i < golden.GetProperty("texts").GetArrayLength(); i++)
        {
            IEnumerable<int> expected = golden.GetProperty("ids")[i].EnumerateArray().Select(id => id.GetInt32());
            Assert.Equal(expected, tokenizer.Ids(golden.GetProperty("texts")[i].GetString()!));
        }
    }

    /// <summary>
    /// Texts of each public model's reference, through the cleaning that its author did before the tokenizer.
    /// </summary>
    [Theory]
    [InlineData("emotion-bilstm-mask-k310", "tokenizer.pickle")]
    [InlineData("epar-bilstm-functional-k24", "tokenizer.pickle")]
    [InlineData("farm-tweets-lstm-k28", "tokenizer.pkl")]
    [InlineData("hate-conv-flatten-k215", "tokenizer.pkl")]
    [InlineData("intent-gap-k38", "tokenizer_full_config.json")]
    [InlineData("intent-gap-k38", "word_index.json")]
    [InlineData("korean-lstm-k211", "tokenizer.pickle")]
    [InlineData("korean-lstm-k211", "word_index.pickle")]
    [InlineData("mongolian-textcnn-functional-k23", "final_info.pkl")]
    [InlineData("mood-lstm-en-k27", "diccionario_lemma.json")]
    [InlineData("news-lstm2-id-k27", "word_index.json")]
    [InlineData("notes-conv-bilstm-seq-zh-tf23", "tokenizer.pickle")]
    [InlineData("politics-gru-frozen-id-k211", "tokenizer.pkl")]
    [InlineData("quote-gap-k30", "tokenizer.pickle")]
    [InlineData("review-conv1d-id-k34", "tokenizer.pkl")]
    [InlineData("sarcasm-bilstm-frozen-k38", "tokenizer.pkl")]
    [InlineData("spam-bigru-k24", "tokenizer.json")]
    [InlineData("spam-gap-keras314", "tokenizer.pkl")]
    [InlineData("spam-lstm-weights-json-k23", "lstm_tokenizer.pickle")]
    [InlineData("spam-simplernn-keras315", "tokenizer.pkl")]
    public void Public_tokenizers_give_the_recorded_ids(string model, string file)
    {
        string folder = Data.Path($"keras_zoo/{model}");
        JsonElement reference = Reference(folder);
        KerasTokenizer tokenizer = KerasTokenizer.Load(Path.Combine(folder, file));
        if (tokenizer.Missing.Contains("oov_token"))
            tokenizer = tokenizer.With(Asked(model));
        JsonElement feed = reference.GetProperty("feed");
        int compared = 0;
        JsonElement texts = reference.GetProperty("texts"),
            ids = reference.GetProperty("ids");
        for (int i = 0; i < texts.GetArrayLength() && texts[i].ValueKind == JsonValueKind.String; i++)
        {
            IReadOnlyList<int> read = tokenizer.Ids(Cleaned(model, texts[i].GetString()!));
            int[] padded = KerasSequences.Pad(
                read,
                feed.GetProperty("maxlen").GetInt32(),
                Side("padding"),
                Side("truncating")
            );
            Assert.Equal(ids[i].EnumerateArray().Select(id => id.GetInt32()), padded);
            compared++;
        }
        Assert.InRange(compared, 1, 16);

        KerasSide Side(string name) => feed.GetProperty(name).GetString() == "pre" ? KerasSide.Pre : KerasSide.Post;
    }

    [Fact]
    public void A_text_vectorization_gives_the_recorded_ids()
    {
        string folder = Data.Path("keras_zoo/spam-textvec-keras315");
        KerasFile file = KerasFile.Load(Path.Combine(folder, "spam_model.keras"));
        KerasTextVectorization rules = file
            .Nodes.Select(n => n.Layer)
            .OfType<TextVectorizationLayer>()
            .Single()
            .Vectorization;
        JsonElement reference = Reference(folder);
        for (int i = 0; i < 4; i++)
        {
            string text = reference.GetProperty("texts")[i].GetString()!;
            Assert.Equal(reference.GetProperty("ids")[i].EnumerateArray().Select(id => id.GetInt32()), rules.Ids(text));
        }
    }

    [Fact]
    public void Another_pickled_tokenizer_has_the_words_of_its_index_as_json()
    {
        KerasTokenizer pickled = KerasTokenizer.Load(Data.Path("keras/lstm_reviews_id_tokenizer.pickle"));
        KerasTokenizer json = KerasTokenizer.Load(Data.Path("keras/lstm_reviews_id_word_index.json"));
        Assert.Equal(json.WordIndex.OrderBy(w => w.Value), pickled.WordIndex.OrderBy(w => w.Value));
        Assert.Equal((1000, "<OOV>", 1), (pickled.Options.NumWords, pickled.Options.OovToken, pickled.OovId));
        Assert.Empty(pickled.Missing);
        Assert.Contains("num_words", json.Missing);
    }

    [Theory]
    [InlineData("[1, 2]", "is no object")]
    [InlineData("{}", "has no words")]
    [InlineData("{\"a\": 1.5}", "the id of 'a' is 1.5")]
    [InlineData("{\"max_len\": 500, \"vocabulary\": 5000}", "ids go up to 5000 for 2 words")]
    [InlineData("{\"a\": -1}", "the id of 'a' is -1")]
    [InlineData("{\"word_index\": {\"a\": 1}, \"oov_token\": \"b\"}", "'b' has no id")]
    [InlineData("{\"word_index\": {\"a\": 1}, \"split\": \"\"}", "split must not be empty")]
    [InlineData("{\"word_index\": {\"a\": 1}, \"lower\": \"yes\"}", "'lower' is yes")]
    [InlineData("{\"word_index\": \"{\"}", "this is no JSON")]
    [InlineData("{\"a\": 1", "this is no JSON")]
    [InlineData("{\"\\ud83d\": 1}", "broken characters")]
    [InlineData("{\"model\": {}, \"pre_tokenizer\": {}}", "Hugging Face")]
    [InlineData("cos\nsystem\n(S'touch canary'\ntR.", "holds a os.system where a tokenizer is expected")]
    public void Bad_files_are_one_line_that_says_why(string content, string says)
    {
        string path = Path.Combine(_folder, "tokenizer");
        File.WriteAllText(path, content);
        string message = Assert.Throws<InvalidDataException>(() => KerasTokenizer.Load(path)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.False(File.Exists("canary"));
    }

    [Theory]
    [InlineData(KerasSide.Pre, KerasSide.Pre, "1 2 3", 5, "0 0 1 2 3")]
    [InlineData(KerasSide.Post, KerasSide.Pre, "1 2 3", 5, "1 2 3 0 0")]
    [InlineData(KerasSide.Post, KerasSide.Pre, "1 2 3", 2, "2 3")]
    [InlineData(KerasSide.Pre, KerasSide.Post, "1 2 3", 2, "1 2")]
    [InlineData(KerasSide.Pre, KerasSide.Post, "", 2, "0 0")]
    public void Ids_are_padded_and_cut_at_either_end(
        KerasSide padding,
        KerasSide truncating,
        string ids,
        int length,
        string expected
    )
    {
        int[] given = [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.Equal(expected.Split(' ').Select(int.Parse), KerasSequences.Pad(given, length, padding, truncating));
    }

    private static JsonElement Reference(string folder) =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "reference.json"))).RootElement;

    /// <summary>What the author's program does before the tokenizer, as far as these sentences need it.</summary>
    private static string Cleaned(string model, string text) =>
        model switch
        {
            "farm-tweets-lstm-k28" => Regex.Replace(text, @"\b(in|the|are|for)\b ?", ""),
            "spam-bigru-k24" => Regex.Replace(text, "[^a-zA-Z]", " "),
            "spam-simplernn-keras315" => Regex.Replace(text.ToLowerInvariant(), "[^a-z0-9 ]", ""),
            _ => text,
        };

    /// <summary>What the files of an index alone lack, from the models' sources.</summary>
    private static KerasTokenizerOptions Asked(string model) =>
        model switch
        {
            "intent-gap-k38" => new KerasTokenizerOptions { NumWords = 1000, OovToken = "<OOV>" },
            "korean-lstm-k211" => new KerasTokenizerOptions { NumWords = 1867 },
            "news-lstm2-id-k27" => new KerasTokenizerOptions { NumWords = 4100, OovToken = "x" },
            _ => new KerasTokenizerOptions(),
        };
}
