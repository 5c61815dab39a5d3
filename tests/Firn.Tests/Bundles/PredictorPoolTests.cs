namespace Firn.Tests.Bundles;

public sealed class PredictorPoolTests : IDisposable
{
    private const string Text = "I love this good song";
    private readonly string _root = Directory.CreateTempSubdirectory("firn-pool-").FullName;

    private static PredictorPoolOptions OnRequest => new() { PollInterval = TimeSpan.Zero };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_bundle_that_is_replaced_is_swapped_and_what_was_rented_stays()
    {
        float first = Save(1, _root + "/m"),
            second;
        using PredictorPool pool = PredictorPool.Open(_root + "/m", OnRequest);
        int swaps = 0;
        pool.Swapped += (_, _) => swaps++;
        Assert.False(pool.Look());
        using (PredictorLease lease = pool.Rent())
        {
            second = Save(2, _root + "/m");
            Assert.NotEqual(first, second);
            Assert.Equal(first, pool.Predict(Text).Score);
            Assert.True(pool.Look());
            Assert.Equal(first, lease.Predictor.Predict(Text).Score);
            Assert.Equal(second, pool.Predict(Text).Score);
        }
        Assert.Equal((1, 1L), (swaps, pool.Version));
    }

    [Fact]
    public void The_highest_version_that_loads_is_used_and_a_broken_one_changes_nothing()
    {
        float first = Save(1, _root + "/m/1"),
            third = Save(3, _root + "/m/3");
        using PredictorPool pool = PredictorPool.Open(_root + "/m", OnRequest);
        Assert.Equal((3L, third), (pool.Version, pool.Predict(Text).Score));
        Save(4, _root + "/m/4");
        string broken = _root + "/m/4/weights.safetensors";
        File.WriteAllBytes(broken, File.ReadAllBytes(broken)[..^4]);
        Assert.False(pool.Look());
        Assert.Equal((3L, third), (pool.Version, pool.Predict(Text).Score));
        Assert.Contains("weights.safetensors", pool.Problem);
        Directory.Delete(_root + "/m/4", recursive: true);
        Assert.False(pool.Look());
        Assert.Null(pool.Problem);
        Directory.Delete(_root + "/m/3", recursive: true);
        Assert.True(pool.Look());
        Assert.Equal((1L, first), (pool.Version, pool.Predict(Text).Score));
    }

    [Fact]
    public async Task Readers_meet_a_model_at_every_moment_and_the_watch_finds_the_new_one()
    {
        float[] known = [Save(1, _root + "/m/1"), 0];
        using PredictorPool pool = PredictorPool.Open(
            _root + "/m",
            new PredictorPoolOptions { PollInterval = TimeSpan.FromMilliseconds(20) }
        );
        known[1] = Save(2, _root + "/m/2");
        var found = new TaskCompletionSource();
        Task[] readers =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        while (!found.Task.IsCompleted)
                            Assert.Contains(pool.Predict(Text).Score, known);
                    })
                ),
        ];
        pool.Swapped += (_, _) => found.TrySetResult();
        if (pool.Version == 2)
            found.TrySetResult();
        await found.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Task.WhenAll(readers);
        Assert.Equal(known[1], pool.Predict(Text).Score);
    }

    [Fact]
    public void A_pool_without_a_model_or_after_its_end_says_so()
    {
        Assert.Throws<FileNotFoundException>(() => PredictorPool.Open(_root + "/none", OnRequest));
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new PredictorPoolOptions { PollInterval = TimeSpan.FromSeconds(-1) }
        );
        Save(1, _root + "/m");
        PredictorPool pool = PredictorPool.Open(_root + "/m");
        pool.Dispose();
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Predict(Text));
        Assert.Throws<ObjectDisposedException>(() => pool.Rent());
        Assert.Throws<ObjectDisposedException>(() => pool.Look());
    }

    private static float Save(ulong seed, string folder)
    {
        using Predictor made = SmallPredictor.Make(seed);
        made.Save(folder);
        return made.Predict(Text).Score;
    }
}
