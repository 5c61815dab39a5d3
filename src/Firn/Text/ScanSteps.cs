using System.Runtime.CompilerServices;

namespace Firn.Text;

/// <summary>
/// Counts the characters that scanners look at, so that a test can show that their work grows with the text and no
/// faster. Off unless a process starts with the switch <see cref="SwitchName"/>; the compiler then leaves the counting
/// out.
/// </summary>
internal static class ScanSteps
{
    public const string SwitchName = "Firn.Text.CountSteps";

    private static readonly bool On = AppContext.TryGetSwitch(SwitchName, out bool on) && on;

    [ThreadStatic]
    private static long _taken;

    /// <summary>Steps of this thread so far; 0 where the switch is off.</summary>
    public static long Taken => _taken;

    /// <summary>Counts characters that were looked at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(int characters)
    {
        if (On)
            _taken += characters;
    }
}
