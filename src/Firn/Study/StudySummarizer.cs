using Firn.Kernels;

namespace Firn.Study;

/// <summary>Sums results up by size and policy.</summary>
internal sealed class StudySummarizer(StudyData data, StudyOptions options)
{
    private const int Resamples = 1000,
        MinSlice = 50;

    public StudySummary Summarize(
        IReadOnlyList<StudyResult> results,
        IReadOnlyList<int> tooLarge,
        IReadOnlyList<StudyDifference> dropped,
        string? remark
    )
    {
        return new StudySummary
        {
            Data = data.Source.Description,
            Labels = data.Labels,
            TrainTexts = data.Pool.Count,
            TestTexts = data.Test.Count,
            Vectors = data.VectorsFrom,
            Words = data.Table.RowCount - 1,
            Dimension = data.Table.Dimension,
            IdBytes = Enumerable.Range(0, data.Test.Count).Average(text => PackedBytes(data.Test.Ids[text])),
            VectorBytes = data.TestTokens * data.Table.Dimension * sizeof(float),
            Rows = Corrected([
                .. results.GroupBy(r => r.Size).OrderBy(g => g.Key).SelectMany(g => Rows(g.Key, Paired(g))),
            ]),
            Diverged = results
                .Where(r => r.Policy == StudyPolicy.Trainable && r.Drift is { Diverged.Count: > 0 })
                .GroupBy(r => r.Size)
                .ToDictionary(g => g.Key, g => g.MinBy(r => r.Seed)!.Drift!.Diverged),
            Dropped = dropped,
            TooLarge = tooLarge,
            Remark = remark,
        };
    }

    /// <summary>
    /// The results of the seeds that every policy has, so that all means are of the same draws; where no seed is
    /// complete, all.
    /// </summary>
    private static StudyResult[] Paired(IEnumerable<StudyResult> size)
    {
        StudyResult[] all = [.. size];
        int policies = all.Select(r => r.Policy).Distinct().Count();
        StudyResult[] complete =
        [
            .. all.GroupBy(r => r.Seed).Where(seed => seed.Count() == policies).SelectMany(seed => seed),
        ];
        return complete.Length > 0 ? complete : all;
    }

    private IEnumerable<StudyRow> Rows(int texts, StudyResult[] results)
    {
        StudyResult[][] policies =
        [
            .. results.GroupBy(r => r.Policy).OrderBy(g => g.Key).Select(g => g.OrderBy(r => r.Seed).ToArray()),
        ];
        int frozen = Math.Max(0, Array.FindIndex(policies, p => p[0].Policy == StudyPolicy.Frozen));
        Dictionary<int, float[]> slices = results
            .GroupBy(r => r.Seed)
            .ToDictionary(g => g.Key, g => Floats(g.First().Slice, g.First().TestTexts));
        StudyOutcome[][] outcomes =
        [
            .. policies.Select(p =>
                p.Select(r => new StudyOutcome(r.Seed, Floats(r.Correct, r.TestTexts), slices[r.Seed])).ToArray()
            ),
        ];
        bool compared = policies[frozen][0].Policy == StudyPolicy.Frozen;
        StudyFigures<Estimate?>[] figures = new StudyBootstrap(outcomes, frozen).Run(
            Resamples,
            new CounterRandom(options.Seed).Derive(ulong.MaxValue),
            options.Jobs == 0 ? Environment.ProcessorCount : options.Jobs
        );
        for (int p = 0; p < policies.Length; p++)
        {
            StudyResult[] own = policies[p];
            bool pair = compared && p != frozen,
                slice = own.Average(r => r.SliceTexts) >= MinSlice;
            (int OnlyThis, int OnlyFrozen)[] discordant = pair ? Discordant(outcomes[p], outcomes[frozen]) : [];
            PairedTest? test = pair ? PairedTest.Of(Differences(outcomes[p], outcomes[frozen])) : null;
            yield return new StudyRow
            {
                Size = texts,
                Policy = own[0].Policy,
                Seeds = own.Length,
                Accuracy = figures[p].Accuracy!,
                AgainstFrozen = pair ? figures[p].AgainstFrozen : null,
                Discordant = (discordant.Sum(d => d.OnlyThis), discordant.Sum(d => d.OnlyFrozen)),
                PValue = test?.PValue,
                EquivalencePValue = test?.Equivalence(StudySummary.EquivalenceMargin),
                SliceShare = own.Average(r => (double)r.SliceTexts / r.TestTexts),
                Slice = slice ? figures[p].Slice : null,
                SliceAgainstFrozen = pair && slice ? figures[p].SliceAgainstFrozen : null,
                SliceAgainstRest = pair && slice ? figures[p].SliceAgainstRest : null,
                Cosine = Mean(own, r => r.Drift?.Cosine),
                NeighborsKept = Mean(own, r => r.Drift?.NeighborsKept),
                TrainingBytes = own.Max(r => r.TrainingBytes),
                VersionBytes = own.Max(r => r.VersionBytes),
                Seconds = own.Average(r => r.Seconds),
                BestEpoch = own.Average(r => r.BestEpoch),
            };
        }
    }

    private static (int OnlyThis, int OnlyFrozen)[] Discordant(StudyOutcome[] own, StudyOutcome[] frozen) =>
        [
            .. own.Join(
                frozen,
                o => o.Seed,
                f => f.Seed,
                (o, f) =>
                    (
                        o.Right.Zip(f.Right, (a, b) => a > b ? 1 : 0).Sum(),
                        o.Right.Zip(f.Right, (a, b) => a < b ? 1 : 0).Sum()
                    )
            ),
        ];

    private static float[][] Differences(StudyOutcome[] own, StudyOutcome[] frozen) =>
        [.. own.Join(frozen, o => o.Seed, f => f.Seed, (o, f) => o.Right.Zip(f.Right, (a, b) => a - b).ToArray())];

    /// <summary>The rows with p-values corrected for all comparisons with a frozen table.</summary>
    internal static StudyRow[] Corrected(IEnumerable<StudyRow> rows)
    {
        StudyRow[] all = [.. rows];
        int[] tested = [.. Enumerable.Range(0, all.Length).Where(i => all[i].PValue is not null)];
        IReadOnlyList<double> adjusted = HolmCorrection.Adjust([.. tested.Select(i => all[i].PValue!.Value)]);
        for (int t = 0; t < tested.Length; t++)
            all[tested[t]] = all[tested[t]] with { HolmPValue = adjusted[t] };
        return all;
    }

    private static double? Mean(StudyResult[] results, Func<StudyResult, double?> value)
    {
        double[] known = [.. results.Select(value).OfType<double>()];
        return known.Length == 0 ? null : known.Average();
    }

    private static float[] Floats(string bits, int count) => [.. BitText.Read(bits, count).Select(b => b ? 1f : 0f)];

    /// <summary>
    /// Length of a text in the server's packed form: its number of ids and each id as an unsigned LEB128 number.
    /// </summary>
    private static int PackedBytes(ReadOnlySpan<int> ids)
    {
        int bytes = Bytes(ids.Length);
        foreach (int id in ids)
            bytes += Bytes(id);
        return bytes;
        static int Bytes(int number) =>
            number < 1 << 7 ? 1
            : number < 1 << 14 ? 2
            : number < 1 << 21 ? 3
            : number < 1 << 28 ? 4
            : 5;
    }
}
