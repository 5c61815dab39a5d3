using System.Globalization;
using System.Text;

namespace Firn.Cli.Output;

/// <summary>
/// Text of strangers, made safe to show: a word or a text may hold escape sequences that clear the screen or rename the
/// window, and marks that turn the order of letters around. The one place that decides what a terminal is given.
/// </summary>
internal static class Shown
{
    /// <summary>The text with each control character in its place as a picture (␛) or number (\u202E).</summary>
    /// <param name="text">Any text.</param>
    /// <param name="lines">Line feeds and tabs are part of a layout of ours, and stay.</param>
    public static string Of(string text, bool lines = false)
    {
        int first = 0;
        while (first < text.Length && !IsControl(text[first], lines))
            first++;
        if (first == text.Length)
            return text;
        var safe = new StringBuilder(text, 0, first, text.Length + 16);
        Append(safe, text.AsSpan(first), lines);
        return safe.ToString();
    }

    /// <summary>Whether a character would be acted on rather than shown.</summary>
    public static bool IsControl(char c, bool lines) =>
        c switch
        {
            '\n' or '\t' => !lines,
            < ' ' or (>= '\u007f' and <= '\u009f') => true,
            // bidirectional overrides and isolates
            (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => true,
            _ => false,
        };

    /// <summary>Adds a text, made safe.</summary>
    public static void Append(StringBuilder to, ReadOnlySpan<char> text, bool lines)
    {
        foreach (char c in text)
        {
            if (!IsControl(c, lines))
                to.Append(c);
            else if (c < ' ')
                to.Append((char)('\u2400' + c));
            else if (c == '\u007f')
                to.Append('\u2421');
            else
                to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
    }
}

/// <summary>Passes on what a terminal may be given: see <see cref="Shown"/>; line feeds and tabs stay.</summary>
internal sealed class ShownWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        foreach (char c in buffer)
        {
            if (!Shown.IsControl(c, lines: true))
                continue;
            var safe = new StringBuilder(buffer.Length + 16);
            Shown.Append(safe, buffer, lines: true);
            inner.Write(safe);
            return;
        }
        inner.Write(buffer);
    }

    public override void WriteLine(string? value)
    {
        Write(value.AsSpan());
        inner.WriteLine();
    }

    public override void WriteLine() => inner.WriteLine();

    public override void Flush() => inner.Flush();
}
