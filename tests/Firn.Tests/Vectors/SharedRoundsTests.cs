using Firn.Kernels;
using Firn.Text;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors;

/// <summary>
/// A shared round is what docs/vectors.md says: each segment trained on parameters of its own as they stood at the
/// beginning, and their changes added up in order. Here by whole copies of all matrices; equal bit for bit.
/// </summary>
[Trait("Kernels", "all")]
public unsafe class SharedRoundsTests
{
    private const int Words = 40,
        Segment = 16;

    [Theory]
    [InlineData(false, 5, false, 1)]
    [InlineData(false, 5, false, 3)]
    [InlineData(true, 5, false, 2)]
    [InlineData(false, 5, true, 2)]
    [InlineData(true, 0, true, 2)]
    public void A_round_adds_up_what_segments_learn_apart(bool skipGram, int negative, bool hierarchical, int threads)
    {
        var options = new Word2VecOptions
        {
            VectorSize = 19,
            Window = 3,
            MinCount = 1,
            Sample = 0,
            SkipGram = skipGram,
            Negative = negative,
            HierarchicalSoftmax = hierarchical,
        };
        var pick = new Random(4);
        int[][] texts =
        [
            .. Enumerable
                .Range(0, 30)
                .Select(_ =>
                    Enumerable
                        .Range(0, pick.Next(1, 20))
                        .Select(_ => 1 + (int)(Words * Math.Pow(pick.NextDouble(), 2)))
                        .ToArray()
                ),
        ];
        RaggedIds corpus = RaggedIds.From(texts);
        TrainingWords words = TrainingWords.From(
            RaggedIds.From([.. texts, [.. Enumerable.Range(1, Words)]]),
            Words + 1,
            options
        );
        string[] names = [.. words.Ids.Select(id => $"w{id}")];
        using var trained = new TrainingParameters(words, names, options, null);
        using var expected = new TrainingParameters(words, names, options, null);
        Fill(trained, expected);
        var stream = new WindowStream(words, options.Window, shrink: true);
        stream.Fill(corpus, new CorpusBlock(0, corpus.TotalTokens, 0), new CounterRandom(8));
        Assert.InRange(stream.Count, 2 * 8 * Segment, 4 * 8 * Segment); // several rounds, the last of them short
        const float alpha = 0.1f;
        var random = new CounterRandom(9);

        for (int first = 0; first < stream.Count; first += 8 * Segment)
            ReferenceRound(expected, words, names, options, stream, first, alpha, random);
        using var rounds = new SharedRounds(trained.State, 8, Segment, threads);
        WorkerTeam.Run(
            threads,
            (thread, barrier) => rounds.Train(stream, alpha, random, new WorkerSeat(thread, threads, barrier))
        );

        foreach (
            ((string name, ParameterMatrix one), (_, ParameterMatrix other)) in trained.Matrices.Zip(expected.Matrices)
        )
            Assert.True(Values(one).SequenceEqual(Values(other)), name);
    }

    [Fact]
    public void A_thread_that_fails_ends_the_team_with_its_exception()
    {
        Assert.Throws<InvalidOperationException>(() =>
            WorkerTeam.Run(
                3,
                (thread, barrier) =>
                {
                    for (int i = 0; i < 100; i++)
                    {
                        barrier.Wait();
                        if (thread == 1 && i == 50)
                            throw new InvalidOperationException();
                    }
                }
            )
        );
    }

    private static void ReferenceRound(
        TrainingParameters parameters,
        TrainingWords words,
        string[] names,
        Word2VecOptions options,
        WindowStream stream,
        int first,
        float alpha,
        CounterRandom random
    )
    {
        var before = parameters.Matrices.ToDictionary(m => m.Name, m => Values(m.Matrix));
        var after = new List<Dictionary<string, float[]>>();
        for (int begin = first; begin < Math.Min(first + 8 * Segment, stream.Count); begin += Segment)
        {
            using var own = new TrainingParameters(words, names, options, null);
            foreach ((string name, ParameterMatrix matrix) in own.Matrices)
                before[name].CopyTo(new Span<float>(matrix.Data, matrix.Rows * matrix.Stride));
            WindowKernel
                .Create(TrainingView.Of(own.State))
                .Train(stream, begin, Math.Min(begin + Segment, stream.Count), alpha, random);
            after.Add(own.Matrices.ToDictionary(m => m.Name, m => Values(m.Matrix)));
        }
        foreach ((string name, ParameterMatrix matrix) in parameters.Matrices)
        {
            float[] start = before[name];
            for (int row = 0; row < matrix.Rows; row++)
            {
                ReadOnlySpan<float> Row(float[] table) => table.AsSpan(row * matrix.Stride, matrix.Stride);
                float[][] changed = [.. after.Select(a => a[name]).Where(a => !Row(a).SequenceEqual(Row(start)))];
                for (int c = 0; c < matrix.Stride; c++)
                {
                    int at = row * matrix.Stride + c;
                    float sum = start[at];
                    foreach (float[] table in changed)
                        sum += table[at] - start[at];
                    // A row of one segment takes its values, which the sum may round.
                    matrix.Data[at] = changed.Length == 1 ? changed[0][at] : sum;
                }
            }
        }
    }

    private static void Fill(TrainingParameters one, TrainingParameters other)
    {
        var pick = new Random(3);
        foreach (((_, ParameterMatrix a), (_, ParameterMatrix b)) in one.Matrices.Zip(other.Matrices))
        {
            for (int row = 0; row < a.Rows; row++)
            {
                for (int c = 0; c < a.Columns; c++)
                    a[row][c] = b[row][c] = (float)(pick.NextDouble() - 0.5);
            }
        }
    }

    private static float[] Values(ParameterMatrix matrix) =>
        new ReadOnlySpan<float>(matrix.Data, matrix.Rows * matrix.Stride).ToArray();
}
