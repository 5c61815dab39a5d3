using System.Globalization;

namespace Firn.Cli.Output;

/// <summary>
/// Progress of one long step on standard error: on a terminal a bar that redraws in place, in a pipe or a log a
/// plain line every few seconds. Safe to report to from any thread.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, TimeProvider clock) : IDisposable
{
    private const int BarWidth = 24;
    private static readonly TimeSpan RedrawEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PlainLineEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly TimeSpan _interval = terminal.ErrorIsTerminal ? RedrawEvery : PlainLineEvery;
    private string _stage = "";
    private long _began;
    private long _last;
    private int _drawn;

    public ProgressLine(Terminal terminal)
        : this(terminal, TimeProvider.System) { }

    /// <summary>Starts the clock of a step; the time left is estimated from its own beginning.</summary>
    public void Begin(string name)
    {
        lock (_gate)
        {
            Erase();
            _stage = name;
            _began = clock.GetTimestamp();
            _last = _began;
            if (terminal.ErrorIsTerminal)
                Draw($"{_stage} ...");
        }
    }

    /// <summary>Says how far the step is; drawn at most as often as the reader can use.</summary>
    /// <param name="fraction">From 0 to 1; NaN where the whole is not known.</param>
    /// <param name="detail">What else is worth knowing, such as the loss.</param>
    public void Report(double fraction, string detail = "")
    {
        lock (_gate)
        {
            if (clock.GetElapsedTime(_last) < _interval)
                return;
            _last = clock.GetTimestamp();
            var elapsed = clock.GetElapsedTime(_began);
            if (terminal.ErrorIsTerminal)
                Draw(BarLine(fraction, elapsed, detail));
            else
                terminal.Error.WriteLine(PlainLine(fraction, elapsed, detail));
        }
    }

    /// <summary>A line that stays, above the bar.</summary>
    public void Line(string text)
    {
        lock (_gate)
        {
            Erase();
            terminal.Error.WriteLine(text);
            if (terminal.ErrorIsTerminal)
                _last = 0; // redraw at once: the line has just pushed the bar away
        }
    }

    /// <summary>Ends the step; the bar is replaced by a line that says what came out and how long it took.</summary>
    public void End(string summary)
    {
        lock (_gate)
        {
            Erase();
            string seconds = clock.GetElapsedTime(_began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
            terminal.Error.WriteLine($"{summary} ({seconds} s)");
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Erase();
    }

    /// <summary>Minutes and seconds, or hours, minutes and seconds.</summary>
    internal static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes}:{time.Seconds:00}");

    private string BarLine(double fraction, TimeSpan elapsed, string detail)
    {
        if (double.IsNaN(fraction))
            return $"{_stage}  {Clock(elapsed)}  {detail}";
        fraction = Math.Clamp(fraction, 0, 1);
        int full = (int)(fraction * BarWidth);
        string bar = new string('━', full) + new string('─', BarWidth - full);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{_stage}  {bar} {fraction * 100, 3:0}%  {Left(fraction, elapsed)}  {detail}"
        );
    }

    private string PlainLine(double fraction, TimeSpan elapsed, string detail)
    {
        string tail = detail.Length == 0 ? "" : ", " + detail;
        return double.IsNaN(fraction)
            ? $"{_stage}: {Clock(elapsed)}{tail}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{_stage}: {Math.Clamp(fraction, 0, 1) * 100:0}%, {Left(fraction, elapsed)}{tail}"
            );
    }

    private static string Left(double fraction, TimeSpan elapsed) =>
        fraction > 0.001 ? Clock(elapsed * ((1 - fraction) / fraction)) + " left" : "-:-- left";

    // Carriage return and blanks instead of escape codes: they work on every terminal.
    private void Draw(string line)
    {
        line = Shown.Of(line);
        int room = Math.Max(20, terminal.Width - 1);
        if (line.Length > room)
            line = line[..room];
        terminal.TrustedError.Write("\r" + line.PadRight(_drawn));
        _drawn = line.Length;
    }

    private void Erase()
    {
        if (_drawn == 0)
            return;
        terminal.TrustedError.Write("\r" + new string(' ', _drawn) + "\r");
        _drawn = 0;
    }
}
