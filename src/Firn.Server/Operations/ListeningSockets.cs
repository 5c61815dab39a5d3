using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Firn.Server.Operations;

/// <summary>
/// The listening sockets, and how many connections that came through them are open. Closing a listening socket resets
/// the connections that the system has made for it and the server has not taken yet; <see cref="RefuseNew"/> ends the
/// making of new ones first, so that the queue is empty when the socket closes.
/// </summary>
internal sealed class ListeningSockets
{
    private const int SocketLevel = 1; // SOL_SOCKET of Linux
    private const int AttachFilter = 26; // SO_ATTACH_FILTER
    private const int TcpLevel = 6; // IPPROTO_TCP
    private const int TcpInfo = 11; // TCP_INFO

    // of struct tcp_info; of a listening socket the connections that wait to be taken
    private const int Unacknowledged = 24;
    private readonly ConcurrentBag<Socket> _sockets = [];
    private int _connections;

    /// <summary>Connections that are open now.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Makes the socket for an address, as Kestrel does itself.</summary>
    public Socket Listen(EndPoint address)
    {
        Socket socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>Counts a connection while it is open.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next) =>
        async connection =>
        {
            Interlocked.Increment(ref _connections);
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                Interlocked.Decrement(ref _connections);
            }
        };

    /// <summary>
    /// No connection is made any more, from the next packet on; those that are made are still taken. On Linux, by a
    /// packet filter on the listening sockets that drops SYN: who knocks now is refused a moment later, when they
    /// close.
    /// </summary>
    /// <returns>False where the system cannot do this.</returns>
    public bool RefuseNew() => OperatingSystem.IsLinux() && _sockets.All(DropSyn);

    /// <summary>Whether a connection is made that the server has not taken yet, as far as Linux tells.</summary>
    public bool SomebodyWaits() => OperatingSystem.IsLinux() && _sockets.Any(Waiting);

    private static bool Waiting(Socket socket)
    {
        Span<byte> info = stackalloc byte[Unacknowledged + sizeof(int)];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) == info.Length
                && BitConverter.ToInt32(info[Unacknowledged..]) > 0;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private static unsafe bool DropSyn(Socket socket)
    {
        // Classic BPF over the TCP header: flags & (SYN|ACK) == SYN ? drop : keep. See Linux' networking/filter
        // documentation.
        ReadOnlySpan<FilterStep> program =
        [
            new(0x30, 0, 0, 13), // load byte 13
            new(0x54, 0, 0, 0x12), // and
            new(0x15, 0, 1, 0x02), // equal to SYN: next step, else one further
            new(0x06, 0, 0, 0), // drop
            new(0x06, 0, 0, 0xFFFFFFFF), // keep
        ];
        fixed (FilterStep* steps = program)
        {
            var value = new FilterProgram((ushort)program.Length, steps);
            try
            {
                socket.SetRawSocketOption(
                    SocketLevel,
                    AttachFilter,
                    new ReadOnlySpan<byte>(&value, sizeof(FilterProgram))
                );
                return true;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary><c>struct sock_filter</c>.</summary>
    private readonly record struct FilterStep(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    /// <summary><c>struct sock_fprog</c>; the pointer is aligned as in C.</summary>
    private readonly unsafe struct FilterProgram(ushort length, FilterStep* steps)
    {
        public readonly ushort Length = length;
        public readonly FilterStep* Steps = steps;
    }
}
