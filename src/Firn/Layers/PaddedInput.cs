using Firn.Text;

namespace Firn.Layers;

/// <summary>Where pads stand.</summary>
public enum PaddingSide
{
    /// <summary>Before the text, as Keras' <c>pad_sequences</c> puts them unless told otherwise.</summary>
    Pre,

    /// <summary>Behind the text.</summary>
    Post,
}

/// <summary>
/// How the texts of a model that was made elsewhere are padded; its pad is token id 0. Without a mask the pads are
/// tokens like others, with the row of the table that id 0 has, and the model is trained and scored as if they stood in
/// each text. With a mask recurrent layers and means skip them; layers that know no mask see what Keras shows them
/// there: zeros behind a recurrent layer of two directions, and behind one of one direction zeros in front of the text
/// and its last output behind it.
/// </summary>
public sealed record PaddedInput
{
    /// <summary>
    /// Tokens that each text is brought to: shorter ones are padded, longer ones cut; 0 for as long as the text is.
    /// </summary>
    public int Length { get; init; }

    /// <summary>Where the pads stand.</summary>
    public PaddingSide Side { get; init; }

    /// <summary>
    /// Which tokens of a longer text stay: <see cref="Truncation.Tail"/> is Keras' <c>truncating="pre"</c>,
    /// <see cref="Truncation.Head"/> its <c>"post"</c>.
    /// </summary>
    public Truncation Truncating { get; init; }

    /// <summary>Whether layers skip the pads (Keras' <c>mask_zero</c>).</summary>
    public bool Masked { get; init; }
}
