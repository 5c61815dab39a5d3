using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using Firn.Kernels;

namespace Firn.Vectors.Training;

/// <summary>
/// Stops a run whose vectors have run away: at the end of each epoch no row may be longer than a multiple of the
/// longest at the start, and none of the run's parameters may be other than finite.
/// </summary>
internal sealed unsafe class LengthCheck
{
    /// <summary>gensim's vectors stay below 100 even at rates that teach them nothing.</summary>
    private const float Longest = 1000,
        Growth = 100;

    private const int RowsAtOnce = 4096;

    private readonly TrainingState _state;
    private readonly Func<int, string> _nameOf;
    private readonly float _limit;

    /// <param name="state">The parameters as they are at the start.</param>
    /// <param name="nameOf">Names a row of the inputs in messages.</param>
    public LengthCheck(TrainingState state, Func<int, string> nameOf)
    {
        _state = state;
        _nameOf = nameOf;
        float longest = Find(state.Inputs, float.PositiveInfinity).Longest;
        _limit = Math.Max(Longest, Growth * (float.IsFinite(longest) ? longest : 0));
    }

    /// <exception cref="NotFiniteNumberException">A vector has run away.</exception>
    public void Check(int epoch)
    {
        (int row, float length, _) = Find(_state.Inputs, _limit);
        if (row >= 0)
            throw Diverged(
                epoch,
                $"the vector of {_nameOf(row)} {(float.IsFinite(length) ? $"is {Text(length)} long" : "is not finite")}"
            );
        foreach (ParameterMatrix? matrix in new[] { _state.Outputs, _state.Nodes })
        {
            if (matrix is not null && Find(matrix, float.MaxValue).Row >= 0)
                throw Diverged(epoch, "an output vector is not finite");
        }
    }

    private NotFiniteNumberException Diverged(int epoch, string what)
    {
        Word2VecOptions options = _state.Options;
        double less = Math.Min(StepBound.DefaultAlpha, options.Alpha / 10);
        return new NotFiniteNumberException(
            $"Word vectors diverged in epoch {epoch + 1} of {options.Epochs}: {what}, where a few units are usual. "
                + $"The learning rate {Text(options.Alpha)} is too large for these texts and options; try {Text(less)}"
        );
    }

    private static string Text(double value) =>
        value.ToString(value is < 1e5 and > 1e-3 ? "0.####" : "0.#e+0", CultureInfo.InvariantCulture);

    /// <summary>
    /// The first row that is not within the limit, or -1, its length, and the greatest length of all rows.
    /// </summary>
    private (int Row, float Length, float Longest) Find(ParameterMatrix matrix, float limit)
    {
        int parts = (matrix.Rows + RowsAtOnce - 1) / RowsAtOnce;
        var found = new (int Row, float Length, float Longest)[parts];
        int threads = _state.Options.Threads > 0 ? _state.Options.Threads : Environment.ProcessorCount;
        Workers.Run(
            parts,
            threads,
            (part, _) =>
            {
                found[part] = (-1, 0, 0);
                for (int row = part * RowsAtOnce; row < Math.Min((part + 1) * RowsAtOnce, matrix.Rows); row++)
                {
                    float length = MathF.Sqrt(Square(matrix[row], matrix.Stride));
                    if (!(length <= limit) && found[part].Row < 0)
                        found[part] = (row, length, found[part].Longest);
                    found[part].Longest = Math.Max(found[part].Longest, length);
                }
            }
        );
        (int first, float at, _) = found.FirstOrDefault(part => part.Row >= 0, (-1, 0, 0));
        return (first, at, found.Length == 0 ? 0 : found.Max(part => part.Longest));
    }

    private static float Square(float* row, int columns)
    {
        Vector<float> sum = Vector<float>.Zero;
        foreach (
            Vector<float> values in MemoryMarshal.Cast<float, Vector<float>>(new ReadOnlySpan<float>(row, columns))
        )
            sum += values * values;
        return Vector.Sum(sum);
    }
}
