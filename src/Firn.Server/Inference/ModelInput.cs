namespace Firn.Server.Inference;

/// <summary>The texts of a request, in one of three forms; not yet checked against a model.</summary>
internal sealed class ModelInput
{
    private ModelInput(InputKind kind, int count)
    {
        Kind = kind;
        Count = count;
    }

    public InputKind Kind { get; }

    /// <summary>Number of texts.</summary>
    public int Count { get; }

    /// <summary>The texts; empty for the other forms.</summary>
    public IReadOnlyList<string> Texts { get; private init; } = [];

    /// <summary>All ids, text after text; empty for the other forms.</summary>
    public int[] Ids { get; private init; } = [];

    /// <summary>All vectors, [total tokens, E]; empty for the other forms.</summary>
    public float[] Vectors { get; private init; } = [];

    /// <summary>Where each text begins, in ids or vectors, and last their number.</summary>
    public int[] Offsets { get; private init; } = [];

    /// <summary>
    /// Where each text begins among the ids that the model knows of it, and last their number; null until texts are
    /// encoded.
    /// </summary>
    public int[]? Encoded { get; set; }

    public static ModelInput FromTexts(IReadOnlyList<string> texts) =>
        new(InputKind.Texts, texts.Count) { Texts = texts };

    public static ModelInput FromIds(int[] ids, int[] offsets) =>
        new(InputKind.Ids, offsets.Length - 1) { Ids = ids, Offsets = offsets };

    public static ModelInput FromVectors(float[] vectors, int[] offsets) =>
        new(InputKind.Vectors, offsets.Length - 1) { Vectors = vectors, Offsets = offsets };
}
