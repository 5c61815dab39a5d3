using Firn.Interop.Keras;
using Firn.Interop.Keras.Export;
using Firn.Interop.Keras.Preprocessing;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Interop.Export;

/// <summary>A model that goes to Keras and comes back scores as it did, and gets its tokenizer back.</summary>
public sealed class RoundTripTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-round-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Models => [.. _s_models.Keys];

    /// <summary>
    /// Exported in another order of sums: the map of a mean, where the model has the mean of the maps.
    /// </summary>
    private static readonly string[] _s_otherOrder = ["mean"];

    private static readonly Dictionary<string, ClassifierOptions> _s_models = new()
    {
        ["lstm"] = new() { HiddenSize = 6 },
        ["lstm of three classes"] = new() { HiddenSize = 6, Classes = 3 },
        ["bilstm"] = new() { HiddenSize = 6, Bidirectional = true },
        ["two bilstm"] = new()
        {
            HiddenSize = 6,
            Bidirectional = true,
            Layers = 2,
        },
        ["bilstm and the maximum"] = new()
        {
            HiddenSize = 6,
            Bidirectional = true,
            Pooling = Pooling.Max,
        },
        ["bilstm and the mean, dense"] = new()
        {
            HiddenSize = 6,
            Bidirectional = true,
            Pooling = Pooling.Mean,
            Dense = [5],
        },
        ["gru"] = new() { Encoder = EncoderKind.Gru, HiddenSize = 6 },
        ["gru and the maximum"] = new()
        {
            Encoder = EncoderKind.Gru,
            HiddenSize = 6,
            Pooling = Pooling.Max,
        },
        ["cnn and the maximum"] = new()
        {
            Encoder = EncoderKind.Convolution,
            Pooling = Pooling.Max,
            HiddenSize = 6,
            Widths = [3],
        },
        ["cnn and the mean"] = new()
        {
            Encoder = EncoderKind.Convolution,
            Pooling = Pooling.Mean,
            HiddenSize = 6,
            Widths = [3],
        },
        ["several widths and the maximum"] = new()
        {
            Encoder = EncoderKind.Convolution,
            Pooling = Pooling.Max,
            HiddenSize = 6,
            Widths = [1, 2, 4],
        },
        ["several widths and the mean"] = new()
        {
            Encoder = EncoderKind.Convolution,
            Pooling = Pooling.Mean,
            HiddenSize = 6,
            Widths = [1, 2, 4],
        },
        ["mean"] = new()
        {
            Encoder = EncoderKind.Mean,
            Pooling = Pooling.Mean,
            HiddenSize = 6,
        },
        ["mean and maximum"] = new()
        {
            Encoder = EncoderKind.Mean,
            Pooling = Pooling.Max,
            HiddenSize = 6,
        },
        ["padded lstm"] = new() { HiddenSize = 6, PaddedLength = 20 },
        ["masked bilstm"] = Listed(masked: true, new Lstm(6) { Bidirectional = true }, new LastState()),
        ["padded gru behind the text"] = Listed(masked: false, new Gru(6), new LastState()),
        ["masked mean"] = Listed(masked: true, new GlobalAveragePooling()),
        ["padded convolution and the maximum"] = Listed(
            masked: false,
            new Convolution(6, [3], WindowPadding.Valid),
            new GlobalMaxPooling()
        ),
    };

    private static ClassifierOptions Listed(bool masked, params Layer[] layers) =>
        new()
        {
            Model = LayerList.Of(layers),
            Padding = new PaddedInput
            {
                Length = 20,
                Side = PaddingSide.Post,
                Truncating = Truncation.Head,
                Masked = masked,
            },
        };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_model_comes_back_with_the_scores_that_it_had(string name)
    {
        ClassifierOptions options = _s_models[name];
        using Predictor made = ExportModels.Make(options);
        int length = options.PaddingInEffect?.Length ?? 0;
        RaggedIds all = ExportModels.Texts(40);
        var texts = RaggedIds.From([
            .. Enumerable
                .Range(0, all.Count)
                .Select(i => all[i].ToArray())
                .Where(t => t.Length > 0 && (length == 0 || t.Length <= length)),
        ]);
        float[] expected = made.Probabilities(texts);
        foreach (string ending in (string[])[".keras", ".h5"])
        {
            string path = Path.Combine(_folder, "model" + ending);
            KerasExport.Save(made, path);
            using Predictor back = KerasModel.Import(
                path,
                new KerasImportOptions
                {
                    Tokenizer = $"{path}.tokenizer.json",
                    Labels = made.Labels,
                    Cleaning = KerasCleaning.None,
                    MaxLength = length,
                    Padding =
                        length == 0 ? null
                        : options.PaddingInEffect!.Side == PaddingSide.Pre ? KerasSide.Pre
                        : KerasSide.Post,
                }
            );
            float[] found = back.Probabilities(texts);
            if (_s_otherOrder.Contains(name))
                Assert.All(expected.Zip(found), p => Assert.Equal(p.First, p.Second, 1e-6f));
            else
                Assert.Equal(expected, found);
            string words = string.Join(
                ' ',
                made.Tokenizer.Tokenize($"{made.Vocabulary[3]} {made.Vocabulary[60]} unheard {made.Vocabulary[1]}")
            );
            Assert.Equal(made.Encode([words]).Ids.ToArray(), back.Encode([words]).Ids.ToArray());
        }
    }

    [Fact]
    public void A_model_that_keeps_pads_out_asks_for_no_length()
    {
        using Predictor made = ExportModels.Make(_s_models["cnn and the maximum"]);
        string path = Path.Combine(_folder, "model.h5");
        KerasExport.Save(made, path);
        using Predictor back = KerasModel.Import(
            path,
            new KerasImportOptions
            {
                Tokenizer = "",
                Labels = made.Labels,
                MaxLength = 5,
                Truncating = KerasSide.Post,
            }
        );
        Assert.Null(back.Classifier.Options.Padding);
        Assert.Equal(
            made.Probabilities(
                RaggedIds.From([
                    [3, 4, 5],
                ])
            ),
            back.Probabilities(
                back.IdsOf([
                    [3, 4, 5, 0, 0, 0, 0],
                ])
            )
        );
        Assert.Equal(
            [1, 2, 3, 4, 5],
            back.IdsOf([
                    [1, 2, 3, 4, 5, 6, 7],
                ])
                .Ids.ToArray()
        );
    }
}
