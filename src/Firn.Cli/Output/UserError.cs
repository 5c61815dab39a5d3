namespace Firn.Cli.Output;

/// <summary>
/// A failure that the user can mend: one line that names what is wrong and the remedy, no stack trace.
/// </summary>
internal sealed class UserError(string message) : Exception(message);

/// <summary>A value on the command line that cannot be meant: exit code 2.</summary>
internal sealed class UsageError(string message) : Exception(message);
