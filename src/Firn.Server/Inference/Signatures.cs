using Firn.Server.Contracts;

namespace Firn.Server.Inference;

/// <summary>What a request sends.</summary>
internal enum InputKind
{
    /// <summary>Texts as they are written.</summary>
    Texts,

    /// <summary>Token ids of the model's vocabulary.</summary>
    Ids,

    /// <summary>One word vector a token.</summary>
    Vectors,
}

/// <summary>The signatures of every model: which input each one takes, under which name.</summary>
internal static class Signatures
{
    public const string Default = "serving_default";
    public const string Ids = "ids";
    public const string Vectors = "vectors";
    public const string Classify = "classify";
    public const string Regress = "regress";

    public const string TextInput = "text";
    public const string IdsInput = "ids";
    public const string RowSplitsInput = "row_splits";
    public const string VectorsInput = "vectors";
    public const string ScoresOutput = "scores";
    public const string LabelsOutput = "labels";
    public const string KnownTokensOutput = "known_tokens";

    public const string PredictMethod = "tensorflow/serving/predict";
    public const string ClassifyMethod = "tensorflow/serving/classify";
    public const string RegressMethod = "tensorflow/serving/regress";

    /// <summary>The input of a signature that <c>predict</c> may name.</summary>
    /// <exception cref="ServingException">There is no such signature, or it belongs to another method.</exception>
    public static InputKind KindOf(string? signature) =>
        signature switch
        {
            null or "" or Default => InputKind.Texts,
            Ids => InputKind.Ids,
            Vectors => InputKind.Vectors,
            Classify or Regress or ClassifyMethod or RegressMethod => throw ServingException.Invalid(
                $"signature '{signature}' belongs to the "
                    + $"{(signature.EndsWith(Classify, StringComparison.Ordinal) ? Classify : Regress)} method; "
                    + $"predict takes {Default}, {Ids} or {Vectors}"
            ),
            _ => throw Unknown(signature),
        };

    /// <summary>
    /// Checks the signature that <c>classify</c> or <c>regress</c> names: none, the default or its own.
    /// </summary>
    /// <exception cref="ServingException">There is no such signature, or it belongs to another method.</exception>
    public static void CheckExampleMethod(string? signature, string own, string method)
    {
        if (signature is null or "" or Default || signature == own || signature == method)
            return;
        if (signature is Ids or Vectors or Classify or Regress or ClassifyMethod or RegressMethod)
            throw ServingException.Invalid(
                $"signature '{signature}' does not belong to {own}; leave signature_name out or write '{own}'"
            );
        throw Unknown(signature);
    }

    private static ServingException Unknown(string signature) =>
        ServingException.Invalid(
            $"Serving signature key \"{signature}\" not found; the model has {Default}, {Ids}, {Vectors}, {Classify} "
                + $"and {Regress}"
        );
}
