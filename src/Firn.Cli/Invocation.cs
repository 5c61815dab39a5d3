using Firn.Cli.Output;

namespace Firn.Cli;

/// <summary>What every command is given: the streams, and the token that Ctrl-C cancels.</summary>
internal sealed record Invocation(Terminal Terminal, CancellationToken Stop);
