using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Firn.Server.Operations;

/// <summary>A file that the server reads again while it runs.</summary>
internal interface IWatchedFile
{
    /// <summary>Reads what changed; never throws.</summary>
    void Look();
}

/// <summary>
/// What was made of files, made anew when their content changes. The content itself is compared: a mounted secret
/// changes by a link to another folder, and a copy can keep its time. What cannot be read or understood changes nothing
/// and is logged once.
/// </summary>
internal sealed partial class WatchedFile<T> : IWatchedFile
    where T : class
{
    private readonly string[] _paths;
    private readonly Func<byte[][], T> _make;
    private string _seen;
    private string? _complaint;
    private volatile T _value;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="InvalidDataException">What the files hold is not understood.</exception>
    public WatchedFile(IEnumerable<string> paths, Func<byte[][], T> make)
    {
        _paths = [.. paths.Select(Path.GetFullPath)];
        _make = make;
        byte[][] contents = Read();
        _seen = HashOf(contents);
        _value = make(contents);
    }

    /// <summary>What the files meant when they were last understood.</summary>
    public T Value => _value;

    /// <summary>Where changes and complaints are told; set once the server has a log.</summary>
    public ILogger? Log { get; set; }

    public void Look()
    {
        try
        {
            byte[][] contents = Read();
            string hash = HashOf(contents);
            if (hash == _seen)
            {
                _complaint = null;
                return;
            }
            T fresh = _make(contents);
            _value = fresh;
            _seen = hash;
            _complaint = null;
            if (Log is not null)
                Taken(Log, _paths[0]);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or InvalidDataException or CryptographicException)
        {
            if (_complaint == error.Message)
                return;
            _complaint = error.Message;
            if (Log is not null)
                Kept(Log, _paths[0], error.Message);
        }
    }

    private byte[][] Read() => [.. _paths.Select(File.ReadAllBytes)];

    private static string HashOf(byte[][] contents)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] content in contents)
        {
            hash.AppendData(BitConverter.GetBytes(content.Length));
            hash.AppendData(content);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    [LoggerMessage(30, LogLevel.Information, "{File}: changed and read anew")]
    private static partial void Taken(ILogger logger, string file);

    [LoggerMessage(31, LogLevel.Error, "{File}: changed, and what it held before stays in force: {Reason}")]
    private static partial void Kept(ILogger logger, string file, string reason);
}
