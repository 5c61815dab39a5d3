using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Conversion;
using Firn.Interop.Keras.Preprocessing;
using Firn.Tests.Interop.Keras;
using Firn.Text;

namespace Firn.Tests.Text;

/// <summary>
/// The tokenizer of an imported model gives Keras' ids, also of words that a vocabulary's file could not hold.
/// </summary>
public sealed class KerasTextTests : IDisposable
{
    private const string Odd =
        "Hello\r\nWORLD  <PAD> <unk> don't A\u00A0B \u0130\u03A3 x\ty \uD83D\uDE00 half \u240D end.";
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-keras-text-").FullName;

    /// <summary>All but one that was made by hand so that two words have one id, which no fit of Keras gives.</summary>
    public static TheoryData<string> Tokenizers =>
        [
            .. KerasGolden
                .Root.GetProperty("tokenizers")
                .EnumerateArray()
                .Select(c => c.GetProperty("name").GetString()!)
                .Where(n => n != "the unknown word is also a word"),
        ];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void Texts_have_the_ids_of_keras(string name)
    {
        JsonElement golden = KerasGolden.Case("tokenizers", name);
        KerasTokenizer tokenizer = KerasTokenizer.Load(KerasGolden.Write(golden, _folder));
        ConvertedText text = TextConversion.Of(
            "t",
            tokenizer,
            KerasCleaning.Keras,
            tokenizer.WordIndex.Values.Max() + 1
        );
        for (int i = 0; i < golden.GetProperty("texts").GetArrayLength(); i++)
        {
            IEnumerable<int> expected = golden.GetProperty("ids")[i].EnumerateArray().Select(id => id.GetInt32());
            Assert.Equal(expected, Ids(text, golden.GetProperty("texts")[i].GetString()!));
        }
    }

    [Theory]
    [InlineData(true, "", " ", false)]
    [InlineData(false, "", " ", false)]
    [InlineData(true, "<>", " ", false)]
    [InlineData(true, "<>\n", "e", false)]
    [InlineData(true, "", " ", true)]
    public void Words_that_a_file_cannot_hold_keep_their_ids(bool lower, string filters, string split, bool characters)
    {
        var options = new KerasTokenizerOptions
        {
            Lower = lower,
            Filters = filters,
            Split = split,
            CharLevel = characters,
        };
        var words = new List<string>();
        foreach (string word in Words(Odd, options))
        {
            if (!words.Contains(word))
                words.Add(word);
        }
        var tokenizer = new KerasTokenizer(words.Select((w, i) => KeyValuePair.Create(w, i + 1)), options);
        ConvertedText text = TextConversion.Of("t", tokenizer, KerasCleaning.Keras, words.Count + 1);
        var file = new MemoryStream();
        text.Vocabulary.Save(file);
        file.Position = 0;
        var loaded = new ConvertedText(text.Cleaning, Vocabulary.Load(file, "file"), []);
        Assert.Equal(tokenizer.Ids(Odd), Ids(text, Odd));
        Assert.Equal(tokenizer.Ids(Odd), Ids(loaded, Odd));
    }

    [Fact]
    public void Limits_and_unknown_words_are_those_of_keras()
    {
        var index = new Dictionary<string, int>
        {
            ["a"] = 1,
            ["b"] = 2,
            ["x"] = 3,
            ["c"] = 4,
            ["d"] = 9,
        };
        foreach (
            KerasTokenizerOptions options in new KerasTokenizerOptions[]
            {
                new(),
                new() { NumWords = 3 },
                new() { NumWords = 3, OovToken = "x" },
                new() { OovToken = "a" },
            }
        )
        {
            var tokenizer = new KerasTokenizer(index, options);
            ConvertedText text = TextConversion.Of("t", tokenizer, KerasCleaning.Keras, 10);
            Assert.Equal(tokenizer.Ids("a b c d e x"), Ids(text, "a b c d e x"));
        }
    }

    [Fact]
    public void Words_beyond_the_embedding_are_unknown_and_told()
    {
        var tokenizer = new KerasTokenizer(
            new Dictionary<string, int>
            {
                ["<o>"] = 1,
                ["b"] = 2,
                ["c"] = 3,
            },
            new() { OovToken = "<o>" }
        );
        ConvertedText text = TextConversion.Of("t", tokenizer, KerasCleaning.Keras, 3);
        Assert.Equal([2, 1], Ids(text, "b c"));
        Assert.Contains(
            "1 words of the tokenizer have ids from 3 on",
            Assert.Single(text.Notes),
            StringComparison.Ordinal
        );
        Assert.Throws<KerasImportException>(() =>
            TextConversion.Of("t", tokenizer.With(new() { OovToken = "c" }), KerasCleaning.Keras, 3)
        );
    }

    [Fact]
    public void Steps_clean_as_their_authors_program()
    {
        string path = Path.Combine(_folder, "cleaning.json");
        File.WriteAllText(
            path,
            """
            [ {"lower_case": true}, {"replace": "https?://\\S+", "by": " "}, {"replace": "[^a-z ]"}, // as re.sub
              {"drop_stop_words": "english"}, {"drop_words": ["farm"]}, {"stem": "english"} ]
            """
        );
        var steps = new CleaningSteps(KerasCleaning.Load(path).Steps);
        Assert.Equal("love run", steps.Clean("The FARM loved http://x.y/z?a=1 running!"));
    }

    [Theory]
    [InlineData("[{}]", "Step 1 of the cleaning must do one thing")]
    [InlineData(
        "[{\"lower_case\": true}, {\"stem\": \"german\"}]",
        "Step 2 of the cleaning names the language 'german'"
    )]
    [InlineData("[{\"replace\": \"(?=x)\"}]", "has a pattern that cannot be used")]
    [InlineData("[{\"replace\": \"(\"}]", "has a pattern that cannot be used")]
    [InlineData("[{\"run\": \"rm\"}]", "line 1")]
    [InlineData("{}", "there are no steps")]
    public void Steps_that_cannot_be_are_named(string json, string says)
    {
        string path = Path.Combine(_folder, "cleaning.json");
        File.WriteAllText(path, json);
        var error = Assert.Throws<InvalidDataException>(() => KerasCleaning.Load(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_vectorization_cuts_as_its_layer()
    {
        string path = KerasZoo.ModelOf("spam-textvec-keras315");
        var layer = (Firn.Interop.Keras.Layers.TextVectorizationLayer)
            KerasFile.Load(path).Nodes.First(n => n.Layer is Firn.Interop.Keras.Layers.TextVectorizationLayer).Layer;
        ConvertedText text = TextConversion.Of(path, layer.Vectorization, null, 1000);
        foreach (
            string sample in new[]
            {
                "win a FREE iphone now, click here",
                "see you later\u00A0free",
                "",
                "İ free! it's",
            }
        )
        {
            int[] expected = [.. layer.Vectorization.Ids(sample).Reverse().SkipWhile(id => id == 0).Reverse()];
            Assert.Equal(expected, Ids(text, sample));
        }
    }

    private static List<int> Ids(ConvertedText text, string sample)
    {
        var tokens = new TokenBuffer();
        new Tokenizer(text.Cleaning).Tokenize(sample, tokens);
        var ids = new List<int>();
        text.Vocabulary.Encode(tokens, ids);
        return ids;
    }

    private static IEnumerable<string> Words(string text, KerasTokenizerOptions options)
    {
        text = options.Lower ? PythonText.Lower(text) : text;
        return options.CharLevel
            ? PythonText.Characters(text)
            : PythonText.Split(
                PythonText.Replace(text, options.Filters.EnumerateRunes().ToHashSet(), options.Split),
                options.Split
            );
    }
}
