using Firn.Layers;
using Firn.Model;
using Firn.Text;
using Firn.Training;

namespace Firn.Tests.Training;

/// <summary>What a schedule lets move, and that all else keeps every bit.</summary>
public class ThawedRowsTests
{
    private const int WithoutVector = 7; // words 1 to 7
    private static readonly TrainingOptions Quick = new()
    {
        Epochs = 1,
        BatchSize = 32,
        LearningRate = 0.02,
        Threads = 2,
    };

    [Theory]
    [InlineData("[{\"train\": [\"embedding\"]}]")]
    [InlineData("[{\"train\": [\"encoder\"]}]")]
    [InlineData("[{\"train\": [\"dense\"]}]")]
    [InlineData("[{\"train\": [\"embedding\", \"dense\"]}]")]
    [InlineData("[{\"train\": [\"embedding\", \"encoder\"]}]")]
    [InlineData("frozen")]
    [InlineData("trainable")]
    public void A_frozen_group_has_no_gradient_and_no_state_and_keeps_every_bit(string text)
    {
        ThawSchedule schedule = ThawSchedule.Parse(text);
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        Dictionary<Parameter, float[]> before = model.Parameters.ToDictionary(p => p, p => p.Values.ToArray());
        TrainingRun run = Runner(model, schedule, texts, labels);
        Assert.NotNull(run.Epochs.Run(1, 0.02, TestContext.Current.CancellationToken));

        ParameterGroup[] stateful = [.. run.Epochs.Optimizer!.State.Select(m => m.Parameter.Group).Distinct().Order()];
        Assert.Equal(schedule.Phases[0].Trainable.Order(), stateful);
        var workspace = new TrainingWorkspace(model, schedule.Phases[0].Trainable, 1);
        foreach (Parameter parameter in model.Parameters)
        {
            bool trains = schedule.EverTrains(parameter.Group);
            Assert.Equal(!trains, parameter.Values.Span.SequenceEqual(before[parameter]));
            if (parameter.Group == ParameterGroup.Embedding)
                Assert.Equal(trains, workspace.EmbeddingGradient is not null);
            else
                Assert.Equal(trains, !workspace.GradientOf(parameter).IsEmpty);
        }
    }

    [Theory]
    [InlineData("all")]
    [InlineData("seen:40")]
    [InlineData("top:6")]
    [InlineData("top:6+without-vector")]
    [InlineData("seen:30+top:12+without-vector")]
    [InlineData("without-vector")]
    public void Only_the_rows_of_the_rule_move_and_only_they_have_state(string rule)
    {
        RowRule rows = RowRule.Parse(rule);
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        float[] before = model.Embedding.Rows.ToArray();
        int width = model.Embedding.Dimension;
        var seen = new int[model.Embedding.RowCount];
        foreach (int id in texts.Ids)
            seen[id]++;
        int[] expected =
        [
            .. Enumerable
                .Range(1, seen.Length - 1)
                .Where(row => seen[row] >= rows.SeenAtLeast && (rows.WithoutVector || row > WithoutVector))
                .OrderByDescending(row => seen[row])
                .ThenBy(row => row)
                .Take(rows.TopByCount ?? int.MaxValue)
                .Order(),
        ];
        Assert.InRange(expected.Length, 1, seen.Length - 1);

        TrainingRun run = Runner(model, ThawSchedule.Trainable.WithRows(rows), texts, labels);
        Assert.NotNull(run.Epochs.Run(1, 0.02, TestContext.Current.CancellationToken));
        int[] moved =
        [
            .. Enumerable
                .Range(0, seen.Length)
                .Where(row =>
                    !before
                        .AsSpan(row * width, width)
                        .SequenceEqual(model.Embedding.Rows.Span.Slice(row * width, width))
                ),
        ];
        Assert.Equal(expected, moved);
        Moments state = run.Epochs.Optimizer!.State.Single(m => m.Parameter.Group == ParameterGroup.Embedding);
        Assert.Equal([expected.Length, width], state.Shape);
        Assert.Equal(expected.Length * width, state.First.Length);
    }

    [Fact]
    public void A_rule_that_all_rows_meet_gives_the_bits_of_no_rule()
    {
        (TextClassifier a, RaggedIds texts, int[] labels) = Make();
        (TextClassifier b, _, _) = Make();
        Train(a, Quick with { Schedule = ThawSchedule.Parse("trainable,rows=without-vector") }, texts, labels);
        Train(b, Quick with { Schedule = ThawSchedule.Parse("trainable,rows=top:1000+without-vector") }, texts, labels);
        Assert.Equal(SmallTask.Weights(a), SmallTask.Weights(b));
    }

    [Fact]
    public void Rows_that_join_in_a_later_phase_start_fresh_and_the_others_keep_their_moments()
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        ThawSchedule schedule = ThawSchedule.Parse(
            """[{"epochs": 1, "train": ["embedding"], "rows": "top:6"}, {"train": ["embedding"], "rows": "top:12"}]"""
        );
        TrainingRun run = Runner(model, schedule, texts, labels, epochs: 2);
        run.Epochs.Run(1, 0.02, TestContext.Current.CancellationToken);
        Moments first = run.Epochs.Optimizer!.State.Single();
        MovableRows more = run.Start!.Movable(schedule.Phases[1].Rows);
        Moments second = first.For(more);
        int width = model.Embedding.Dimension,
            kept = 0;
        for (int row = 1; row < model.Embedding.RowCount; row++)
        {
            if (more.PlaceOf(row) is var to && to < 0)
                continue;
            ReadOnlySpan<float> moments = second.Second.AsSpan(to * width, width);
            int from = first.Rows!.PlaceOf(row);
            if (from >= 0)
            {
                Assert.True(moments.SequenceEqual(first.Second.AsSpan(from * width, width)));
                Assert.True(moments.ContainsAnyExcept(0f));
                kept++;
            }
            else
                Assert.False(moments.ContainsAnyExcept(0f));
        }
        Assert.Equal((6, 12), (kept, more.Count));
    }

    [Fact]
    public void A_pull_keeps_rows_nearer_to_their_start()
    {
        double Moved(double pull)
        {
            (TextClassifier model, RaggedIds texts, int[] labels) = Make();
            TrainingResult result = Train(
                model,
                Quick with
                {
                    Epochs = 4,
                    Schedule = ThawSchedule.Trainable.WithAnchor(pull),
                },
                texts,
                labels
            );
            ReadOnlySpan<float> start = result.StartRows!.Value.Span,
                end = model.Embedding.Rows.Span;
            double sum = 0;
            for (int i = 0; i < start.Length; i++)
                sum += Math.Pow(end[i] - start[i], 2);
            return Math.Sqrt(sum);
        }
        double free = Moved(0),
            weak = Moved(0.01),
            strong = Moved(1);
        Assert.True(strong < 0.5 * free, $"{strong} against {free}");
        Assert.InRange(weak, strong, free);
    }

    [Fact]
    public void A_reset_forgets_moments_and_their_count()
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        ThawSchedule schedule = ThawSchedule.Parse(
            """[{"epochs": 1, "train": ["dense"]}, {"epochs": 1, "train": ["dense"]}, {"train": ["dense"], "optimizer": "reset"}]"""
        );
        TrainingRun run = Runner(model, schedule, texts, labels, epochs: 3);
        run.Epochs.Run(1, 0.02, TestContext.Current.CancellationToken);
        Moments first = run.Epochs.Optimizer!.State.First();
        run.Epochs.Run(2, 0.02, TestContext.Current.CancellationToken);
        Assert.Same(first, run.Epochs.Optimizer!.State.First());
        long steps = run.Epochs.Steps;
        run.Epochs.Run(3, 0.02, TestContext.Current.CancellationToken);
        Assert.NotSame(first, run.Epochs.Optimizer!.State.First());
        Assert.Equal((0, steps), (first.Begin, run.Epochs.Optimizer.State.First().Begin));
    }

    [Theory]
    [InlineData("trainable,rows=seen:100000", "matches no word: the most frequent one occurs")]
    [InlineData("thaw-embedding@2,rows=seen:100000+without-vector", "matches no word")]
    public void A_rule_that_matches_no_row_is_refused_before_any_work(string schedule, string said)
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        float[] before = SmallTask.Weights(model);
        var error = Assert.Throws<ArgumentException>(() =>
            Train(model, Quick with { Epochs = 3, Schedule = ThawSchedule.Parse(schedule) }, texts, labels)
        );
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallTask.Weights(model));
    }

    [Fact]
    public void Words_that_share_the_zero_row_cannot_move_and_the_remedy_is_told()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(100, 1);
        int[] rowOf = [.. Enumerable.Range(0, SmallTask.VocabularySize).Select(id => id % 3)];
        var model = new TextClassifier(
            new ClassifierOptions { HiddenSize = 4 },
            new EmbeddingTable(rowOf, new float[] { 0, 0, 1, 2, 3, 4 }, 2),
            1
        );
        var error = Assert.Throws<ArgumentException>(() =>
            Train(model, Quick with { Schedule = ThawSchedule.Parse("trainable,rows=without-vector") }, texts, labels)
        );
        Assert.Contains(
            "13 words share the zero row; make the table with a row for each",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_was_folded_before_a_thaw_is_not_used_after_it()
    {
        (TextClassifier model, RaggedIds texts, int[] labels) = Make();
        var scorer = new Scorer(model);
        var current = new CurrentScorer(model);
        float[] before = new float[texts.Count],
            after = new float[texts.Count],
            expected = new float[texts.Count];
        scorer.Score(texts, before);
        current.Value.Score(texts, after);
        Assert.Equal(before, after);
        Train(model, Quick with { Schedule = ThawSchedule.Trainable }, texts, labels);
        var error = Assert.Throws<InvalidOperationException>(() => scorer.Score(texts, before));
        Assert.Contains("make another scorer", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() =>
            scorer.Score(texts[0], scorer.CreateWorkspace(), before.AsSpan(0, 1))
        );
        current.Value.Score(texts, after);
        model.Predict(texts, expected);
        Assert.Equal(expected, after);
        Assert.NotEqual(before, after);
    }

    private static (TextClassifier Model, RaggedIds Texts, int[] Labels) Make()
    {
        (RaggedIds texts, int[] labels) = SmallTask.Make(250, 1);
        TextClassifier model = SmallTask.Model();
        model.Embedding.Rows.Span[..((WithoutVector + 1) * model.Embedding.Dimension)].Clear();
        return (model, texts, labels);
    }

    private static TrainingResult Train(TextClassifier model, TrainingOptions options, RaggedIds texts, int[] labels) =>
        new Trainer(model, options).Run(texts, labels, cancellation: TestContext.Current.CancellationToken);

    private static TrainingRun Runner(
        TextClassifier model,
        ThawSchedule schedule,
        RaggedIds texts,
        int[] labels,
        int epochs = 1
    ) =>
        new(
            model,
            Quick with
            {
                Epochs = epochs,
                Schedule = schedule,
            },
            texts,
            labels,
            sets: null,
            validates: false,
            observer: null
        );
}
