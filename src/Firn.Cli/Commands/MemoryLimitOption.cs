using System.CommandLine;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary><c>--memory-limit</c>: a size of memory that training must not pass.</summary>
internal sealed class MemoryLimitOption
{
    public MemoryLimitOption() =>
        Option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } text && Sizes.Parse(text) is null)
                result.AddError($"--memory-limit must be a size such as 800MB or 1.5GB, not '{text}'");
        });

    public Option<string?> Option { get; } =
        new("--memory-limit")
        {
            Description =
                "Refuse to train what will need more memory than this (800MB, 1.5GB), once the texts are read, and "
                + "say what would fit",
            HelpName = "SIZE",
        };

    /// <summary>Bytes; null for no limit.</summary>
    public long? Read(ParseResult parsed) => parsed.GetValue(Option) is { } text ? Sizes.Parse(text) : null;
}
