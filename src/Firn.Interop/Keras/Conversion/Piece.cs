using Firn.Layers;

namespace Firn.Interop.Keras.Conversion;

/// <summary>What flows from one layer to the next.</summary>
/// <param name="IsSequence">A row for each step, or one a text.</param>
/// <param name="Width">Numbers of a row; 0 where it follows from the text's length.</param>
/// <param name="Masked">Whether pads are masked here.</param>
internal readonly record struct Flow(bool IsSequence, int Width, bool Masked)
{
    /// <summary>
    /// What stands at masked steps is not what Firn's layers show there; layers that look must be refused.
    /// </summary>
    public string? Odd { get; init; }
}

/// <summary>Layers in a row, and what comes out.</summary>
internal sealed record Piece(List<Layer> Layers, Flow Flow);
