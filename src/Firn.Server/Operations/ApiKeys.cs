using System.Security.Cryptography;
using System.Text;

namespace Firn.Server.Operations;

/// <summary>
/// The keys that let clients in. Only SHA-256 hashes are stored; keys are 256 random bits, so a fast hash is as hard to
/// turn around as a slow one. Every comparison looks at every entry and every byte.
/// </summary>
public sealed class ApiKeys
{
    private const int KeyBytes = 32;
    private readonly List<(string Name, byte[] Hash)> entries;

    private ApiKeys(List<(string Name, byte[] Hash)> entries)
    {
        this.entries = entries;
    }

    /// <summary>Number of keys.</summary>
    public int Count => entries.Count;

    /// <summary>Reads a file of <c>NAME SHA256</c> lines; empty lines and lines with # are passed over.</summary>
    /// <exception cref="InvalidDataException">A line has another form; the message names it.</exception>
    public static ApiKeys Load(string path)
    {
        var entries = new List<(string, byte[])>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            string text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            string[] parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length != 2 || parts[1].Length != 2 * SHA256.HashSizeInBytes || !parts[1].All(char.IsAsciiHexDigit))
                throw new InvalidDataException($"{path}: line {number}: expected a name and a SHA-256 in 64 hexadecimal digits. Make a line with: firn serve --new-key NAME");
            entries.Add((parts[0], Convert.FromHexString(parts[1])));
        }
        if (entries.Count == 0)
            throw new InvalidDataException($"{path}: holds no key, so nobody could get in. Make a line with: firn serve --new-key NAME");
        return new ApiKeys(entries);
    }

    /// <summary>A fresh key, and the line that stands for it in a file of keys.</summary>
    /// <param name="name">Whom the key is for; no white space.</param>
    public static (string Key, string Line) Create(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Any(char.IsWhiteSpace))
            throw new ArgumentException("A key's name holds no white space.", nameof(name));
        string key = "firn_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        return (key, $"{name} {Convert.ToHexStringLower(Hash(key))}");
    }

    /// <summary>Whose key this is; null when it is nobody's.</summary>
    public string? NameOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] hash = Hash(key);
        string? found = null;
        foreach ((string name, byte[] known) in entries)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, known))
                found = name;
        }
        return found;
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
