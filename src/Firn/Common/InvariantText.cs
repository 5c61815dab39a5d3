using System.Globalization;
using System.Runtime.CompilerServices;

namespace Firn.Common;

/// <summary>
/// Interpolated text in the invariant culture, whatever the host's; a parameter's type that callers write <c>$"..."</c>
/// for.
/// </summary>
[InterpolatedStringHandler]
internal ref struct InvariantText(int literalLength, int formattedCount)
{
    private DefaultInterpolatedStringHandler _text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    /// <summary>The text; once.</summary>
    public string ToStringAndClear() => _text.ToStringAndClear();
}
