using Firn.Drift;
using Firn.Layers;
using Firn.Vectors;

namespace Firn.Tests.Study;

public class DriftReportTests
{
    [Fact]
    public void Each_word_moved_as_far_as_it_did()
    {
        DriftReport report = DriftSample.Measure(DriftSample.Television(), new DriftOptions { Neighbors = 1 });
        Assert.Equal(["tv", "telly", "television", "radio"], report.Words.Select(w => w.Word)); // "was" had no vector
        Assert.Equal((2, 1), (report.Moved, report.Unseen));
        WordMovement tv = report.MovementOf("tv"),
            telly = report.MovementOf("telly"),
            still = report.MovementOf("television");
        Assert.Equal(1, tv.CosineDistance, 1e-6);
        Assert.Equal(Math.Sqrt(2), tv.Length, 1e-6);
        Assert.Equal(Math.Sqrt(2), telly.Relative, 1e-6); // a right angle, whatever the length
        Assert.Equal((0, 0.0, 0.0, 0.0), (still.Count, still.CosineDistance, still.Length, still.Relative));
        Assert.Equal(12, tv.Count);
    }

    [Fact]
    public void Neighbors_are_compared_over_the_whole_table()
    {
        DriftReport report = DriftSample.Measure(DriftSample.Television(), new DriftOptions { Neighbors = 1 });
        // Before, television stood 6 degrees from tv and telly 11; now television stands 84 degrees away.
        NeighborChange tv = report.NeighborsOf("tv");
        Assert.Equal(("television", "telly", 0), (tv.Before[0].Word, tv.After[0].Word, tv.Kept));
        Assert.Equal(0, report.MovementOf("tv").NeighborsKept);
        Assert.Equal(report.MovementOf("television").NeighborsKept, report.NeighborsOf("television").Kept);
        NeighborChange three = report.NeighborsOf("tv", 3);
        Assert.Equal(["television", "telly", "radio"], three.Before.Select(n => n.Word));
        Assert.Equal(["telly", "television", "radio"], three.After.Select(n => n.Word));
        Assert.Equal(3, three.Kept);
    }

    [Fact]
    public void Bands_hold_the_words_by_how_often_training_saw_them()
    {
        DriftReport report = DriftSample.Measure(DriftSample.Television());
        Assert.Equal(
            [("unseen", 1, 0), ("1", 1, 0), ("2-4", 1, 1), ("10-99", 1, 1)],
            report.Bands.Select(b => (b.Name, b.Words, b.Moved))
        );
        Assert.Equal(0, report.Bands[0].MeanCosineDistance);
        Assert.Equal(1, report.Bands[3].MedianCosineDistance, 1e-6);
    }

    [Fact]
    public void Torn_pairs_are_a_seen_word_and_a_near_one_that_training_lacks_the_worst_tear_first()
    {
        DriftReport report = DriftSample.Measure(DriftSample.Television());
        Assert.Equal([("tv", "television")], report.Pairs.Select(p => (p.First, p.Second))); // telly is seen three times
        DivergedPair pair = report.PairOf("tv", "television");
        Assert.Equal(1 / Math.Sqrt(1.01), pair.CosineBefore, 1e-6);
        Assert.Equal(0.1 / Math.Sqrt(1.01), pair.CosineAfter, 1e-6);
        Assert.Equal(0.9 / Math.Sqrt(1.01), pair.Divergence, 1e-6);
        Assert.Equal((12, 0), (pair.FirstCount, pair.SecondCount));
        Assert.Equal((1, 2), (pair.RankBefore, pair.RankAfter));
        Assert.Empty(DriftSample.Measure(DriftSample.Television(), new DriftOptions { NearCosine = 0.9999 }).Pairs);
    }

    [Fact]
    public void A_torn_pair_needs_a_word_that_training_saw_often_enough_and_each_word_is_named_once()
    {
        DriftTable table = DriftSample.Of(
            ("tv", [1, 0], [0, 1], 12),
            ("telly", [1, 0.05f], [-1, 0], 5),
            ("screen", [1, 0.2f], [0, 1], 1),
            ("television", [1, 0.1f], [1, 0.1f], 0),
            ("telecast", [1, -0.1f], [1, -0.1f], 0)
        );
        Assert.Equal([("telly", "television"), ("tv", "telecast")], Pairs(5));
        Assert.Equal([("tv", "telecast")], Pairs(6));
        Assert.Equal([("telly", "television"), ("tv", "telecast")], Pairs(1)); // screen's worst divergence is with a word named already
        Assert.Throws<ArgumentOutOfRangeException>(() => Pairs(0));

        IEnumerable<(string, string)> Pairs(int least) =>
            [
                .. DriftSample
                    .Measure(table, new DriftOptions { MinSeen = least })
                    .Pairs.Select(p => (p.First, p.Second)),
            ];
    }

    [Fact]
    public void Neighbors_equal_a_slow_search()
    {
        DriftTable table = DriftSample.Linear(
            300,
            150,
            20,
            v => [.. v.Select((x, i) => x + (i % 3 == 0 ? 0.4f : -0.1f) * v[(i + 1) % v.Length])]
        );
        DriftReport report = DriftSample.Measure(table);
        foreach (int id in (int[])[1, 77, 151, 300])
        {
            int[] before = Slow(table.BeforeOf),
                after = Slow(table.AfterOf);
            Assert.Equal(before.Intersect(after).Count(), report.Words[id - 1].NeighborsKept);
            NeighborChange change = report.NeighborsOf(table.Vocabulary[id]);
            Assert.Equal(before, change.Before.Select(n => n.Row));
            Assert.Equal(after, change.After.Select(n => n.Row));

            int[] Slow(PlaceOf place) =>
                [
                    .. Enumerable
                        .Range(1, 300)
                        .Where(other => other != id)
                        .OrderByDescending(other => Cosine(place(id), place(other)))
                        .Take(10),
                ];
        }
    }

    [Fact]
    public void Only_so_many_words_have_their_neighbours_looked_up_seen_ones_first()
    {
        DriftReport report = DriftSample.Measure(
            DriftSample.Linear(40, 10, 4, v => [.. v.Select(x => -x)]),
            new DriftOptions { NeighborWords = 12 }
        );
        Assert.Equal(12, report.Words.Count(w => w.NeighborsKept is not null));
        Assert.All(report.Words.Take(10), w => Assert.NotNull(w.NeighborsKept));
    }

    [Fact]
    public void Words_that_cannot_be_measured_are_named()
    {
        DriftReport report = DriftSample.Measure(DriftSample.Television());
        Assert.Contains(
            "does not know the word 'wireless'",
            Assert.Throws<ArgumentException>(() => report.MovementOf("wireless")).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "'was' had no vector",
            Assert.Throws<ArgumentException>(() => report.PairOf("tv", "was")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_table_without_vectors_is_refused() =>
        Assert.Throws<InvalidDataException>(() => DriftSample.Measure(DriftSample.Of(("a", [0, 0], [0, 0], 1))));

    [Fact]
    public void A_model_that_did_not_keep_its_vectors_asks_for_their_file()
    {
        using Predictor predictor = Bundles.SmallPredictor.Make();
        Assert.Contains(
            "PretrainedVectors",
            Assert.Throws<InvalidDataException>(() => DriftTable.Of(predictor)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Vectors_from_a_file_stand_in_for_those_that_were_not_kept()
    {
        using Predictor predictor = Bundles.SmallPredictor.Make();
        EmbeddingTable table = predictor.Classifier.Embedding;
        int good = predictor.Vocabulary.IdOf("good"),
            bad = predictor.Vocabulary.IdOf("bad");
        float[] moved = [.. table.VectorOf(bad).ToArray().Select(v => v + 1)];
        DriftTable drift = DriftTable.Of(
            predictor,
            new WordVectors(["good", "bad", "elsewhere"], [.. table.VectorOf(good), .. moved, .. moved], 6)
        );
        DriftReport report = DriftSample.Measure(drift);
        Assert.Equal(
            [("good", 0.0), ("bad", Math.Sqrt(6))],
            report
                .Words.Select(w => (w.Word, Math.Round(w.Length, 5)))
                .Select(w => (w.Word, w.Item2 == 0 ? 0 : Math.Sqrt(6)))
        );
        Assert.Equal(["not moved", "moved"], report.Bands.Select(b => b.Name)); // what training saw is not known
        Assert.Equal(Math.Sqrt(6), report.MovementOf("bad").Length, 1e-5);
        Assert.Contains(
            "3 values and the model's have 6",
            Assert
                .Throws<InvalidDataException>(() => DriftTable.Of(predictor, new WordVectors(["good"], [1, 2, 3], 3)))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "none of the model's words",
            Assert
                .Throws<InvalidDataException>(() => DriftTable.Of(predictor, new WordVectors(["x"], new float[6], 6)))
                .Message,
            StringComparison.Ordinal
        );
    }

    private delegate ReadOnlySpan<float> PlaceOf(int id);

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double dot = 0,
            aa = 0,
            bb = 0;
        for (int i = 0; i < a.Length; i++)
            (dot, aa, bb) = (dot + (double)a[i] * b[i], aa + (double)a[i] * a[i], bb + (double)b[i] * b[i]);
        return dot / Math.Sqrt(aa * bb);
    }
}
