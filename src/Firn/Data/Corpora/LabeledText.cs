namespace Firn.Data;

/// <summary>One row of a corpus.</summary>
/// <param name="Text">The text as the file has it, not cleaned; may be empty.</param>
/// <param name="Label">
/// The label as the file has it (<c>0</c>, <c>4</c>, <c>pos</c>); empty where the format has no labels.
/// </param>
public readonly record struct LabeledText(string Text, string Label);
