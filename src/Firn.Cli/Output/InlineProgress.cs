namespace Firn.Cli.Output;

/// <summary>
/// Reports at once, on the thread that reports: <see cref="Progress{T}"/> would queue reports and let one arrive after
/// the work's end.
/// </summary>
internal sealed class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
