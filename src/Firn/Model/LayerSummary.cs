using Firn.Layers;

namespace Firn.Model;

/// <summary>What a report says of one layer of a model.</summary>
/// <param name="Name">What the names of its weights begin with; of a layer without weights, its kind.</param>
/// <param name="Title">Its kind and size in words.</param>
/// <param name="Output">
/// Shape of its output for one text of T tokens: <c>T × 100</c> over time, <c>100</c> of features.
/// </param>
/// <param name="Parameters">Numbers that it holds.</param>
/// <param name="Group">What its weights freeze and thaw with; null where it has none.</param>
public sealed record LayerSummary(string Name, string Title, string Output, long Parameters, ParameterGroup? Group);
