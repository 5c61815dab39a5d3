using Firn.Layers;

namespace Firn.Model;

/// <summary>
/// Means of the gradient and of its square of a parameter; of the table only for the rows that may move.
/// </summary>
internal sealed class Moments
{
    /// <param name="parameter">The weights.</param>
    /// <param name="rows">The rows of a table that may move; null for weights that all move.</param>
    /// <param name="begin">Steps of the optimizer before this state's first.</param>
    public Moments(Parameter parameter, MovableRows? rows, long begin)
    {
        Parameter = parameter;
        Rows = rows;
        Begin = begin;
        int length = rows is null ? parameter.Values.Length : checked(rows.Count * parameter.Shape[1]);
        First = new float[length];
        Second = new float[length];
    }

    public Parameter Parameter { get; }

    public MovableRows? Rows { get; }

    /// <summary>Mean of the gradient; as the parameter, or [movable rows,E].</summary>
    public float[] First { get; }

    /// <summary>Mean of the gradient's square, likewise.</summary>
    public float[] Second { get; }

    /// <summary>Steps of the optimizer before this state's first.</summary>
    public long Begin { get; private set; }

    /// <summary>Extents of <see cref="First"/>.</summary>
    public int[] Shape => Rows is null ? [.. Parameter.Shape] : [Rows.Count, Parameter.Shape[1]];

    /// <summary>This state for other movable rows: rows of both keep theirs, the others begin with zeros.</summary>
    public Moments For(MovableRows? rows)
    {
        if (rows is null || Rows is null || Rows.SameAs(rows))
            return this;
        var moved = new Moments(Parameter, rows, Begin);
        int width = Parameter.Shape[1];
        for (int row = 0; row < Parameter.Shape[0]; row++)
        {
            int from = Rows.PlaceOf(row),
                to = rows.PlaceOf(row);
            if (from < 0 || to < 0)
                continue;
            First.AsSpan(from * width, width).CopyTo(moved.First.AsSpan(to * width));
            Second.AsSpan(from * width, width).CopyTo(moved.Second.AsSpan(to * width));
        }
        return moved;
    }

    public void Set(float[] first, float[] second, long begin)
    {
        first.CopyTo(First, 0);
        second.CopyTo(Second, 0);
        Begin = begin;
    }
}
