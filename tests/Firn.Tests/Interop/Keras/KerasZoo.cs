using System.Text.Json;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Preprocessing;
using Firn.Text;

namespace Firn.Tests.Interop.Keras;

/// <summary>
/// What a user tells the import of each public model: what its SOURCE.md says of its author's program.
/// </summary>
internal static class KerasZoo
{
    private static readonly Dictionary<string, ZooModel> _s_models = new()
    {
        ["emotion-bilstm-mask-k310"] = new("emocoes_best.keras", "tokenizer.pickle", KerasCleaning.Keras),
        ["emotions-simplernn-k38"] = new("emotion_rnn_model.h5", "", KerasCleaning.Keras),
        ["epar-bilstm-functional-k24"] = new(
            "epar_sentiment_analysis_lstm.h5",
            "tokenizer.pickle",
            KerasCleaning.Keras
        ),
        ["farm-tweets-lstm-k28"] = new("model.h5", "tokenizer.pkl", KerasCleaning.Notebook),
        ["hate-conv-flatten-k215"] = new("hate_speech_model.keras", "tokenizer.pkl", KerasCleaning.Keras),
        ["intent-gap-k38"] = new("intent_model.h5", "word_index.json", KerasCleaning.Keras)
        {
            NumWords = 1000,
            Oov = "<OOV>",
        },
        ["korean-lstm-k211"] = new("best_model.h5", "tokenizer.pickle", KerasCleaning.Keras),
        ["mongolian-textcnn-functional-k23"] = new("model.h5", "final_info.pkl", KerasCleaning.Keras),
        ["mood-lstm-en-k27"] = new("modelo_sentimientos_lemma.h5", "diccionario_lemma.json", KerasCleaning.Lower)
        {
            NumWords = 0,
            Oov = "",
        },
        ["news-lstm2-id-k27"] = new("model.h5", "word_index.json", KerasCleaning.Keras) { NumWords = 4100, Oov = "x" },
        ["notes-conv-bilstm-seq-zh-tf23"] = new("NLP_model.h5", "tokenizer.pickle", KerasCleaning.Keras)
        {
            Step = KerasStep.First,
        },
        ["politics-gru-frozen-id-k211"] = new("gru.h5", "tokenizer.pkl", KerasCleaning.Keras),
        ["quote-gap-k30"] = new("sentiment_model.h5", "tokenizer.pickle", KerasCleaning.Keras),
        ["review-conv1d-id-k34"] = new("model_cnn.h5", "tokenizer.pkl", KerasCleaning.Keras),
        ["sarcasm-bilstm-frozen-k38"] = new("sarcasm_model.h5", "tokenizer.pkl", KerasCleaning.Keras),
        ["spam-bigru-k24"] = new(
            "spam_gru32.h5",
            "tokenizer.json",
            new([new CleaningStep { Replace = "[^a-zA-Z]", By = " " }], true)
        ),
        ["spam-gap-keras314"] = new("spam_model.keras", "tokenizer.pkl", KerasCleaning.Keras),
        ["spam-gru-mask-k313"] = new("gru_model.keras", "", KerasCleaning.Keras),
        ["spam-lstm-weights-json-k23"] = new("lstm_model.h5", "lstm_tokenizer.pickle", KerasCleaning.Keras),
        ["spam-simplernn-keras315"] = new(
            "spam_model.keras",
            "tokenizer.pkl",
            new([new CleaningStep { LowerCase = true }, new CleaningStep { Replace = "[^a-z0-9\\s]" }], true)
        ),
        ["spam-textvec-keras315"] = new("spam_model.keras", null, null),
    };

    public static IEnumerable<string> Names => _s_models.Keys;

    public static string Folder(string name) => Data.Path($"keras_zoo/{name}");

    public static JsonElement Reference(string name)
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(Folder(name), "reference.json"))
        );
        return document.RootElement.Clone();
    }

    public static string ModelOf(string name) => Path.Combine(Folder(name), _s_models[name].File);

    public static KerasImportOptions Options(string name)
    {
        ZooModel model = _s_models[name];
        JsonElement reference = Reference(name),
            feed = reference.GetProperty("feed");
        return new KerasImportOptions
        {
            Tokenizer = model.Tokenizer is { Length: > 0 } file ? Path.Combine(Folder(name), file) : model.Tokenizer,
            Labels = [.. reference.GetProperty("labels").EnumerateArray().Select(l => l.GetString()!)],
            MaxLength = feed.GetProperty("maxlen").GetInt32(),
            Padding = Side(feed.GetProperty("padding")),
            Truncating = Side(feed.GetProperty("truncating")),
            Cleaning = model.Cleaning,
            NumWords = model.NumWords,
            OovToken = model.Oov,
            Step = model.Step,
        };
    }

    private static KerasSide Side(JsonElement side) => side.GetString() == "post" ? KerasSide.Post : KerasSide.Pre;

    private sealed record ZooModel(string File, string? Tokenizer, KerasCleaning? Cleaning)
    {
        public int? NumWords { get; init; }

        public string? Oov { get; init; }

        public KerasStep? Step { get; init; }
    }
}
