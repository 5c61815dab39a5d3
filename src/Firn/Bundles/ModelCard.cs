using System.Text.Json;
using Firn.Data;

namespace Firn.Bundles;

/// <summary>
/// What a bundle tells about its model beside the model itself; kept from training to every later copy.
/// </summary>
public sealed record ModelCard
{
    /// <summary>What it was trained on.</summary>
    public DataSource Data { get; init; } = DataSource.None;

    /// <summary>Figures measured on the test part, by name: <c>accuracy</c>, <c>loss</c>, <c>macro_f1</c>.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>How it was trained: the recipe's options and the history of epochs, as JSON.</summary>
    public JsonElement? Training { get; init; }

    /// <summary>The version of Firn that saved it; empty before it is saved.</summary>
    public string FirnVersion { get; init; } = "";
}
