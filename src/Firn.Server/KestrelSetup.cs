using Firn.Server.Inference;
using Firn.Server.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Firn.Server;

/// <summary>Ports and the limits that hold before a request reaches the server's own code.</summary>
internal static class KestrelSetup
{
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(5);

    public static void Configure(WebApplicationBuilder builder, ServerSettings settings, Doors doors, ServerFiles files)
    {
        if (settings.Tls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = doors.Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServingLimits limits = settings.Limits;
            kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.MinBodyBytesPerSecond, BodyGrace);
            kestrel.Limits.MaxConcurrentConnections = limits.MaxConnections;
            kestrel.Listen(settings.Address, settings.RestPort, listen => Use(listen, settings, doors, files, settings.Tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1));
            kestrel.Listen(settings.Address, settings.GrpcPort, listen => Use(listen, settings, doors, files, HttpProtocols.Http2));
        });
    }

    private static void Use(ListenOptions listen, ServerSettings settings, Doors doors, ServerFiles files, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.Use(doors.Count);
        if (settings.MaxConnectionAge > TimeSpan.Zero)
            listen.Use(new ConnectionAge(settings.MaxConnectionAge).Stamp);
        if (!settings.Tls)
            return;
        if (files.Certificate is { } certificate)
        {
            // The certificate of the moment, for every connection, in place of the one that Kestrel read at the start.
            listen.UseHttps(https =>
            {
                https.ServerCertificateSelector = (_, _) => null;
                https.OnAuthenticate = (_, tls) =>
                    (tls.ServerCertificateSelectionCallback, tls.ServerCertificateContext) = (null, certificate.Value);
            });
        }
        else
        {
            listen.UseHttps();
        }
    }
}
