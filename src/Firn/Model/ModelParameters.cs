using Firn.Kernels;

namespace Firn.Model;

/// <summary>Makes the named weights of a model with Keras' starting values.</summary>
internal static class ModelParameters
{
    public const string EmbeddingRows = "embedding.rows";
    public const string ForwardPrefix = "lstm";
    public const string BackwardPrefix = "lstm_backward";

    public static Parameter[] Create(ClassifierOptions options, EmbeddingTable embedding, CounterRandom random)
    {
        var list = new List<Parameter>
        {
            new(EmbeddingRows, [embedding.RowCount, embedding.Dimension], ParameterGroup.Embedding, embedding.Rows),
        };
        AddLstm(list, ForwardPrefix, embedding.Dimension, options.HiddenSize, random.Derive(0));
        if (options.Bidirectional)
            AddLstm(list, BackwardPrefix, embedding.Dimension, options.HiddenSize, random.Derive(1));
        int features = options.FeatureSize;
        if (options.Pooling == Pooling.Attention)
        {
            list.Add(Glorot("attention.kernel", features, features, [features, features], random.Derive(2)));
            list.Add(new("attention.bias", [features], ParameterGroup.Dense, new float[features]));
            list.Add(Glorot("attention.context", features, 1, [features], random.Derive(3)));
        }
        list.Add(Glorot("dense.kernel", features, options.OutputSize, [features, options.OutputSize], random.Derive(4)));
        list.Add(new("dense.bias", [options.OutputSize], ParameterGroup.Dense, new float[options.OutputSize]));
        return [.. list];
    }

    private static void AddLstm(List<Parameter> list, string prefix, int width, int hidden, CounterRandom random)
    {
        var kernel = new float[checked(width * 4 * hidden)];
        var recurrent = new float[checked(hidden * 4 * hidden)];
        var bias = new float[4 * hidden];
        Initializers.GlorotUniform(random.Derive(0), width, 4 * hidden, kernel);
        Initializers.Orthogonal(random.Derive(1), hidden, 4 * hidden, recurrent);
        Initializers.UnitForgetBias(hidden, bias);
        list.Add(new(prefix + ".kernel", [width, 4 * hidden], ParameterGroup.Lstm, kernel));
        list.Add(new(prefix + ".recurrent_kernel", [hidden, 4 * hidden], ParameterGroup.Lstm, recurrent));
        list.Add(new(prefix + ".bias", [4 * hidden], ParameterGroup.Lstm, bias));
    }

    private static Parameter Glorot(string name, int fanIn, int fanOut, int[] shape, CounterRandom random)
    {
        var values = new float[checked(fanIn * fanOut)];
        Initializers.GlorotUniform(random, fanIn, fanOut, values);
        return new(name, shape, ParameterGroup.Dense, values);
    }
}
