using Firn.Drift;

namespace Firn.Tests.Study;

public class TableRepairTests
{
    // A turn, a stretch and a shift: what a map can know exactly.
    private static float[] Known(float[] v) => [.. v.Select((x, i) => 1.2f * x - 0.7f * v[(i + 1) % v.Length] + 0.3f)];

    [Fact]
    public void The_map_recovers_a_known_linear_map_for_words_that_training_lacks()
    {
        DriftTable table = DriftSample.Linear(200, 120, 8, Known);
        TableRepair repair = TableRepair.Run(table, RepairMethod.Map, new RepairOptions { Penalty = 1e-9 });
        Assert.Equal(80, repair.Words);
        for (int id = 121; id <= 200; id++)
        {
            float[] expected = Known(table.BeforeOf(id).ToArray());
            for (int i = 0; i < 8; i++)
                Assert.Equal(expected[i], repair.Table.VectorOf(id)[i], 1e-5);
        }
        for (int id = 1; id <= 120; id++)
            Assert.Equal(table.AfterOf(id), repair.Table.VectorOf(id)); // words that moved stay where training put them
    }

    [Fact]
    public void The_penalty_is_chosen_on_words_kept_apart()
    {
        TableRepair clear = TableRepair.Run(DriftSample.Linear(300, 250, 6, Known), RepairMethod.Map);
        Assert.Equal(0.001, clear.Penalty!.Value, 1e-9);
        Assert.InRange(clear.CrossValidatedR2!.Value, 0.999, 1);
        var random = new Random(3);
        TableRepair noise = TableRepair.Run(
            DriftSample.Linear(300, 250, 6, v => [.. v.Select(x => x + (float)random.NextDouble() - 0.5f)]),
            RepairMethod.Map
        );
        Assert.True(noise.Penalty > 1, $"{noise.Penalty}"); // nothing to learn: the map keeps still
        Assert.InRange(noise.CrossValidatedR2!.Value, -0.05, 0.1);
        Assert.True(noise.MeanLength < 0.1, $"{noise.MeanLength}");
    }

    [Theory]
    [InlineData(MapWeights.Count)]
    [InlineData(MapWeights.LogCount)]
    [InlineData(MapWeights.Even)]
    public void Frequent_words_weigh_as_asked(MapWeights weights)
    {
        // Words seen 999 times go right, those seen once go left, all from about the same place.
        (string, float[], float[], int)[] words =
        [
            .. Enumerable
                .Range(0, 40)
                .Select(i =>
                {
                    float[] at = [1 + i * 0.01f, i % 3];
                    bool often = i % 2 == 0;
                    return ($"w{i}", at, new[] { at[0] + (often ? 1 : -1), at[1] }, often ? 999 : 1);
                }),
        ];
        DriftTable table = DriftSample.Of([.. words, ("unseen", [1.2f, 1], [1.2f, 1], 0)]);
        float way =
            TableRepair
                .Run(table, RepairMethod.Map, new RepairOptions { Weights = weights, Penalty = 1000 })
                .Table.VectorOf(41)[0] - 1.2f;
        double expected = weights switch
        {
            MapWeights.Count => 998 / 1000.0,
            MapWeights.LogCount => (Math.Log(1000) - Math.Log(2)) / (Math.Log(1000) + Math.Log(2)),
            _ => 0,
        };
        Assert.Equal(expected, way, 0.02);
    }

    [Fact]
    public void Neighbors_carry_a_word_along_by_their_similarity()
    {
        // a is as near to u as b is, c is far: with a small temperature u goes half of a's way and half of b's.
        DriftTable table = DriftSample.Of(
            ("a", [1, 1], [3, 1], 5),
            ("b", [1, -1], [1, 3], 5),
            ("c", [-1, 0], [-9, 0], 5),
            ("u", [2, 0], [2, 0], 0)
        );
        float[] place = TableRepair
            .Run(table, RepairMethod.Neighbors, new RepairOptions { Temperature = 0.01 })
            .Table.VectorOf(4)
            .ToArray();
        Assert.Equal(3, place[0], 1e-5);
        Assert.Equal(2, place[1], 1e-5);
        // With a great temperature all three count alike.
        place = TableRepair
            .Run(table, RepairMethod.Neighbors, new RepairOptions { Temperature = 1e6 })
            .Table.VectorOf(4)
            .ToArray();
        Assert.Equal(2 + (2 + 0 - 8) / 3.0, place[0], 1e-4);
        Assert.Equal(4 / 3.0, place[1], 1e-4);
        // One neighbor: the nearest alone.
        DriftTable near = DriftSample.Of(
            ("a", [1, 0.1f], [2, 0], 5),
            ("b", [1, -1], [1, 3], 5),
            ("u", [2, 0], [2, 0], 0)
        );
        Assert.Equal(
            [3f, -0.1f],
            TableRepair
                .Run(near, RepairMethod.Neighbors, new RepairOptions { Neighbors = 1 })
                .Table.VectorOf(3)
                .ToArray()
        );
    }

    [Fact]
    public void Revert_puts_the_old_table_back()
    {
        DriftTable table = DriftSample.Television();
        TableRepair repair = TableRepair.Run(table, RepairMethod.Revert);
        for (int id = 0; id < table.Vocabulary.Count; id++)
            Assert.Equal(table.BeforeOf(id), repair.Table.VectorOf(id));
        Assert.Equal((2, 0), (repair.Words, repair.Drift.Before.Count));
        Assert.Contains(
            "moved no word",
            Assert.Throws<InvalidDataException>(() => TableRepair.Run(repair.Drift, RepairMethod.Map)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_repaired_table_knows_where_its_words_stood_before_training()
    {
        DriftTable table = DriftSample.Linear(60, 40, 4, Known);
        DriftTable repaired = TableRepair.Run(table, RepairMethod.Map).Drift;
        for (int id = 1; id <= 60; id++)
            Assert.Equal(table.BeforeOf(id), repaired.BeforeOf(id));
        Assert.Equal(60, DriftSample.Measure(repaired).Moved);
        Assert.Contains(
            "none stayed behind",
            Assert.Throws<InvalidDataException>(() => TableRepair.Run(repaired, RepairMethod.Neighbors)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_original_is_left_alone()
    {
        DriftTable table = DriftSample.Television();
        float[] rows = table.After.Rows.ToArray();
        foreach (RepairMethod method in Enum.GetValues<RepairMethod>())
            TableRepair.Run(table, method, new RepairOptions { Penalty = 1 });
        Assert.Equal(rows, table.After.Rows.ToArray());
    }
}
