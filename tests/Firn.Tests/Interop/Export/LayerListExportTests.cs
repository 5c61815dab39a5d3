using System.Text.Json;
using Firn.Interop.Export;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Export;
using Firn.Interop.Keras.Preprocessing;
using Firn.Layers;
using Firn.Model;
using Firn.Tests.Interop.Keras;
using Firn.Tests.Model;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>
/// The models of tools/golden/model_layers.py, which hold every kind of layer, in ONNX Runtime and as Keras files.
/// </summary>
public sealed class LayerListExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-layers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, GoldenDraw.Cases("layers.json").Length)];

    /// <summary>What stands elsewhere in each text, by its length; no operator of ONNX does that.</summary>
    private static bool IsRefusedByOnnx(ClassifierOptions options) =>
        options.Padding is null
        && options.Model.Any(layer =>
            layer
                is Convolution { Padding: WindowPadding.Same, Stride: > 1 }
                    or MaxPooling { Padding: WindowPadding.Same, Stride: not 1 }
                    or AveragePooling { Padding: WindowPadding.Same, Stride: not 1 }
        );

    [Theory]
    [MemberData(nameof(Cases))]
    public void ONNX_Runtime_scores_each_model_as_here(int index)
    {
        JsonElement golden = GoldenDraw.Cases("layers.json")[index];
        (TextClassifier model, RaggedIds texts, _, _) = LayerGoldenTests.Read(golden);
        if (IsRefusedByOnnx(model.Options))
        {
            Assert.Contains(
                "padding same and a stride",
                Assert.Throws<ExportException>(() => new OnnxSession(model)).Message,
                StringComparison.Ordinal
            );
            return;
        }
        using var session = new OnnxSession(model);
        var here = new float[texts.Count * model.Options.OutputSize];
        model.Predict(texts, here);
        double most = here.Zip(session.Score(texts)).Max(p => Math.Abs(p.First - p.Second));
        Assert.True(most < 1e-6, $"scores differ by {most:0.0e+0}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Keras_files_hold_the_bits_and_answer_as_here_or_are_refused(int index)
    {
        (TextClassifier model, RaggedIds texts, _, _) = LayerGoldenTests.Read(GoldenDraw.Cases("layers.json")[index]);
        var builder = new VocabularyBuilder();
        for (int id = 1; id < model.Embedding.VocabularySize; id++)
            builder.Add($"word{id}", 1000 - id);
        string[] labels = [.. Enumerable.Range(0, model.Options.Classes).Select(c => $"label{c}")];
        var predictor = new Predictor(new Tokenizer(CleaningOptions.Notebook), builder.Build(), model, labels);
        int written = 0;
        foreach (string ending in (string[])[".keras", ".h5"])
        {
            string path = Path.Combine(_folder, $"model{index}{ending}");
            try
            {
                KerasExport.Save(predictor, path, new ExportSettings { ReplaceExisting = true });
            }
            catch (ExportException error)
            {
                Assert.StartsWith("Keras: ", error.Message, StringComparison.Ordinal);
                Assert.False(File.Exists(path));
                continue;
            }
            written++;
            var file = KerasFile.Load(path);
            var stored = file.Nodes.SelectMany(n => n.Weights).ToList();
            Assert.All(
                model.Parameters.Skip(1).Where(p => !p.Name.StartsWith("convolution", StringComparison.Ordinal)),
                p =>
                    Assert.Contains(
                        stored,
                        w =>
                            w.Values.Length == p.Values.Length
                                ? w.Values.Span.SequenceEqual(p.Values.Span)
                                : w.Values.Length == 2 * p.Values.Length
                                    && (
                                        w.Values.Span[..p.Values.Length].SequenceEqual(p.Values.Span)
                                        || w.Values.Span[p.Values.Length..].SequenceEqual(p.Values.Span)
                                    )
                    )
            );
            AssertAnswers(file, model, texts);
        }
        Assert.Equal(
            IsKeras(model.Options)
                ? WithSlope(model.Options)
                    ? 1
                    : 2
                : 0,
            written
        );
    }

    /// <summary>Whether Keras has all layers of a model.</summary>
    private static bool IsKeras(ClassifierOptions options)
    {
        bool padded = options.Padding is { Length: > 0 };
        return All(options.Model)
                .All(layer =>
                    layer switch
                    {
                        AttentionPooling => false,
                        MaxPooling or AveragePooling => padded,
                        Convolution => padded
                            || (
                                options.Model
                                is [
                                    Convolution { Padding: not WindowPadding.Valid, Stride: 1 },
                                    GlobalMaxPooling
                                    or GlobalAveragePooling,
                                    ..,
                                ]
                            ),
                        LastState => padded || Behind(options.Model),
                        _ => true,
                    }
                )
            && (
                padded
                || !options
                    .Model.Where(
                        (layer, i) => layer is Recurrent { Reversed: true } && options.Model[i + 1] is not LastState
                    )
                    .Any()
            );
    }

    private static bool Behind(LayerList list) =>
        list.Select((layer, i) => layer is not LastState || (i > 0 && list[i - 1] is Recurrent)).All(good => good)
        && list.OfType<Branches>().All(b => b.Lists.All(Behind));

    private static bool WithSlope(ClassifierOptions options) =>
        All(options.Model)
            .Any(layer =>
                layer switch
                {
                    Lstm lstm => lstm.GateActivation is Activation.HardSigmoid or Activation.HardSigmoidSixth,
                    Gru gru => gru.GateActivation is Activation.HardSigmoid or Activation.HardSigmoidSixth,
                    _ => false,
                }
            );

    private static IEnumerable<Layer> All(LayerList list) =>
        list.SelectMany(layer =>
            layer switch
            {
                Branches branches => branches.Lists.SelectMany(All),
                Residual residual => All(residual.List),
                _ => [layer],
            }
        );

    private static void AssertAnswers(KerasFile file, TextClassifier model, RaggedIds texts)
    {
        int k = model.Options.OutputSize;
        var here = new float[texts.Count * k];
        model.Predict(texts, here);
        PaddedInput? padding = model.Options.Padding;
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts.LengthOf(i) == 0 || texts[i].Contains(0))
                continue; // Keras has no such text, and 0 is its pad
            int[] ids = padding is null
                ? [.. texts[i], 0, 0]
                : KerasSequences.Pad(
                    texts[i].ToArray(),
                    padding.Length,
                    padding.Side == PaddingSide.Post ? KerasSide.Post : KerasSide.Pre,
                    padding.Truncating == Truncation.Head ? KerasSide.Post : KerasSide.Pre
                );
            double[] answer = KerasReference.Answer(file, ids)[0];
            for (int c = 0; c < k; c++)
                Assert.Equal(here[i * k + c], answer[c], 2e-6);
        }
    }
}
