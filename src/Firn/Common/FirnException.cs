namespace Firn.Common;

/// <summary>
/// What the library throws for faults of data, files and limits that no type of .NET says; wrong arguments have .NET's
/// own types. The message is one line that a user can act on.
/// </summary>
public abstract class FirnException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="message">One line: the file or setting, what is wrong, what to do.</param>
    /// <param name="inner">What was behind it.</param>
    protected FirnException(string message, Exception? inner = null)
        : base(message, inner) { }
}
