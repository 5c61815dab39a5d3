using System.Text.Json;
using Firn.Interop.Export;
using Firn.Interop.Keras.Export;
using Firn.Interop.Keras.Preprocessing;
using Firn.Vectors;

namespace Firn.Tests.Interop.Export;

/// <summary>What leaves an imported model again: the words that it has, under their ids, and no others.</summary>
public sealed class ImportedExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-again-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Its_tokenizer_is_the_one_that_was_imported(bool characters)
    {
        using Predictor predictor = Import(
            new()
            {
                OovToken = "<OOV>",
                Filters = ",",
                CharLevel = characters,
            },
            ("<OOV>", 3),
            ("a", 1),
            ("b", 5),
            ("c", 9)
        );
        KerasExport.Save(predictor, Path.Combine(_folder, "out"));
        var tokenizer = KerasTokenizer.Load(Path.Combine(_folder, "out", "tokenizer.json"));
        Assert.Equal(
            ("<OOV>", 3, characters),
            (tokenizer.Options.OovToken, tokenizer.OovId, tokenizer.Options.CharLevel)
        );
        Assert.Equal(["a", "<OOV>", "b", "c"], tokenizer.WordIndex.OrderBy(w => w.Value).Select(w => w.Key));
        string text = characters ? "abxc" : "a b x c";
        Assert.Equal([1, 5, 3, 9], tokenizer.Ids(text));
        Assert.Equal([1, 5, 3, 9], predictor.Encode([text]).Ids.ToArray());
    }

    [Fact]
    public void Ids_without_a_word_have_no_vector_to_show()
    {
        using Predictor predictor = Import(new(), ("a", 1), ("b", 5), ("c", 9));
        foreach (string name in (string[])["words.txt", "words.bin"])
        {
            ExportResult result = EmbeddingExport.SaveWord2Vec(predictor, Path.Combine(_folder, name));
            using WordVectors vectors = WordVectors.Load(result.Files[0]);
            Assert.Equal(["a", "b", "c"], vectors.Words);
            Assert.Empty(result.Notes);
        }
        EmbeddingExport.SaveProjector(predictor, Path.Combine(_folder, "projector"));
        Assert.Equal(["a", "b", "c"], File.ReadAllLines(Path.Combine(_folder, "projector", "metadata.tsv")));
        using var golden = JsonDocument.Parse(Golden(predictor));
        Assert.DoesNotContain("unused", golden.RootElement.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_with_a_blank_is_named_where_the_format_cannot_hold_it()
    {
        using Predictor predictor = Import(new() { Split = "," }, ("of the", 1), ("b", 2));
        string path = Path.Combine(_folder, "words.txt");
        string message = Assert.Throws<ExportException>(() => EmbeddingExport.SaveWord2Vec(predictor, path)).Message;
        Assert.StartsWith("word2vec: the model's token 'of the' holds a blank", message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        EmbeddingExport.SaveProjector(predictor, Path.Combine(_folder, "projector"));
        Assert.Equal(["of the", "b"], File.ReadAllLines(Path.Combine(_folder, "projector", "metadata.tsv")));
    }

    [Fact]
    public void Two_formats_may_lie_in_one_folder()
    {
        using Predictor predictor = Import(new(), ("a", 1), ("b", 5));
        Firn.Interop.Onnx.OnnxExport.Save(predictor, Path.Combine(_folder, "tweets.onnx"));
        KerasExport.Save(predictor, Path.Combine(_folder, "tweets.keras"));
        Assert.True(File.Exists(Path.Combine(_folder, "tweets.onnx.golden.json")));
        Assert.True(File.Exists(Path.Combine(_folder, "tweets.keras.golden.json")));
        Assert.Contains(
            "open(\"tweets.onnx.vocabulary.txt\"",
            File.ReadAllText(Path.Combine(_folder, "tweets.onnx.README.md")),
            StringComparison.Ordinal
        );
    }

    private string Golden(Predictor predictor)
    {
        KerasExport.Save(predictor, Path.Combine(_folder, "golden"));
        return File.ReadAllText(Path.Combine(_folder, "golden", "golden.json"));
    }

    /// <summary>A small model of twelve ids with a tokenizer of these words.</summary>
    private Predictor Import(KerasTokenizerOptions options, params (string Word, int Id)[] words) =>
        ImportedModels.Make(_folder, options, words);
}
