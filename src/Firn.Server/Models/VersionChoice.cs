namespace Firn.Server.Models;

/// <summary>Which version a request wants: a number, a label, or the newest when neither is set.</summary>
internal readonly record struct VersionChoice(long? Number, string? Label)
{
    public static VersionChoice Newest => default;

    public override string ToString() =>
        Number is { } number ? $"version {number}"
        : Label is { } label ? $"label '{label}'"
        : "the newest version";
}
