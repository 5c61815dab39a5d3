using System.Text.Json;
using Firn.Layers;

namespace Firn.Tests.Layers;

public sealed class LayerListTests
{
    private static readonly LayerList All =
    [
        new SpatialDropout(0.2),
        new Lstm(64)
        {
            Bidirectional = true,
            Merge = Join.Sum,
            InputDropout = 0.1,
            RecurrentDropout = 0.2,
            Name = "first",
        },
        new Gru(32, Activation.Relu, Activation.HardSigmoid, ResetAfter: false) { Reversed = true },
        new SimpleRnn(8, Activation.Softsign),
        new Branches(
            [
                [new Convolution(16, [3, 4], WindowPadding.Causal)],
                [new Convolution(16, [5], Stride: 2, Bias: false)],
                [],
            ],
            Join.Average
        ),
        new MaxPooling(2),
        new AveragePooling(3, 1, WindowPadding.Same),
        new Residual([new LayerNormalization(), new Dense(16, Activation.Relu)]),
        new BatchNormalization(1e-5, 0),
        new Activate(Activation.Relu),
        new Dropout(0),
        new AttentionPooling(),
        new GlobalMaxPooling(),
        new GlobalAveragePooling(),
        new LastState(),
        new Flatten(),
    ];

    [Fact]
    public void A_list_survives_JSON_and_equals_itself()
    {
        LayerList read = LayerList.FromJson(All.ToJson());
        Assert.Equal(All, read);
        Assert.Equal(All.GetHashCode(), read.GetHashCode());
        Assert.NotEqual(All, [.. All, new Flatten()]);
    }

    [Fact]
    public void What_is_left_out_has_its_default()
    {
        LayerList read = LayerList.FromJson(
            """
            [
              {"units": 3, "layer": "lstm"}, {"layer": "gru", "units": 3}, {"layer": "convolution", "filters": 2, "widths": [3]}, // short
              {"layer": "dense", "units": 2}, {"layer": "batch_normalization"}, {"layer": "max_pooling", "window": 2},
            ]
            """
        );
        Assert.Equal(
            [
                new Lstm(3),
                new Gru(3),
                new Convolution(2, [3]),
                new Dense(2),
                new BatchNormalization(),
                new MaxPooling(2),
            ],
            read
        );
        Assert.Equal(Activation.Sigmoid, ((Lstm)read[0]).GateActivation);
        Assert.Equal(0.99, ((BatchNormalization)read[4]).Momentum);
    }

    [Theory]
    [InlineData("""[{"layer": "lstm", "units": 3, "unit": 4}]""", "unit")]
    [InlineData("""[{"layer": "lstn", "units": 3}]""", "$[0]")]
    [InlineData(
        """[{"layer": "dense", "units": 3}, {"layer": "dense", "units": 3, "activation": "rleu"}]""",
        "$[1].activation"
    )]
    [InlineData("""[null]""", "list of layers")]
    public void What_is_not_known_is_refused(string json, string place) =>
        Assert.Contains(place, Assert.Throws<JsonException>(() => LayerList.FromJson(json)).Message);
}
