using Firn.Server.Inference;

namespace Firn.Server.Inputs;

/// <summary>The signature that a request names, and what it holds.</summary>
internal readonly record struct ExampleRequest(string? Signature, ModelInput Input);
