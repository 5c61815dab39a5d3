using System.Runtime.CompilerServices;
using Firn.Model;
using Firn.Text;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;

namespace Firn.Tests.Bundles;

/// <summary>
/// Models and vectors that are disposed of while others use them: never a crash, never a wrong score, nothing left
/// mapped. FIRN_STRESS_LOADS sets how often they are loaded; 10000 takes minutes.
/// </summary>
public sealed class DisposalTests : IDisposable
{
    private const int Threads = 8;
    private static readonly int _loads = int.TryParse(
        Environment.GetEnvironmentVariable("FIRN_STRESS_LOADS"),
        out int loads
    )
        ? loads
        : 150;
    private static readonly string[] _texts = ["I love this good song", "very bad day, not happy", "", "good good bad"];
    private readonly string _root = Directory.CreateTempSubdirectory("firn-disposal-").FullName;

    private string Folder => Path.Combine(_root, "model");

    private string VectorFile => Path.Combine(_root, "vectors.firn");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Predictors_that_are_swapped_and_disposed_of_at_random_neither_crash_nor_leak()
    {
        using Predictor made = SmallPredictor.Make();
        made.Save(Folder);
        float[] expected = [.. _texts.Select(text => made.Predict(text).Score)];
        Predictor current = Predictor.Load(Folder);
        long answers = 0,
            late = 0;
        Swap(
            () => Volatile.Read(ref current),
            predictor =>
            {
                int text = Random.Shared.Next(_texts.Length);
                if (Random.Shared.Next(2) == 0)
                    Assert.Equal(expected[text], predictor.Predict(_texts[text]).Score);
                else
                    Assert.Equal(expected, predictor.Predict(_texts).Select(p => p.Score));
                Interlocked.Increment(ref answers);
            },
            ref late,
            random =>
            {
                Predictor old = Interlocked.Exchange(ref current, Predictor.Load(Folder));
                if (random.Next(4) == 0)
                    using (old.WithThreads(1)) { }
                if (random.Next(4) > 0) // the others go with the garbage
                    old.Dispose();
            }
        );
        current.Dispose();
        Assert.True(answers > _loads, $"{answers} answers");
        AssertNothingIsLeft();
    }

    [Fact]
    public void Vectors_that_are_swapped_and_disposed_of_at_random_neither_crash_nor_leak()
    {
        SaveVectors();
        WordVectors current = WordVectors.Load(VectorFile);
        Assert.True(current.IsMapped);
        float[] expected = current[0].ToArray();
        long answers = 0,
            late = 0;
        Swap(
            () => Volatile.Read(ref current),
            vectors =>
            {
                Assert.True(
                    vectors.TryGetVector("cat", out ReadOnlySpan<float> vector) && vector.SequenceEqual(expected)
                );
                var copy = new float[vectors.Dimension];
                Assert.True(vectors.TryGetRow("cat", out int row));
                vectors.CopyTo(row, copy);
                Assert.Equal(expected, copy);
                Assert.Equal("cat", vectors.Words[row]);
                Assert.NotEmpty(Similarity.NearestOnce(vectors, [new("cat", 1)], 2));
                Interlocked.Increment(ref answers);
            },
            ref late,
            random =>
            {
                WordVectors old = Interlocked.Exchange(ref current, WordVectors.Load(VectorFile));
                if (random.Next(4) == 0)
                    using (old.Renamed(word => word + "_")) { }
                if (random.Next(4) > 0)
                    old.Dispose();
            }
        );
        current.Dispose();
        Assert.True(answers > 0);
        AssertNothingIsLeft();
    }

    [Fact]
    public void After_Dispose_every_call_says_so()
    {
        using Predictor made = SmallPredictor.Make();
        made.Save(Folder);
        Predictor predictor = Predictor.Load(Folder);
        TextClassifier classifier = predictor.Classifier;
        var scorer = new Scorer(classifier);
        RaggedIds ids = predictor.Encode(_texts);
        predictor.Dispose();
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict("good"));
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(_texts));
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(ids));
        Assert.Throws<ObjectDisposedException>(() => predictor.Probabilities(ids));
        Assert.Throws<ObjectDisposedException>(() => predictor.WithThreads(1));
        Assert.Throws<ObjectDisposedException>(() => predictor.Save(Path.Combine(_root, "other")));
        Assert.False(Directory.Exists(Path.Combine(_root, "other")));
        var scores = new float[ids.Count * classifier.Options.OutputSize];
        Assert.Throws<ObjectDisposedException>(() => scorer.Score(ids, scores));
        Assert.Throws<ObjectDisposedException>(() => new Scorer(classifier));
        Assert.Throws<ObjectDisposedException>(() => classifier.Predict(ids, scores));
        Assert.Throws<ObjectDisposedException>(() => classifier.Embedding.VectorOf(1).Length);
        Assert.Throws<ObjectDisposedException>(() => classifier.Embedding.Rows.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => classifier.Embedding.Rows.Pin());

        SaveVectors();
        WordVectors vectors = WordVectors.Load(VectorFile);
        IReadOnlyList<string> words = vectors.Words;
        vectors.Dispose();
        Assert.Throws<ObjectDisposedException>(() => vectors[0].Length);
        Assert.Throws<ObjectDisposedException>(() => vectors.Table.Length);
        Assert.Throws<ObjectDisposedException>(() => vectors.TryGetRow("cat", out _));
        Assert.Throws<ObjectDisposedException>(() => words[0]);
        Assert.Throws<ObjectDisposedException>(() => vectors.Renamed(word => word));
        Assert.Throws<ObjectDisposedException>(() => vectors.ToPrecision(VectorPrecision.Int8));
        Assert.Throws<ObjectDisposedException>(() => vectors.Save(VectorFile + ".txt", VectorFormat.Word2VecText));
        Assert.Throws<ObjectDisposedException>(() => new Similarity(vectors));
        AssertNothingIsLeft();
    }

    [Fact]
    public void Predictors_made_of_one_another_end_one_by_one()
    {
        using Predictor made = SmallPredictor.Make();
        made.Save(Folder);
        Predictor first = Predictor.Load(Folder),
            second = first.WithThreads(1),
            third = second.WithAbstainBelow(0.5);
        float score = first.Predict(_texts[0]).Score;
        first.Dispose();
        second.Dispose();
        Assert.Equal(score, third.Predict(_texts[0]).Score);
        Assert.Throws<ObjectDisposedException>(() => second.Predict(_texts[0]));
        Assert.NotEqual(0, Mappings());
        third.Dispose();
        Assert.Equal(0, Mappings());
    }

    [Fact]
    public void Spans_that_a_caller_keeps_outlive_everything()
    {
        SaveVectors();
        WordVectors vectors = WordVectors.Load(VectorFile);
        ReadOnlySpan<float> row = vectors[0];
        ReadOnlySpan<float> table = vectors.Table;
        float[] copy = row.ToArray();
        vectors.Dispose();
        Collect();
        Assert.Equal(copy, row.ToArray());
        Assert.Equal(copy, table[..row.Length].ToArray());
    }

    [Fact]
    public void One_text_allocates_nothing_but_its_answer()
    {
        using Predictor made = SmallPredictor.Make();
        made.Save(Folder);
        using Predictor loaded = Predictor.Load(Folder);
        foreach (string text in _texts)
            loaded.Predict(text);
        Assert.InRange(Allocations.Of(() => loaded.Predict(_texts[1])), 0, 32); // the array of probabilities
    }

    private void SaveVectors() =>
        new WordVectors(["cat", "dog", "cow"], [1, 2, 3, 4, 5, 6, 7, 8, 9], 3).Save(
            VectorFile,
            VectorFormat.Safetensors
        );

    /// <summary>
    /// Uses things on many threads while one thread swaps them; what a call may meet is an answer or
    /// <see cref="ObjectDisposedException"/>.
    /// </summary>
    private static void Swap<T>(Func<T> current, Action<T> use, ref long late, Action<Random> swap)
    {
        bool stop = false;
        long refused = 0;
        Task[] users =
        [
            .. Enumerable
                .Range(0, Threads)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            while (!Volatile.Read(ref stop))
                            {
                                try
                                {
                                    use(current());
                                }
                                catch (ObjectDisposedException)
                                {
                                    Interlocked.Increment(ref refused);
                                }
                            }
                        },
                        TaskCreationOptions.LongRunning
                    )
                ),
        ];
        var random = new Random(5);
        try
        {
            for (int i = 0; i < _loads; i++)
                swap(random);
        }
        finally
        {
            Volatile.Write(ref stop, true);
        }
        Task.WaitAll(users);
        late = refused;
    }

    private void AssertNothingIsLeft()
    {
        if (!OperatingSystem.IsLinux())
            return;
        for (int i = 0; i < 50 && Mappings() > 0; i++)
            Collect();
        Assert.Equal(0, Mappings());
        Assert.DoesNotContain(
            Directory.EnumerateFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget),
            target => target?.StartsWith(_root, StringComparison.Ordinal) == true
        );
    }

    private int Mappings() =>
        File.ReadLines("/proc/self/maps").Count(line => line.Contains(_root, StringComparison.Ordinal));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(10);
    }
}
