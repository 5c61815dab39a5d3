using Firn.Server.Contracts;
using Firn.Text;

namespace Firn.Server.Batching;

/// <summary>
/// What ids and vectors of one model version must look like; one place for the checks of all protocols.
/// </summary>
/// <param name="VocabularySize">Rows of the vocabulary; ids are in [0, VocabularySize).</param>
/// <param name="Dimension">Width of a word vector.</param>
/// <param name="MaxTokens">Tokens that the model uses of a text, at most.</param>
/// <param name="Truncation">Which they are in a longer text.</param>
internal sealed record InputShape(int VocabularySize, int Dimension, int MaxTokens, Truncation Truncation)
{
    /// <summary>
    /// For a model that reads pads as words: the length from which a row of ids is taken as it stands, zeros and all,
    /// as the program that the model comes from padded it. Null where zeros only make rows equally long.
    /// </summary>
    public int? ReadsPadsFrom { get; init; }

    /// <summary>
    /// Drops the zeros that pad a text at either end, checks the ids that are left, and cuts them as the model's own
    /// encoding does.
    /// </summary>
    /// <exception cref="ServingException">An id is out of range, or a pad stands inside a text.</exception>
    public ReadOnlySpan<int> WithoutPads(ReadOnlySpan<int> ids, int text)
    {
        bool readsPads = ids.Length >= ReadsPadsFrom;
        if (!readsPads)
            ids = ids.Trim(0);
        for (int i = 0; i < ids.Length; i++)
        {
            if ((uint)ids[i] >= (uint)VocabularySize)
            {
                throw ServingException.Invalid(
                    $"instance {text}: id {ids[i]} is outside 0 to {VocabularySize - 1}; encode with this model's "
                        + $"vocabulary"
                );
            }
            if (ids[i] == 0 && !readsPads)
            {
                throw ServingException.Invalid(
                    $"instance {text}: id 0 is padding and may stand only before or after a text, not between its "
                        + $"tokens"
                );
            }
        }
        if (ids.Length <= MaxTokens)
            return ids;
        var window = TokenWindow.Of(ids.Length, MaxTokens, Truncation);
        if (window.Ending == 0)
            return ids.Slice(window.Start, window.Length);
        var kept = new int[window.Count];
        window.CopyTo(ids, kept);
        return kept;
    }

    /// <summary>
    /// A text with a value that is not a number has no score: NaN, as arithmetic would have it, whatever the kernels'
    /// fast functions made of it.
    /// </summary>
    /// <param name="vectors">Vectors, [total tokens, E].</param>
    /// <param name="offsets">Where each text's tokens begin, and last their number.</param>
    /// <param name="scores">Scores, [N,K].</param>
    public void SpreadNaN(ReadOnlySpan<float> vectors, ReadOnlySpan<int> offsets, Span<float> scores)
    {
        int width = scores.Length / (offsets.Length - 1);
        for (int i = 0; i + 1 < offsets.Length; i++)
        {
            foreach (float value in vectors[(offsets[i] * Dimension)..(offsets[i + 1] * Dimension)])
            {
                if (!float.IsNaN(value))
                    continue;
                scores.Slice(i * width, width).Fill(float.NaN);
                break;
            }
        }
    }
}
