namespace Firn.Interop.Export;

/// <summary>
/// A model cannot be written in a format: the format has no such layer, or no room. The message is one line that says
/// what cannot be expressed and what to do.
/// </summary>
public sealed class ExportException : NotSupportedException
{
    /// <summary>An export that failed for no reason that is told.</summary>
    public ExportException()
        : this("The model cannot be written in this format.") { }

    /// <summary>What cannot be expressed, and what to do.</summary>
    public ExportException(string message)
        : base(message) { }

    /// <summary>What cannot be expressed, what to do, and what led to it.</summary>
    public ExportException(string message, Exception inner)
        : base(message, inner) { }
}
