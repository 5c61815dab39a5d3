using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

/// <summary>What lists of layers must do beside equalling PyTorch.</summary>
public sealed class ListedModelTests
{
    private static readonly HashSet<ParameterGroup> Everything =
    [
        ParameterGroup.Embedding,
        ParameterGroup.Encoder,
        ParameterGroup.Dense,
    ];

    private static readonly LayerList Deep =
    [
        new Dropout(0.1),
        new SpatialDropout(0.2),
        new Convolution(20, [3], WindowPadding.Valid),
        new BatchNormalization(),
        new MaxPooling(2),
        new Branches([
            [new Lstm(18) { RecurrentDropout = 0.2 }, new LastState()],
            [new SpatialDropout(0.3), new GlobalMaxPooling()],
        ]),
        new Dropout(0.3),
        new Dense(12, Activation.Tanh),
        new BatchNormalization(),
    ];

    [Fact]
    public void Bits_do_not_depend_on_threads_where_batches_are_normalized_and_dropped()
    {
        float[][] one = Trained(Deep, threads: 1),
            three = Trained(Deep, threads: 3);
        for (int i = 0; i < one.Length; i++)
            Assert.Equal(one[i], three[i]);
    }

    [Fact]
    public void A_frozen_normalization_leaves_its_moving_values()
    {
        var model = new TextClassifier(new ClassifierOptions { Model = Deep }, EmbeddingTable.Random(50, 21, 5), 6);
        float[] before = model["batch_normalization.moving_mean"].Values.ToArray(),
            top = model["batch_normalization_2.moving_mean"].Values.ToArray();
        Step(model, [ParameterGroup.Dense], threads: 2, steps: 2);
        Assert.Equal(before, model["batch_normalization.moving_mean"].Values.ToArray());
        Assert.NotEqual(top, model["batch_normalization_2.moving_mean"].Values.ToArray());
    }

    [Fact]
    public void The_short_options_are_a_list()
    {
        var brief = new ClassifierOptions
        {
            HiddenSize = 18,
            Bidirectional = true,
            Pooling = Pooling.Max,
            Dense = [7],
            DenseDropout = 0.2,
        };
        LayerList list =
        [
            new Lstm(18)
            {
                Bidirectional = true,
                InputDropout = 0.2,
                RecurrentDropout = 0.2,
            },
            new GlobalMaxPooling(),
            new Dropout(0.2),
            new Dense(7, Activation.Relu),
            new Dropout(0.2),
        ];
        Assert.Equal(Trained(brief, 2), Trained(new ClassifierOptions { Model = list }, 2));
    }

    [Theory]
    [InlineData(
        "[{\"layer\": \"lstm\", \"units\": 0}, {\"layer\": \"last_state\"}]",
        "Layer 1 (lstm): units is 0; it must lie between 1 and 8192."
    )]
    [InlineData("[{\"layer\": \"lstm\", \"units\": 3}]", "ends in a sequence")]
    [InlineData(
        "[{\"layer\": \"last_state\"}, {\"layer\": \"gru\", \"units\": 3, \"name\": \"top\"}]",
        "Layer 2 (gru 'top'): it reads a sequence and stands on features"
    )]
    [InlineData("[{\"layer\": \"flatten\"}]", "Layer 1 (flatten): texts have different lengths there")]
    [InlineData(
        "[{\"layer\": \"branches\", \"lists\": [[], [{\"layer\": \"global_max_pooling\"}]]}]",
        "some of its lists give a sequence and others features"
    )]
    [InlineData(
        "[{\"layer\": \"branches\", \"lists\": [[], [{\"layer\": \"max_pooling\", \"window\": 2}]]}]",
        "different numbers of steps"
    )]
    [InlineData(
        "[{\"layer\": \"residual\", \"list\": [{\"layer\": \"dense\", \"units\": 3}, {\"layer\": \"convolution\", "
            + "\"filters\": 3, \"widths\": [2, 3], \"padding\": \"valid\"}]}]",
        "Layer 1 (residual), branch 1, layer 2 (convolution): several widths with padding valid"
    )]
    [InlineData(
        "[{\"layer\": \"lstm\", \"units\": 3, \"activation\": \"gelu\"}, {\"layer\": \"last_state\"}]",
        "cannot have the activation Gelu"
    )]
    [InlineData(
        "[{\"layer\": \"gru\", \"units\": 3, \"name\": \"dense\"}, {\"layer\": \"last_state\"}]",
        "the name 'dense' is taken"
    )]
    public void A_list_that_cannot_be_is_refused_with_its_place(string json, string problem)
    {
        var options = new ClassifierOptions { Model = LayerList.FromJson(json) };
        var error = Assert.Throws<ArgumentException>(() =>
            new TextClassifier(options, EmbeddingTable.Random(9, 7, 1), 1)
        );
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Widths_that_do_not_fit_are_refused_once_the_embedding_is_known()
    {
        var options = new ClassifierOptions { Model = [new Residual([new Dense(3)]), new GlobalMaxPooling()] };
        options.Validate();
        Assert.Contains(
            "give 7 and 3 values",
            Assert
                .Throws<ArgumentException>(() => new TextClassifier(options, EmbeddingTable.Random(9, 7, 1), 1))
                .Message
        );
        _ = new TextClassifier(options, EmbeddingTable.Random(9, 3, 1), 1);
    }

    [Fact]
    public void Branches_that_treat_a_mask_differently_are_refused() =>
        Assert.Contains(
            "know the mask",
            Assert
                .Throws<ArgumentException>(() =>
                    new TextClassifier(
                        new ClassifierOptions
                        {
                            Model =
                            [
                                new Branches([
                                    [new Lstm(3), new LastState()],
                                    [new Convolution(3, [2]), new GlobalMaxPooling()],
                                ]),
                            ],
                            Padding = new PaddedInput { Length = 5, Masked = true },
                        },
                        EmbeddingTable.Random(9, 7, 1),
                        1
                    )
                )
                .Message
        );

    [Fact]
    public void Scoring_many_texts_one_and_unfolded_agree()
    {
        var model = new TextClassifier(new ClassifierOptions { Model = Deep }, EmbeddingTable.Random(50, 21, 5), 6);
        (RaggedIds texts, _) = Corpus();
        float[] many = new float[texts.Count],
            unfolded = new float[texts.Count],
            one = new float[1];
        var scorer = new Scorer(model);
        scorer.Score(texts, many, 2);
        model.Predict(texts, unfolded);
        GoldenDraw.Near(many, unfolded, "unfolded");
        ScoringWorkspace work = scorer.CreateWorkspace();
        for (int i = 0; i < texts.Count; i++)
        {
            scorer.Score(texts[i], work, one);
            Assert.Equal(many[i], one[0], 1e-6f);
        }
        Assert.Equal(0, Allocations.Of(() => scorer.Score(texts[1], work, one)));
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        LayerList smooth =
        [
            new Convolution(10, [3], Activation: Activation.Tanh),
            new BatchNormalization(),
            new Branches(
                [
                    [new Lstm(9) { Bidirectional = true, Merge = Join.Multiply }],
                    [new Gru(9, ResetAfter: false)],
                    [new SimpleRnn(9)],
                ],
                Join.Sum
            ),
            new AveragePooling(2, 1, WindowPadding.Same),
            new Residual([new Dense(9, Activation.Gelu)]),
            new LayerNormalization(),
            new AttentionPooling(),
            new Dense(6, Activation.Silu),
            new BatchNormalization(1e-2),
        ];
        var model = new TextClassifier(
            new ClassifierOptions { Model = smooth, EmbeddingDropout = 0 },
            EmbeddingTable.Random(50, 21, 5),
            6
        );
        foreach (ref float value in model.Embedding.Rows.Span)
            value *= 20;
        (RaggedIds texts, int[] labels) = Corpus();
        int[] batch = [.. Enumerable.Range(0, 40)];
        var work = new TrainingWorkspace(model, Everything, 2);
        Loss();
        foreach (
            Parameter parameter in model.Parameters.Where(p =>
                p.Group is ParameterGroup.Encoder or ParameterGroup.Dense
            )
        )
        {
            float[] gradient = ClassifierParityTests.Gradient(work, parameter);
            int at = Array.IndexOf(gradient, gradient.MaxBy(Math.Abs));
            const float step = 4e-3f;
            float start = parameter.Values.Span[at];
            parameter.Values.Span[at] = start + step;
            double above = Loss();
            parameter.Values.Span[at] = start - step;
            double slope = (above - Loss()) / (2 * step);
            parameter.Values.Span[at] = start;
            Loss();
            Assert.True(
                Math.Abs(slope - gradient[at]) <= 0.02 * Math.Abs(gradient[at]) + 3e-4,
                $"{parameter.Name}: {gradient[at]} where differences give {slope}"
            );
        }

        double Loss() => work.ForwardBackward(texts, batch, labels, [], 1, 1).LossSum / batch.Length;
    }

    [Fact]
    public void Of_two_channels_one_stays_and_the_other_trains_as_it_would_on_the_same_input()
    {
        EmbeddingTable one = EmbeddingTable.Random(50, 21, 5);
        var options = new ClassifierOptions
        {
            Model = [new Convolution(8, [2, 3]), new GlobalMaxPooling()],
            EmbeddingDropout = 0,
        };
        TextClassifier both = new(options with { Multichannel = true }, one.TwoChannels(), 6),
            moving = new(options, one.TwoChannels(), 6);
        Step(both, Everything, 2, steps: 1);
        Step(moving, Everything, 2, steps: 1);
        for (int row = 0; row < one.RowCount; row++)
        {
            ReadOnlySpan<float> trained = both.Embedding.Rows.Span.Slice(row * 42, 42);
            Assert.True(trained[..21].SequenceEqual(one.Rows.Span.Slice(row * 21, 21)));
            Assert.True(trained[21..].SequenceEqual(moving.Embedding.Rows.Span.Slice(row * 42 + 21, 21)));
        }
        Assert.False(both.Embedding.Rows.Span.Slice(42 + 21, 21).SequenceEqual(one.Rows.Span.Slice(21, 21)));
        Step(both, Everything, 2, steps: 3);
        Assert.True(both.Embedding.Rows.Span.Slice(42, 21).SequenceEqual(one.Rows.Span.Slice(21, 21)));
    }

    private static float[][] Trained(LayerList list, int threads) =>
        Trained(new ClassifierOptions { Model = list }, threads);

    private static float[][] Trained(ClassifierOptions options, int threads)
    {
        var model = new TextClassifier(options, EmbeddingTable.Random(50, 21, 5), 6);
        Step(model, Everything, threads, steps: 4);
        return [.. model.Parameters.Select(p => p.Values.ToArray())];
    }

    [Fact]
    public void A_dropout_may_not_stand_between_two_directions_and_their_last_states()
    {
        var options = new ClassifierOptions
        {
            Model = [new Lstm(5) { Bidirectional = true }, new Dropout(0.2), new LastState()],
        };
        Assert.Contains(
            "put the dropout behind it",
            Assert.Throws<ArgumentException>(options.Validate).Message,
            StringComparison.Ordinal
        );
        (options with { Model = [new Lstm(5), new Dropout(0.2), new LastState()] }).Validate();
    }

    [Fact]
    public void The_second_direction_has_its_name_for_itself()
    {
        var options = new ClassifierOptions
        {
            Model = [new Lstm(5) { Bidirectional = true }, new Lstm(4) { Name = "lstm_backward" }, new LastState()],
        };
        Assert.Contains(
            "'lstm_backward'",
            Assert.Throws<ArgumentException>(options.Validate).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("[{\"units\": 3}]", "'layer'")]
    [InlineData("[{\"layer\": \"dropout\"}]", "rate")]
    [InlineData("[{\"layer\": \"activate\"}]", "activation")]
    public void What_a_layer_needs_is_asked_for(string json, string missing) =>
        Assert.Contains(
            missing,
            Assert.Throws<System.Text.Json.JsonException>(() => LayerList.FromJson(json)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_list_of_layers_says_its_padding_by_Padding()
    {
        var options = new ClassifierOptions { Model = [new Lstm(5), new LastState()], PaddedLength = 7 };
        Assert.Throws<ArgumentException>(options.Validate);
    }

    [Fact]
    public void The_channel_that_stays_counts_nothing_in_the_norm_of_the_gradient()
    {
        EmbeddingTable table = EmbeddingTable.Random(50, 21, 5).TwoChannels();
        var options = new ClassifierOptions
        {
            Model = [new Convolution(8, [2, 3]), new GlobalMaxPooling()],
            EmbeddingDropout = 0,
            Multichannel = true,
        };
        (RaggedIds texts, int[] labels) = Corpus();
        var work = new TrainingWorkspace(
            new TextClassifier(options, table, 6),
            new HashSet<ParameterGroup> { ParameterGroup.Embedding },
            2
        );
        work.ForwardBackward(texts, [.. Enumerable.Range(0, texts.Count)], labels, [], 1, 0);
        SparseRows gradient = work.EmbeddingGradient!;
        double moving = Enumerable
            .Range(0, gradient.Count)
            .Sum(i => gradient[i][21..].ToArray().Sum(g => (double)g * g));
        Assert.True(moving > 0);
        Assert.Equal(Math.Sqrt(moving), work.ClipByGlobalNorm(double.MaxValue), 1e-6 * Math.Sqrt(moving));
    }

    private static void Step(TextClassifier model, HashSet<ParameterGroup> groups, int threads, int steps)
    {
        (RaggedIds texts, int[] labels) = Corpus();
        var work = new TrainingWorkspace(model, groups, threads);
        var adam = new Adam(model, groups);
        for (int step = 0; step < steps; step++)
        {
            work.ForwardBackward(texts, [.. Enumerable.Range(0, texts.Count)], labels, [], 1, step);
            adam.Step(work);
        }
    }

    private static (RaggedIds Texts, int[] Labels) Corpus()
    {
        var random = new CounterRandom(40);
        ulong at = 0;
        int[][] texts =
        [
            .. Enumerable
                .Range(0, 150)
                .Select(_ => Enumerable.Range(0, random.Below(at++, 14)).Select(_ => random.Below(at++, 50)).ToArray()),
        ];
        return (RaggedIds.From(texts), [.. texts.Select((_, i) => random.Below(at++, 2))]);
    }
}
