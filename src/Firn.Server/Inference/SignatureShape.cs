using Firn.Server.Batching;

namespace Firn.Server.Inference;

/// <summary>A tensor's name, TensorFlow type and shape; -1 for a size that varies.</summary>
internal sealed record TensorShape(string Name, string Type, long[] Shape);

/// <summary>One signature as metadata describes it.</summary>
internal sealed record SignatureShape(
    string Name,
    string Method,
    IReadOnlyList<TensorShape> Inputs,
    IReadOnlyList<TensorShape> Outputs
)
{
    public const string StringType = "DT_STRING";
    public const string Int32Type = "DT_INT32";
    public const string FloatType = "DT_FLOAT";

    /// <summary>Every signature that a model has.</summary>
    public static IReadOnlyList<SignatureShape> All(IScorer scorer)
    {
        TensorShape scores = new(Signatures.ScoresOutput, FloatType, [-1, scorer.OutputSize]);
        TensorShape examples = new("inputs", StringType, [-1]);
        var all = new List<SignatureShape>
        {
            new(Signatures.Default, Signatures.PredictMethod, [new(Signatures.TextInput, StringType, [-1])], [scores]),
            new(Signatures.Ids, Signatures.PredictMethod, [new(Signatures.IdsInput, Int32Type, [-1, -1])], [scores]),
            new(
                Signatures.Vectors,
                Signatures.PredictMethod,
                [new(Signatures.VectorsInput, FloatType, [-1, -1, scorer.Dimension])],
                [scores]
            ),
            new(
                Signatures.Classify,
                Signatures.ClassifyMethod,
                [examples],
                [
                    new("classes", StringType, [-1, scorer.Labels.Count]),
                    new("scores", FloatType, [-1, scorer.Labels.Count]),
                ]
            ),
        };
        if (scorer.OutputSize == 1)
            all.Add(
                new(Signatures.Regress, Signatures.RegressMethod, [examples], [new("outputs", FloatType, [-1, 1])])
            );
        return all;
    }
}
