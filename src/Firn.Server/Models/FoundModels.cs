namespace Firn.Server.Models;

/// <summary>What a look at the root folder found.</summary>
internal sealed class FoundModels
{
    /// <summary>Name to folder.</summary>
    public SortedDictionary<string, string> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>Folders that could not be looked into, with the reason; each may be a model or not.</summary>
    public SortedDictionary<string, string> Unreadable { get; } = new(StringComparer.Ordinal);
}
