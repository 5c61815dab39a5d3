using System.Text;

namespace Firn.Cli.Output;

/// <summary>
/// What a command reads and writes. Results go to <see cref="Out"/>; progress, notes and errors go to
/// <see cref="Error"/>, so that a pipe or <c>--json</c> carries results alone. Tests hand in string writers.
/// </summary>
internal sealed class Terminal
{
    private const int PipeWidth = 120;

    private TextWriter? _out,
        _error;

    /// <summary>Standard input as UTF-8 text; see <see cref="OpenIn"/> for its bytes.</summary>
    public required TextReader In { get; init; }

    /// <summary>
    /// Results. On a terminal control characters are shown, not acted on (<see cref="Shown"/>); a file or a pipe gets
    /// every character as it is.
    /// </summary>
    public required TextWriter Out
    {
        get => _out ??= OutIsTerminal ? new ShownWriter(TrustedOut) : TrustedOut;
        init => TrustedOut = value;
    }

    /// <summary>The bytes beneath <see cref="In"/>; null where it has none, as in tests.</summary>
    public Stream? InBytes { get; init; }

    /// <summary>The bytes beneath <see cref="Out"/>; null where it has none.</summary>
    public Stream? OutBytes { get; init; }

    /// <summary>Notes, progress and errors, which people read: control characters are always shown.</summary>
    public required TextWriter Error
    {
        get => _error ??= new ShownWriter(TrustedError);
        init => TrustedError = value;
    }

    /// <summary>
    /// Standard output for what holds escape sequences of our own, whose texts went through <see cref="Shown.Of"/>.
    /// </summary>
    public TextWriter TrustedOut { get; private init; } = TextWriter.Null;

    /// <summary>The same of standard error.</summary>
    public TextWriter TrustedError { get; private init; } = TextWriter.Null;

    /// <summary>Whether a person types the input, so that waiting for it silently would look like a hang.</summary>
    public bool InIsTerminal { get; init; }

    public bool OutIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>
    /// Columns of the terminal; a fixed width in a pipe, so that output does not depend on the window.
    /// </summary>
    public int Width { get; init; } = PipeWidth;

    /// <summary>Color on standard output: only on a terminal, and never where NO_COLOR is set.</summary>
    public bool UsesColor => OutIsTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>The process's own streams, as UTF-8 without a byte order mark whatever the locale says.</summary>
    public static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
            Console.OutputEncoding = Encoding.UTF8;
        bool outIsTerminal = !Console.IsOutputRedirected;
        bool errorIsTerminal = !Console.IsErrorRedirected;
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Stream input = Console.OpenStandardInput();
        var output = new StandardStream(OpenStandardOutput(), "standard output");
        return new Terminal
        {
            In = new StreamReader(input, utf8, detectEncodingFromByteOrderMarks: true, 1 << 16),
            InBytes = input,
            Out = new StreamWriter(output, utf8, 1 << 16) { AutoFlush = outIsTerminal },
            OutBytes = outIsTerminal ? null : output, // a terminal is given characters made safe alone
            Error = new StreamWriter(new SilentStream(Console.OpenStandardError()), utf8) { AutoFlush = true },
            InIsTerminal = !Console.IsInputRedirected,
            OutIsTerminal = outIsTerminal,
            ErrorIsTerminal = errorIsTerminal,
            Width = outIsTerminal || errorIsTerminal ? WindowWidth() : PipeWidth,
        };
    }

    /// <summary>The bytes of standard input; nothing of <see cref="In"/> may have been read.</summary>
    public Stream OpenIn() => InBytes ?? new MemoryStream(Encoding.UTF8.GetBytes(In.ReadToEnd()));

    /// <summary>Writes bytes to standard output, behind the text that is there.</summary>
    /// <param name="utf8">Whole characters.</param>
    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (OutBytes is null)
        {
            Out.Write(Encoding.UTF8.GetString(utf8));
            return;
        }
        Out.Flush();
        OutBytes.Write(utf8);
    }

    /// <summary>A remark for the reader, on standard error.</summary>
    public void Note(string line) => Error.WriteLine(line);

    // The console's own stream swallows "broken pipe", and `firn predict ... | head` would read on for ever; a file
    // stream on the same handle reports it. Only for a pipe: in a file it would overwrite what others wrote there.
    private static Stream OpenStandardOutput()
    {
        if (!OperatingSystem.IsWindows() && Console.IsOutputRedirected)
        {
            var pipe = new FileStream(
                new Microsoft.Win32.SafeHandles.SafeFileHandle(1, ownsHandle: false),
                FileAccess.Write,
                bufferSize: 0
            );
            if (!pipe.CanSeek)
                return pipe;
        }
        return Console.OpenStandardOutput();
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : PipeWidth;
        }
        catch (IOException)
        {
            return PipeWidth;
        }
    }
}
