using Firn.Linear;
using Firn.Text;

namespace Firn.Tests.Bundles;

public sealed class WideBundleTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("firn-wide-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("negative,positive", 0)]
    [InlineData("anger,joy,sadness", 0)]
    [InlineData("negative,positive", 5)]
    [InlineData("anger,joy,sadness", 4)]
    public void The_linear_part_is_saved_and_loaded_with_the_model(string labels, int characters)
    {
        string folder = Path.Combine(_root, "model");
        string[] names = labels.Split(',');
        using Predictor saved = SmallPredictor.Make(labels: names);
        float[] alone = saved.Classifier.HasLinearBranch ? [] : Scores(saved);
        using Predictor both = WithWide(saved, names.Length, characters);
        both.Save(folder);
        using Predictor loaded = Predictor.Load(folder);
        Assert.Equal(characters > 0, loaded.Classifier.LinearBranch!.Characters is not null);
        Assert.Equal(Scores(both), Scores(loaded));
        Assert.NotEqual(alone, Scores(loaded));
    }

    [Fact]
    public void A_changed_byte_of_the_linear_part_is_found()
    {
        string folder = Path.Combine(_root, "model");
        using (Predictor both = WithWide(SmallPredictor.Make(), 2))
            both.Save(folder);
        string path = Path.Combine(folder, "wide.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^3] ^= 1;
        File.WriteAllBytes(path, bytes);
        var error = Assert.Throws<InvalidDataException>(() => Predictor.Load(folder));
        Assert.Contains("wide.safetensors", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Replacing_a_wide_model_by_a_plain_one_removes_its_file()
    {
        string folder = Path.Combine(_root, "model");
        using (Predictor both = WithWide(SmallPredictor.Make(), 2))
            both.Save(folder);
        SmallPredictor.Make().Save(folder);
        Assert.False(File.Exists(Path.Combine(folder, "wide.safetensors")));
        using Predictor loaded = Predictor.Load(folder);
        Assert.False(loaded.Classifier.HasLinearBranch);
    }

    private static float[] Scores(Predictor predictor) =>
        [
            .. predictor
                .Predict(["I love this good song", "very bad day, not happy", ""])
                .SelectMany(p => p.Probabilities),
        ];

    private static Predictor WithWide(Predictor plain, int classes, int characters = 0)
    {
        RaggedIds texts = RaggedIds.From([
            .. Enumerable.Range(0, 60).Select(i => new[] { 1 + i % 5, 2, 1 + i % 3, 1 + i % 7 }),
        ]);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % classes)];
        plain.Classifier.LinearBranch = NgramClassifier.Fit(
            texts,
            plain.Vocabulary,
            labels,
            classes,
            [],
            new LinearBranchOptions { LongestCharacters = characters },
            1
        );
        return new Predictor(plain.Tokenizer, plain.Vocabulary, plain.Classifier, plain.Labels);
    }
}
