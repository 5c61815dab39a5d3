using System.Text.Json;
using System.Text.Json.Serialization;

namespace Firn;

/// <summary>A text and what the model says to it.</summary>
internal sealed record GoldenText(string Text, float[] Scores);

/// <summary>
/// <c>golden.json</c>: texts with the scores they must give. Hashes guard the bytes; this guards their meaning:
/// cleaning, ids and arithmetic of the Firn that loads are those of the Firn that saved.
/// </summary>
internal sealed record GoldenFile(double Tolerance, IReadOnlyList<GoldenText> Texts)
{
    // Vector widths add in different orders; a text of some hundred tokens has shown differences below 1e-6.
    private const double SavedTolerance = 1e-4;

    /// <summary>Scores texts that exercise every cleaning rule, and the vocabulary's most frequent words.</summary>
    public static GoldenFile Of(Predictor predictor)
    {
        int frequent = Math.Min(predictor.Vocabulary.Count - 1, 24);
        string[] texts =
        [
            "",
            "I love this song, it makes my day!",
            "@someone I don't like it at all :( http://example.com/page #SoSad",
            "Soooo  GOOD!!! &amp; 100% not bad \U0001F600",
            string.Join(' ', Enumerable.Range(1, frequent).Select(id => predictor.Vocabulary[id])),
        ];
        return new GoldenFile(
            SavedTolerance,
            [.. texts.Zip(predictor.Predict(texts), (t, p) => new GoldenText(t, p.Probabilities))]
        );
    }

    /// <summary>Scores the texts again.</summary>
    /// <exception cref="InvalidDataException">A score differs by more than the tolerance.</exception>
    public void Check(Predictor predictor, string path)
    {
        IReadOnlyList<Prediction> now = predictor.Predict([.. Texts.Select(t => t.Text)]);
        for (int i = 0; i < Texts.Count; i++)
        {
            float[] expected = Texts[i].Scores,
                found = now[i].Probabilities;
            bool same =
                expected.Length == found.Length
                && expected.Zip(found).All(p => Math.Abs(p.First - p.Second) <= Tolerance);
            if (!same)
            {
                Throw.BadFile(
                    path,
                    $"text {i + 1}",
                    $"it scores [{string.Join(", ", found)}] where [{string.Join(", ", expected)}] was saved",
                    "This Firn does not compute what the Firn that saved the bundle did; use that version, or train "
                        + "again."
                );
            }
        }
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GoldenFileContext.Default.GoldenFile);

    public static GoldenFile FromBytes(byte[] bytes, string path)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, GoldenFileContext.Default.GoldenFile)
                ?? new GoldenFile(SavedTolerance, []);
        }
        catch (JsonException e)
        {
            Throw.BadFile(path, "content", e.Message.TrimEnd('.'), "Copy the bundle again from where it was made.");
            throw;
        }
    }
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NewLine = "\n"
)]
[JsonSerializable(typeof(GoldenFile))]
internal sealed partial class GoldenFileContext : JsonSerializerContext;
