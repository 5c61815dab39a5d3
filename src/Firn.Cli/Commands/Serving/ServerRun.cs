using System.Net.Sockets;
using Firn.Cli.Output;
using Firn.Server;
using Firn.Server.Operations;
using Firn.Server.Settings;

namespace Firn.Cli.Commands.Serving;

/// <summary>Runs the server until it is asked to stop.</summary>
internal static class ServerRun
{
    public static int Run(Invocation run, ServerSettings settings)
    {
        try
        {
            return RunAsync(run, settings).GetAwaiter().GetResult();
        }
        catch (IOException error)
            when (error.InnerException is SocketException
                || error.Message.Contains("address", StringComparison.OrdinalIgnoreCase)
            )
        {
            throw new UserError($"{error.Message.TrimEnd('.')}; choose other ports with --rest-port and --grpc-port");
        }
        catch (InvalidOperationException error)
            when (settings.Tls && error.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase))
        {
            throw new UserError(
                "--tls needs a certificate: name it in Kestrel__Certificates__Default__Path and its key in "
                    + "Kestrel__Certificates__Default__KeyPath, or in the file of --settings"
            );
        }
    }

    public static int NewKey(Invocation run, string name, string roles)
    {
        ApiRoles allowed;
        try
        {
            allowed = ApiKeys.ParseRoles(roles);
        }
        catch (FormatException error)
        {
            throw new UsageError($"--key-roles: {error.Message}");
        }
        if (name.Length == 0 || name[0] == '#' || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new UsageError(
                $"--new-key: '{name}' is no name of a key; it holds no white space and does not begin with #"
            );
        (string key, string line) = ApiKeys.Create(name, allowed);
        run.Terminal.Note("the key, for the client; it is shown this once and stored nowhere:");
        run.Terminal.Out.WriteLine(key);
        run.Terminal.Note("the line for the server's file of keys (--api-keys):");
        run.Terminal.Out.WriteLine(line);
        return ExitCode.Done;
    }

    private static async Task<int> RunAsync(Invocation run, ServerSettings settings)
    {
        await using FirnServer server = FirnServer.Create(settings);
        await server.StartAsync(run.Stop).ConfigureAwait(false);
        string scheme = settings.Tls ? "https" : "http";
        run.Terminal.Note(
            $"firn: REST on {scheme}://{settings.Address}:{server.RestPort}, gRPC on port {server.GrpcPort}; try "
                + $"{scheme}://{settings.Address}:{server.RestPort}/openapi.json"
        );
        await server.WaitForShutdownAsync(run.Stop).ConfigureAwait(false);
        return ExitCode.Done;
    }
}
