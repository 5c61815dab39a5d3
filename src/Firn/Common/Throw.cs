using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firn.Common;

/// <summary>
/// The one place that words errors at the public boundary: which value, what is allowed, what to do.
/// Kernels use <see cref="System.Diagnostics.Debug"/> assertions instead.
/// </summary>
internal static class Throw
{
    private const int LongestProblem = 400;

    /// <summary>
    /// Refuses a number outside [<paramref name="low"/>, <paramref name="high"/>]; NaN is always outside.
    /// </summary>
    public static void IfOutside<T>(
        T value,
        T low,
        T high,
        [CallerArgumentExpression(nameof(value))] string? name = null
    )
        where T : INumber<T>
    {
        if (!(value >= low && value <= high))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must lie between {low} and {high}.");
    }

    /// <summary>Refuses a number that is not above zero.</summary>
    public static void IfNotPositive<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T>
    {
        if (!(value > T.Zero))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be greater than 0.");
    }

    /// <summary>Refuses a buffer of the wrong length.</summary>
    public static void IfLengthDiffers(
        long actual,
        long expected,
        [CallerArgumentExpression(nameof(actual))] string? name = null
    )
    {
        if (actual != expected)
            throw new ArgumentException($"{name} holds {actual} values where {expected} are expected.", name);
    }

    /// <summary>A file whose content is wrong: names the path, the place, what was expected and what to do.</summary>
    [DoesNotReturn]
    public static void BadFile(string path, string place, string problem, string remedy) =>
        throw new InvalidDataException($"{path}: {place}: {Shown(problem, LongestProblem)}. {remedy}");

    /// <summary>
    /// A text of a file as a message shows it: on one line, without control characters, cut where it is long.
    /// </summary>
    public static string Shown(string text, int most = 60)
    {
        string cut = text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…");
        return string.Concat(cut.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
    }
}
