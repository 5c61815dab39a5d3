using System.Runtime.InteropServices;
using Firn.Cli;
using Firn.Cli.Output;

using var stop = new CancellationTokenSource();
var terminal = Terminal.OfProcess();

// The first signal asks the command to stop and keep what it has; the second is the system's usual end.
void Stop(PosixSignalContext signal)
{
    if (stop.IsCancellationRequested)
        return;
    signal.Cancel = true;
    stop.Cancel();
    terminal.Note("");
    terminal.Note("firn: stopping; once more to quit at once");
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

// the terminal has gone: what there is is kept
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
return Tool.Run(args, terminal, stop.Token);
