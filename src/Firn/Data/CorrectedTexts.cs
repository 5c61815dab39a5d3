using System.Collections;

namespace Firn.Data;

/// <summary>What becomes of a text whose label was looked at.</summary>
/// <param name="Was">
/// The label that it bears in the data; another one there is refused, since the corrections are then of other data.
/// </param>
/// <param name="Label">The right label; null leaves the text out.</param>
public sealed record LabelCorrection(string Was, string? Label);

/// <summary>Labeled texts with corrections laid over them; the data themselves stay as they are.</summary>
public sealed class CorrectedTexts : IEnumerable<LabeledText>
{
    /// <summary>Lays corrections over texts.</summary>
    /// <param name="texts">The texts as they are.</param>
    /// <param name="corrections">By the number of the text, from 1.</param>
    public CorrectedTexts(IEnumerable<LabeledText> texts, IReadOnlyDictionary<int, LabelCorrection> corrections)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(corrections);
        (Texts, Corrections) = (texts, corrections);
    }

    /// <summary>The texts as they are.</summary>
    public IEnumerable<LabeledText> Texts { get; }

    /// <summary>By the number of the text, from 1.</summary>
    public IReadOnlyDictionary<int, LabelCorrection> Corrections { get; }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">
    /// A correction is of a text that bears another label, or that is not there.
    /// </exception>
    public IEnumerator<LabeledText> GetEnumerator()
    {
        IReadOnlyDictionary<string, string>? names = (Texts as CorpusReader)?.LabelNames;
        int row = 0,
            met = 0;
        foreach (LabeledText text in Texts)
        {
            if (!Corrections.TryGetValue(++row, out LabelCorrection? correction))
            {
                yield return text;
                continue;
            }
            met++;
            if (correction.Was != text.Label && correction.Was != names?.GetValueOrDefault(text.Label))
                throw new InvalidDataException(
                    $"Text {row} has the label '{text.Label}' and its correction is of one labeled '"
                        + $"{correction.Was}'; the corrections were made of other data."
                );
            if (correction.Label is { } label)
                yield return text with
                {
                    Label = label,
                };
        }
        if (met < Corrections.Count)
            throw new InvalidDataException(
                $"There are {row} texts, and corrections name text {Corrections.Keys.Max()}; the corrections were "
                    + $"made of other data."
            );
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
