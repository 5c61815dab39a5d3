using Firn.Cli.Output;
using Firn.Model;

namespace Firn.Cli.Commands;

/// <summary>Reads <c>--encoders</c>: names with commas between.</summary>
internal static class EncoderList
{
    public static IReadOnlyList<string> Read(string? text)
    {
        string[] names = text is null ? [] : [.. text.Split(',', StringSplitOptions.TrimEntries).Distinct()];
        return names.FirstOrDefault(name => !EncoderNames.All.Contains(name)) is { } unknown
            ? throw new UsageError(
                $"--encoders: there is no encoder '{unknown}'; choose among {string.Join(", ", EncoderNames.All)}"
            )
            : names;
    }
}
