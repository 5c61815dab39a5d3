using System.Text.Json;
using Firn.Interop.Export;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Export;
using Firn.Interop.Keras.Preprocessing;
using Firn.Layers;
using Firn.Model;
using Firn.Tests.Interop.Keras;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>Exported Keras files hold the same bits, and mean the same by Keras' equations.</summary>
public sealed class KerasExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-keras-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<EncoderKind, Pooling, bool, int> Models() =>
        new()
        {
            { EncoderKind.Lstm, Pooling.LastState, false, 1 },
            { EncoderKind.Lstm, Pooling.LastState, true, 1 },
            { EncoderKind.Lstm, Pooling.LastState, true, 2 },
            { EncoderKind.Lstm, Pooling.Mean, false, 2 },
            { EncoderKind.Lstm, Pooling.Max, true, 1 },
            { EncoderKind.Gru, Pooling.LastState, false, 1 },
            { EncoderKind.Gru, Pooling.LastState, true, 2 },
            { EncoderKind.Gru, Pooling.Mean, true, 1 },
            { EncoderKind.Gru, Pooling.Max, false, 1 },
            { EncoderKind.Convolution, Pooling.Max, false, 1 },
            { EncoderKind.Convolution, Pooling.Mean, false, 1 },
            { EncoderKind.Mean, Pooling.Mean, false, 1 },
            { EncoderKind.Mean, Pooling.Max, false, 1 },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void Both_forms_hold_the_bits_and_answer_as_here(EncoderKind encoder, Pooling pooling, bool both, int layers)
    {
        var options = new ClassifierOptions
        {
            Encoder = encoder,
            Pooling = pooling,
            Bidirectional = both,
            Layers = layers,
            HiddenSize = 6,
            Widths = [1, 2, 4],
            Classes = layers + 1,
            Dense = [5],
            DenseActivation = layers == 1 ? Activation.Elu : Activation.Tanh,
        };
        Predictor predictor = ExportModels.Make(options);
        foreach (string ending in (string[])[".keras", ".h5"])
        {
            string path = Path.Combine(_folder, "model" + ending);
            KerasExport.Save(predictor, path, new ExportSettings { ReplaceExisting = true });
            var file = KerasFile.Load(path);
            Assert.Equal(ending == ".h5" ? KerasFileKind.Hdf5 : KerasFileKind.Archive, file.Kind);
            AssertSameBits(predictor.Classifier, file);
            RaggedIds texts = ExportModels.Texts(30);
            float[] here = predictor.Probabilities(texts);
            foreach (int i in Enumerable.Range(0, texts.Count).Where(i => texts.LengthOf(i) > 0))
            {
                int[] ids = texts[i].ToArray();
                foreach (int[] padded in (int[][])[ids, [.. ids, 0, 0, 0], [0, 0, .. ids]])
                {
                    double[] answer = KerasReference.Answer(file, padded)[0];
                    Assert.Equal(options.OutputSize, answer.Length);
                    for (int k = 0; k < answer.Length; k++)
                        Assert.Equal(here[i * answer.Length + k], answer[k], 1e-6);
                }
            }
        }
    }

    [Fact]
    public void A_model_of_padded_texts_has_their_length()
    {
        Predictor predictor = ExportModels.Make(new ClassifierOptions { HiddenSize = 6, PaddedLength = 20 });
        KerasExport.Save(predictor, Path.Combine(_folder, "padded.h5"));
        var file = KerasFile.Load(Path.Combine(_folder, "padded.h5"));
        foreach (
            int[] ids in (int[][])
                [
                    [],
                    [3, 1],
                    [.. Enumerable.Range(1, 20)],
                ]
        )
        {
            float here = predictor.Probabilities(RaggedIds.From([ids]))[0];
            Assert.Equal(here, KerasReference.Answer(file, KerasSequences.Pad(ids, 20))[0][0], 1e-6);
        }
        Assert.Contains(
            "maxlen=20, padding=\"pre\"",
            File.ReadAllText(Path.Combine(_folder, "padded.h5.README.md")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tokenizer_and_golden_file_lead_to_the_stored_probabilities()
    {
        Predictor predictor = ExportModels.Make(new ClassifierOptions { HiddenSize = 6, Classes = 3 }, prior: true);
        ExportResult result = KerasExport.Save(predictor, Path.Combine(_folder, "out"));
        Assert.Equal(
            ["model.keras", "tokenizer.json", "cleaning.json", "labels.json", "golden.json", "README.md"],
            result.Files.Select(Path.GetFileName)
        );
        Assert.Single(result.Notes);
        var tokenizer = KerasTokenizer.Load(Path.Combine(_folder, "out", "tokenizer.json"));
        Assert.Empty(tokenizer.Missing);
        Assert.Equal(predictor.Vocabulary.Count - 1, tokenizer.WordIndex.Count);
        Assert.Equal(
            [1, 60, 2],
            tokenizer.Ids($"{predictor.Vocabulary[1]} unheard {predictor.Vocabulary[60]} {predictor.Vocabulary[2]}")
        );
        var file = KerasFile.Load(Path.Combine(_folder, "out", "model.keras"));
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "out", "golden.json")));
        int texts = 0;
        foreach (JsonElement text in golden.RootElement.GetProperty("texts").EnumerateArray())
        {
            int[] ids = [.. text.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            double[] expected = [.. text.GetProperty("probabilities").EnumerateArray().Select(p => p.GetDouble())];
            Assert.NotEmpty(ids);
            Assert.All(expected.Zip(KerasReference.Answer(file, ids)[0]), p => Assert.Equal(p.First, p.Second, 1e-5));
            texts++;
        }
        Assert.True(texts >= 3, $"{texts} texts");
    }

    [Fact]
    public void What_Keras_cannot_express_is_refused_and_nothing_is_written()
    {
        string path = Path.Combine(_folder, "refused");
        var attention = ExportModels.Make(new ClassifierOptions { Pooling = Pooling.Attention, HiddenSize = 4 });
        Assert.Contains(
            "attention",
            Assert.Throws<ExportException>(() => KerasExport.Save(attention, path)).Message,
            StringComparison.Ordinal
        );
        Predictor linear = ExportModels.Make(new ClassifierOptions { HiddenSize = 4 }, linear: true);
        Assert.Contains(
            "WithoutLinear",
            Assert.Throws<ExportException>(() => KerasExport.Save(linear, path)).Message,
            StringComparison.Ordinal
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        Assert.Contains(
            "n-grams",
            KerasExport.Save(linear, path, new ExportSettings { WithoutLinear = true }).Notes[0],
            StringComparison.Ordinal
        );
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void The_same_model_gives_the_same_bytes()
    {
        Predictor predictor = ExportModels.Make(new ClassifierOptions { HiddenSize = 6 });
        KerasExport.Save(predictor, Path.Combine(_folder, "one.keras"));
        KerasExport.Save(predictor, Path.Combine(_folder, "two.keras"));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_folder, "one.keras")),
            File.ReadAllBytes(Path.Combine(_folder, "two.keras"))
        );
    }

    /// <summary>
    /// Every weight of the model stands in the file with the same bits, and the table row by row of the ids.
    /// </summary>
    private static void AssertSameBits(TextClassifier model, KerasFile file)
    {
        var stored = file.Nodes.SelectMany(n => n.Weights).ToList();
        EmbeddingTable table = model.Embedding;
        float[] rows = [.. Enumerable.Range(0, table.VocabularySize).SelectMany(id => table.VectorOf(id).ToArray())];
        Assert.Equal(rows, stored[0].Values.ToArray());
        foreach (
            Parameter weights in model
                .Parameters.Skip(1)
                .Where(p => !p.Name.StartsWith("convolution", StringComparison.Ordinal))
        )
        {
            float[] values = weights.Values.ToArray();
            // The biases of a GRU are two rows of one tensor.
            Assert.Contains(
                stored,
                w =>
                    w.Values.Length == values.Length
                        ? w.Values.Span.SequenceEqual(values)
                        : w.Values.Length == 2 * values.Length
                            && (
                                w.Values.Span[..values.Length].SequenceEqual(values)
                                || w.Values.Span[values.Length..].SequenceEqual(values)
                            )
            );
        }
    }
}
