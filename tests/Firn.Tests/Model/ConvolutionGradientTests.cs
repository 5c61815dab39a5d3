using Firn.Kernels;
using Firn.Layers;
using Firn.Model;
using Firn.Text;

namespace Firn.Tests.Model;

/// <summary>
/// Behind a maximum over time a convolution goes back through one window a text and filter: the gradients of all
/// windows.
/// </summary>
[Trait("Kernels", "all")]
public class ConvolutionGradientTests
{
    private static readonly HashSet<ParameterGroup> All =
    [
        ParameterGroup.Embedding,
        ParameterGroup.Encoder,
        ParameterGroup.Dense,
    ];

    public static TheoryData<WindowPadding, int, Activation, double> Shapes =>
        new()
        {
            { WindowPadding.Same, 1, Activation.Relu, 0 },
            { WindowPadding.Same, 1, Activation.Relu, 0.5 },
            { WindowPadding.Same, 3, Activation.Tanh, 0.3 },
            { WindowPadding.Valid, 2, Activation.Sigmoid, 0 },
            { WindowPadding.Causal, 1, Activation.Linear, 0.5 },
        };

    /// <summary>
    /// The same weights, but a mean beside the maximum, which the output's weights ignore, so that every window is
    /// read.
    /// </summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void One_window_gives_the_gradients_of_all(
        WindowPadding padding,
        int stride,
        Activation activation,
        double dropout
    )
    {
        IntegerList widths = padding == WindowPadding.Valid ? [3] : [2, 3, 5];
        var convolution = new Convolution(19, widths, padding, stride, activation);
        (TextClassifier few, RaggedIds texts, int[] labels) = Model([convolution, new GlobalMaxPooling()], dropout);
        (TextClassifier every, _, _) = Model(
            [
                convolution,
                new Branches([
                    [new GlobalMaxPooling()],
                    [new GlobalAveragePooling()],
                ]),
            ],
            dropout
        );
        foreach (Parameter weights in every.Parameters)
        {
            Parameter same = few.Parameters.Single(p => p.Name == weights.Name);
            weights.Values.Span.Clear();
            same.Values.Span.CopyTo(weights.Values.Span); // the output's rows of the mean stay zero
        }
        int[] batch = [.. Enumerable.Range(0, texts.Count)];
        foreach (bool eachToken in (bool[])[false, true])
        {
            var ours = new TrainingWorkspace(few, All, 2, eachToken);
            var theirs = new TrainingWorkspace(every, All, 2, eachToken);
            BatchResult one = ours.ForwardBackward(texts, batch, labels, [], 4, 1),
                other = theirs.ForwardBackward(texts, batch, labels, [], 4, 1);
            Assert.Equal(other.LossSum, one.LossSum, 1e-5);
            foreach (string name in (string[])["convolution.kernel", "convolution.bias"])
                Near(GradientOf(theirs, every, name), GradientOf(ours, few, name));
            SparseRows expected = theirs.EmbeddingGradient!,
                actual = ours.EmbeddingGradient!;
            Assert.Equal(expected.Count, actual.Count);
            Near(
                expected.Values.AsSpan(0, expected.Count * expected.Width),
                actual.Values.AsSpan(0, actual.Count * actual.Width)
            );
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Bits_do_not_depend_on_threads(double dropout)
    {
        float[]? first = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            (TextClassifier model, RaggedIds texts, int[] labels) = Model(
                [new Convolution(19, [3, 4]), new GlobalMaxPooling()],
                dropout
            );
            var work = new TrainingWorkspace(model, All, threads);
            var adam = new Adam(model, All);
            int[] batch = [.. Enumerable.Range(0, texts.Count)];
            for (int step = 0; step < 3; step++)
            {
                work.ForwardBackward(texts, batch, labels, [], 4, step);
                adam.Step(work);
            }
            float[] weights = [.. model.Parameters.SelectMany(p => p.Values.ToArray())];
            first ??= weights;
            Assert.True(weights.AsSpan().SequenceEqual(first), $"{threads} threads");
        }
    }

    private static (TextClassifier Model, RaggedIds Texts, int[] Labels) Model(LayerList layers, double dropout)
    {
        var options = new ClassifierOptions
        {
            Model = layers,
            Classes = 3,
            EmbeddingDropout = dropout,
        };
        var random = new CounterRandom(5);
        int[][] texts =
        [
            .. Enumerable
                .Range(0, 90)
                .Select(i => Enumerable.Range(0, i % 13).Select(p => random.Below((ulong)(i * 100 + p), 40)).ToArray()),
        ];
        return (
            new TextClassifier(options, EmbeddingTable.Random(40, 37, 7), 3),
            RaggedIds.From(texts),
            [.. Enumerable.Range(0, 90).Select(i => i % 3)]
        );
    }

    private static Span<float> GradientOf(TrainingWorkspace work, TextClassifier model, string name) =>
        work.GradientOf(model.Parameters.Single(p => p.Name == name));

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float largest = 0;
        foreach (float value in expected)
            largest = Math.Max(largest, Math.Abs(value));
        Assert.True(largest > 0);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5f * largest);
    }
}
