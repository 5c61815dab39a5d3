namespace Firn.Recipes;

/// <summary>Rows to be measured on bear labels that the model does not know.</summary>
public sealed class UnknownLabelException : Exception
{
    /// <summary>Names the labels.</summary>
    /// <param name="labels">Those the model lacks.</param>
    /// <param name="rows">How many rows bear them.</param>
    /// <param name="known">The model's classes.</param>
    public UnknownLabelException(IReadOnlyList<string> labels, long rows, IReadOnlyList<string> known)
        : base($"{rows} rows bear labels that the model does not know ({Listed(labels)}; it knows {Listed(known)}); " +
            "give those labels the model's names, or skip such rows.")
    {
        Labels = labels;
        Rows = rows;
    }

    /// <summary>The labels that the model lacks.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How many rows bear them.</summary>
    public long Rows { get; }

    private static string Listed(IReadOnlyList<string> labels) =>
        string.Join(", ", labels.Take(10)) + (labels.Count > 10 ? $" and {labels.Count - 10} more" : "");
}
