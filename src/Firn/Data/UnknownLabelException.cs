using Firn.Text;

namespace Firn.Data;

/// <summary>Rows to be measured on bear labels that the model does not know.</summary>
public sealed class UnknownLabelException : FirnException
{
    /// <summary>Names the labels.</summary>
    /// <param name="labels">Those the model lacks.</param>
    /// <param name="rows">How many rows bear them.</param>
    /// <param name="known">The model's classes.</param>
    public UnknownLabelException(IReadOnlyList<string> labels, long rows, IReadOnlyList<string> known)
        : base(
            $"{Counted.Of(rows, "row")} {(rows == 1 ? "bears a label" : "bear labels")} that the model does not know "
                + $"({Counted.Listed(labels)}; it knows {Counted.Listed(known)}); "
                + "give those labels the model's names, or skip such rows."
        )
    {
        Labels = labels;
        Rows = rows;
    }

    /// <summary>The labels that the model lacks.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>How many rows bear them.</summary>
    public long Rows { get; }
}
