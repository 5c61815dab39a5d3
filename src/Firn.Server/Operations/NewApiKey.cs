namespace Firn.Server.Operations;

/// <summary>A new key for its owner, and the line of the file that knows it by its hash.</summary>
public readonly record struct NewApiKey(string Key, string Line);
