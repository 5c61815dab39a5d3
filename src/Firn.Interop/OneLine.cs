namespace Firn.Interop;

/// <summary>
/// Keeps errors about files to one line of readable length, whatever names and words of a file they quote.
/// </summary>
internal static class OneLine
{
    private const int Longest = 1000;

    /// <summary>Reads something; an error that quotes control characters or is very long is worded anew.</summary>
    public static T Read<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException error) when (error.Message.Length > Longest || error.Message.Any(char.IsControl))
        {
            IEnumerable<char> shown = error.Message.Take(Longest).Select(c => char.IsControl(c) ? '\uFFFD' : c);
            string message = string.Concat(shown);
            throw new InvalidDataException(message.Length < error.Message.Length ? message + "..." : message, error);
        }
    }
}
