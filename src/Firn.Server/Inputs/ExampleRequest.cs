using System.Text.Json;
using Firn.Server.Contracts;
using Firn.Server.Inference;
using Firn.Server.Settings;

namespace Firn.Server.Inputs;

/// <summary>The signature that a request names, and what it holds.</summary>
internal readonly record struct ExampleRequest(string? Signature, ModelInput Input);
