using System.Runtime.CompilerServices;

namespace Firn.Text;

/// <summary>White space as Python's <c>\s</c> and <c>str.split</c> understand it.</summary>
internal static class UnicodeSpace
{
    /// <summary>
    /// The characters of .NET's <see cref="char.IsWhiteSpace(char)"/> and the four separators U+001C to U+001F, which
    /// Python counts and .NET does not.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(char c) =>
        c <= ' ' ? c == ' ' || (uint)(c - '\t') <= '\r' - '\t' || c >= '\x1c' : c >= 0x7f && char.IsWhiteSpace(c);
}
