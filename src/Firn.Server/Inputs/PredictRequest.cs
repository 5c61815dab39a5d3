using Firn.Server.Inference;

namespace Firn.Server.Inputs;

/// <summary>A request to <c>:predict</c>.</summary>
/// <param name="Input">The texts.</param>
/// <param name="Rows">
/// True for the row form (<c>instances</c>), false for the column form (<c>inputs</c>); the answer has the same.
/// </param>
/// <param name="Vocabulary">The vocabulary's hash where the body names it; else null.</param>
internal readonly record struct PredictRequest(ModelInput Input, bool Rows, string? Vocabulary);
