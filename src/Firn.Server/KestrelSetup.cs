using Firn.Server.Operations;
using Firn.Server.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace Firn.Server;

/// <summary>Ports and the limits that hold before a request reaches the server's own code.</summary>
internal static class KestrelSetup
{
    // Of a connection whose request is being answered no more than this is read ahead.
    private const int ReadAhead = 256 << 10;

    private static readonly TimeSpan MinGrace = TimeSpan.FromSeconds(1.5); // Kestrel takes none below a second
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);

    public static void Configure(
        WebApplicationBuilder builder,
        ServerSettings settings,
        ListeningSockets sockets,
        ServerFiles files,
        ConnectionLimit connections
    )
    {
        if (settings.Tls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<SocketTransportOptions>(kestrel => kestrel.CreateBoundListenSocket = sockets.Listen);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            ServingLimits limits = settings.Limits;
            kestrel.Limits.MaxRequestBodySize = limits.MaxBodyBytes;
            kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
                limits.MinBodyBytesPerSecond,
                limits.BodyWindow > MinGrace ? limits.BodyWindow : MinGrace
            );
            kestrel.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
            kestrel.Limits.MaxRequestBufferSize = ReadAhead;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
            kestrel.Limits.Http2.InitialStreamWindowSize = ReadAhead;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * ReadAhead;
            // A peer that has vanished without a word is noticed within a minute.
            kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
            kestrel.Limits.Http2.KeepAlivePingTimeout = PingDelay;
            kestrel.Listen(
                settings.Address,
                settings.RestPort,
                listen =>
                    Use(
                        listen,
                        settings,
                        sockets,
                        files,
                        connections,
                        settings.Tls ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1
                    )
            );
            kestrel.Listen(
                settings.Address,
                settings.GrpcPort,
                listen => Use(listen, settings, sockets, files, connections, HttpProtocols.Http2)
            );
        });
    }

    private static void Use(
        ListenOptions listen,
        ServerSettings settings,
        ListeningSockets sockets,
        ServerFiles files,
        ConnectionLimit connections,
        HttpProtocols protocols
    )
    {
        listen.Protocols = protocols;
        listen.Use(sockets.Count);
        listen.Use(connections.Admit);
        if (settings.MaxConnectionAge > TimeSpan.Zero)
            listen.Use(new ConnectionAge(settings.MaxConnectionAge).Stamp);
        if (settings.Tls)
            UseTls(listen, files);
        listen.Use(connections.AwaitFirstByte);
    }

    private static void UseTls(ListenOptions listen, ServerFiles files)
    {
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
