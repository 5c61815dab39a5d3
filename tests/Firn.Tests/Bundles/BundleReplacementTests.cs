using System.Text.Json;

namespace Firn.Tests.Bundles;

public sealed class BundleReplacementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-replace-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Replacing_leaves_the_new_files_alone()
    {
        for (ulong seed = 1; seed <= 4; seed++)
        {
            using Predictor saved = SmallPredictor.Make(seed);
            saved.Save(_folder);
            using Predictor loaded = Predictor.Load(_folder);
            Assert.Equal(saved.Predict("good song").Score, loaded.Predict("good song").Score);
            Assert.Equal(5, Directory.GetFiles(_folder).Length);
            Assert.Equal(seed % 2 == 1, File.Exists(Path.Combine(_folder, "weights.safetensors")));
        }
    }

    [Fact]
    public void A_loaded_bundle_still_predicts_after_its_files_were_replaced_twice()
    {
        using Predictor first = SmallPredictor.Make(1);
        first.Save(_folder);
        using Predictor loaded = Predictor.Load(_folder);
        SmallPredictor.Make(2).Save(_folder);
        SmallPredictor.Make(3).Save(_folder);
        Assert.Equal(first.Predict("good song").Score, loaded.Predict("good song").Score);
    }

    [Fact]
    public void What_a_crash_left_behind_is_cleared_away()
    {
        SmallPredictor.Make(1).Save(_folder);
        File.WriteAllText(Path.Combine(_folder, "weights.2.safetensors"), "half a file");
        File.WriteAllText(Path.Combine(_folder, "model.json.new"), "half a description");
        File.WriteAllText(Path.Combine(_folder, ".saving"), "");
        Predictor.Load(_folder).Dispose();

        SmallPredictor.Make(2).Save(_folder);
        Predictor.Load(_folder).Dispose();
        Assert.Equal(5, Directory.GetFiles(_folder).Length);
    }

    [Fact]
    public void A_crash_before_the_first_description_can_be_saved_over()
    {
        File.WriteAllText(Path.Combine(_folder, "vocabulary.txt"), "<pad>\nhal");
        SmallPredictor.Make().Save(_folder);
        Predictor.Load(_folder).Dispose();
    }

    [Theory]
    [InlineData("thesis.docx", "thesis.docx")]
    [InlineData("weights.old.safetensors", "weights.old.safetensors")]
    [InlineData("model.json", "no bundle description")]
    public void A_folder_with_other_things_is_not_touched(string name, string said)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, "mine");
        var error = Assert.Throws<IOException>(() => SmallPredictor.Make().Save(_folder));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Files_of_others_beside_a_bundle_stay()
    {
        SmallPredictor.Make(1).Save(_folder);
        File.WriteAllText(Path.Combine(_folder, "report.html"), "mine");
        SmallPredictor.Make(2).Save(_folder);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_folder, "report.html")));
    }

    [Fact]
    public void Two_savers_at_once_are_told_apart()
    {
        SmallPredictor.Make(1).Save(_folder);
        using (new FileStream(Path.Combine(_folder, ".saving"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var error = Assert.Throws<IOException>(() => SmallPredictor.Make(2).Save(_folder));
            Assert.Contains("being saved to by another process", error.Message, StringComparison.Ordinal);
        }
        Predictor.Load(_folder).Dispose();
    }

    [Fact]
    public async Task Readers_see_a_whole_bundle_while_it_is_replaced_again_and_again()
    {
        SmallPredictor.Make(1).Save(_folder);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task writer = Task.Run(
            () =>
            {
                for (ulong seed = 2; !stop.IsCancellationRequested; seed++)
                    SmallPredictor.Make(seed % 5).Save(_folder);
            },
            TestContext.Current.CancellationToken
        );
        for (int i = 0; i < 100; i++)
            Predictor.Load(_folder).Dispose();
        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public void A_description_that_points_outside_the_folder_is_refused()
    {
        SmallPredictor.Make().Save(_folder);
        string path = Path.Combine(_folder, "model.json");
        var names = new[] { "../weights.safetensors", "..", "" };
        string text = File.ReadAllText(path);
        foreach (string name in names)
        {
            File.WriteAllBytes(
                path,
                Firn.Bundles.ModelFile.FromBytes(System.Text.Encoding.UTF8.GetBytes(text), path) is var model
                    ? (
                        model with
                        {
                            Files = model.Files.ToDictionary(
                                f => f.Key,
                                f => f.Value with { Name = JsonEncodedText.Encode(name).Value }
                            ),
                        }
                    ).ToBytes()
                    : []
            );
            Assert.Contains(
                "no plain file name",
                Assert.Throws<InvalidDataException>(() => Predictor.Load(_folder)).Message,
                StringComparison.Ordinal
            );
        }
    }
}
