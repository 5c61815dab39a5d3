using Firn.Common;

namespace Firn.Interop.Keras.Preprocessing;

/// <summary>An end of a sequence.</summary>
public enum KerasSide
{
    /// <summary>The start: Keras' default for padding and for cutting.</summary>
    Pre,

    /// <summary>The end.</summary>
    Post,
}

/// <summary>Keras' <c>pad_sequences</c>.</summary>
public static class KerasSequences
{
    /// <summary>
    /// Brings ids to a length: what is too long loses its start or end, what is too short gets zeros there.
    /// </summary>
    /// <param name="ids">The ids.</param>
    /// <param name="length">The length, Keras' <c>maxlen</c>.</param>
    /// <param name="padding">Where zeros are put.</param>
    /// <param name="truncating">Where ids are dropped.</param>
    /// <returns>As many ids as the length says.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is not above 0.</exception>
    public static int[] Pad(
        IReadOnlyList<int> ids,
        int length,
        KerasSide padding = KerasSide.Pre,
        KerasSide truncating = KerasSide.Pre
    )
    {
        ArgumentNullException.ThrowIfNull(ids);
        Throw.IfNotPositive(length);
        var padded = new int[length];
        int kept = Math.Min(length, ids.Count);
        int from = truncating == KerasSide.Pre ? ids.Count - kept : 0;
        int to = padding == KerasSide.Pre ? length - kept : 0;
        for (int i = 0; i < kept; i++)
            padded[to + i] = ids[from + i];
        return padded;
    }
}
