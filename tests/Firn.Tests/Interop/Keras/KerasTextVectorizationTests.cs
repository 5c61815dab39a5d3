using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Layers;
using Firn.Interop.Keras.Preprocessing;

namespace Firn.Tests.Interop.Keras;

/// <summary>The layer's rules as TensorFlow documents them.</summary>
public class KerasTextVectorizationTests
{
    private static readonly string[] Words = ["the", "snow", "the snow", "t", "ice!", "É", "é", "don't", "dont"];

    [Theory]
    [InlineData("{}", "The  SNOW,\tdon't É é", "2 3 10 7 8")]
    [InlineData("{'standardize':null}", "the ice! don't The", "2 6 9 1")]
    [InlineData("{'standardize':'lower'}", "The ICE! DON'T", "2 6 9")]
    [InlineData("{'standardize':'strip_punctuation'}", "the, The d-on't", "2 1 10")]
    [InlineData("{'split':'character'}", "té💩", "5 8 1")]
    [InlineData("{'split':null}", "The snow", "4")]
    [InlineData("{'ngrams':2}", "the snow t", "2 3 5 4 1")]
    [InlineData("{'ngrams':[2]}", "the snow", "4")]
    [InlineData("{'output_sequence_length':3}", "the", "2 0 0")]
    [InlineData("{'output_sequence_length':2}", "the snow t", "2 3")]
    [InlineData("{}", "the\u00a0snow \f t", "1 5")]
    [InlineData("{}", "", "")]
    public void Texts_become_ids(string config, string text, string expected)
    {
        IReadOnlyList<int> ids = Read(config).WithVocabulary(Words).Ids(text);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse), ids);
    }

    [Fact]
    public void A_vocabulary_comes_with_or_without_its_special_words()
    {
        KerasTextVectorization whole = Read("{'vocabulary':['','[UNK]','a']}"),
            bare = Read("{'vocabulary':['a']}");
        Assert.Equal(whole.Vocabulary, bare.Vocabulary);
        Assert.Equal([2, 1], bare.Ids("a b"));
        Assert.Null(Read("{'vocabulary':null}").Vocabulary);
        Assert.Throws<InvalidOperationException>(() => Read("{}").Ids("a"));
    }

    [Theory]
    [InlineData("{'vocabulary':['a','a']}", "'a' stands twice")]
    [InlineData("{'max_tokens':2,'vocabulary':['a']}", "3 words where the layer allows 2")]
    public void A_wrong_vocabulary_is_refused(string config, string says)
    {
        string message = Assert.Throws<InvalidDataException>(() => Read(config)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Vocabularies => KerasGolden.Names("vocabularies");

    [Theory]
    [MemberData(nameof(Vocabularies))]
    public void A_vocabulary_is_read_from_a_file_of_its_own(string name)
    {
        string folder = Directory.CreateTempSubdirectory("firn-vocabulary-").FullName;
        string path = KerasGolden.Write(KerasGolden.Case("vocabularies", name), folder);
        KerasTextVectorization rules = Read("{}").WithVocabularyFile(path);
        Directory.Delete(folder, recursive: true);
        Assert.Equal(["", "[UNK]", "the", "snow", "雪"], rules.Vocabulary);
    }

    [Theory]
    [InlineData("[1]", "Number where a word is expected")]
    [InlineData("{}", "is no list of words")]
    [InlineData("a\nb\na\n", "'a' stands twice")]
    [InlineData("cos\nsystem\n(S'touch canary'\ntR.", "no list of words")]
    public void A_file_without_a_vocabulary_is_refused(string content, string says)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        string message = Assert.Throws<InvalidDataException>(() => Read("{}").WithVocabularyFile(path)).Message;
        File.Delete(path);
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
    }

    private static KerasTextVectorization Read(string config)
    {
        JsonElement json = JsonDocument.Parse(config.Replace('\'', '"')).RootElement;
        return KerasTextVectorization.Read(
            new LayerConfig("model.keras", "text", "TextVectorization", json, KerasVersion.Parse("3.8.0"))
        );
    }
}
