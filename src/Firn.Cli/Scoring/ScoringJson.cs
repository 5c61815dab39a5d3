using System.Text.Json.Serialization;

namespace Firn.Cli.Scoring;

/// <summary>What the part of an output that is not whole yet says of itself, as JSON.</summary>
[JsonSerializable(typeof(ScoredFile.Progress))]
internal sealed partial class ScoringJson : JsonSerializerContext;
