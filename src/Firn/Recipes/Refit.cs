namespace Firn.Recipes;

/// <summary>
/// Training again on training and validation texts, with what the validation decided
/// (<see cref="RecipeOptions.Refit"/>).
/// </summary>
/// <param name="Texts">Texts trained on.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="Loss">Loss of the last one.</param>
public sealed record Refit(int Texts, int Epochs, double Loss);
