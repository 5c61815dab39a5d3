namespace Firn.Recipes;

/// <summary>A setting that nobody gave and the data chose.</summary>
/// <param name="Setting">What was chosen: "word vectors", "schedule", "linear part".</param>
/// <param name="Because">The value and the evidence, in words.</param>
public sealed record RecipeChoice(string Setting, string Because);
