using Firn.Cli.Output;

namespace Firn.Tests.Cli;

public sealed class ProgressLineTests
{
    private sealed class HandClock : TimeProvider
    {
        public long Milliseconds { get; set; } = 1000;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Milliseconds;
    }

    private static (ProgressLine Progress, StringWriter Error, HandClock Clock) Open(bool terminal)
    {
        var error = new StringWriter();
        var clock = new HandClock();
        var streams = new Terminal
        {
            In = TextReader.Null,
            Out = TextWriter.Null,
            Error = error,
            ErrorIsTerminal = terminal,
            Width = 80,
        };
        return (new ProgressLine(streams, clock), error, clock);
    }

    [Fact]
    public void A_pipe_gets_a_plain_line_every_five_seconds_at_most()
    {
        var (progress, error, clock) = Open(terminal: false);
        progress.Begin("training");
        for (int i = 1; i <= 120; i++)
        {
            clock.Milliseconds += 100;
            progress.Report(i / 240.0, "loss 0.5");
        }
        progress.End("trained");
        Assert.Equal(
            ["training: 21%, 0:19 left, loss 0.5", "training: 42%, 0:14 left, loss 0.5", "trained (12.0 s)"],
            error.ToString().TrimEnd('\n').Split('\n')
        );
    }

    [Fact]
    public void A_terminal_gets_a_bar_with_the_time_left_that_is_wiped_at_the_end()
    {
        var (progress, error, clock) = Open(terminal: true);
        progress.Begin("training");
        clock.Milliseconds += 30_000;
        progress.Report(0.25, "loss 0.5");
        Assert.Contains("25%  1:30 left  loss 0.5", error.ToString());
        progress.End("trained");
        string last = error.ToString().Split('\r')[^1];
        Assert.Equal("trained (30.0 s)\n", last);
    }

    [Fact]
    public void A_bar_never_wraps()
    {
        var (progress, error, clock) = Open(terminal: true);
        progress.Begin("training");
        clock.Milliseconds += 1000;
        progress.Report(0.5, new string('x', 300));
        Assert.All(error.ToString().Split('\r'), line => Assert.True(line.Length <= 79));
    }
}
