using System.Security.Cryptography;
using System.Text;

namespace Firn.Server.Operations;

/// <summary>What a key may do.</summary>
[Flags]
public enum ApiRoles
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Ask models, and read what they are.</summary>
    Predict = 1,

    /// <summary>Read the metrics. Where no key of the file has this role, they are open.</summary>
    Metrics = 2,

    /// <summary>Everything, changes of what is served among it.</summary>
    Admin = 4,
}

/// <summary>Whom a key belongs to, and what it may do.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Roles">What the key may do.</param>
public sealed record ApiKey(string Name, ApiRoles Roles)
{
    /// <summary>Whether the key may do this; <see cref="ApiRoles.Admin"/> may do everything.</summary>
    public bool May(ApiRoles role) => (Roles & (role | ApiRoles.Admin)) != 0;
}

/// <summary>
/// The keys that let clients in. Only SHA-256 hashes are stored; keys are 256 random bits, so a fast hash is as hard to
/// turn around as a slow one. Every comparison looks at every entry and every byte.
/// </summary>
public sealed class ApiKeys
{
    private const int KeyBytes = 32;
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );
    private readonly List<(ApiKey Key, byte[] Hash)> _entries;

    private ApiKeys(List<(ApiKey Key, byte[] Hash)> entries)
    {
        _entries = entries;
    }

    /// <summary>Number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>Whether a key has this role by name; an admin's right to everything does not count.</summary>
    public bool Grants(ApiRoles role) => _entries.Exists(e => e.Key.Roles.HasFlag(role));

    /// <summary>
    /// Reads a file of <c>NAME SHA256 [ROLE,ROLE]</c> lines; empty lines and lines with # are passed over. The roles
    /// are predict, metrics and admin; a line without roles has predict.
    /// </summary>
    /// <exception cref="InvalidDataException">A line has another form; the message names it.</exception>
    public static ApiKeys Load(string path) => Parse(path, File.ReadAllBytes(path));

    /// <summary>Reads the content of a file of keys.</summary>
    /// <exception cref="InvalidDataException">A line has another form; the message names it.</exception>
    internal static ApiKeys Parse(string path, byte[] content)
    {
        string[] lines;
        try
        {
            lines = Strict.GetString(content).TrimStart('\uFEFF').Split('\n');
        }
        catch (ArgumentException)
        {
            throw new InvalidDataException(
                $"{path}: is no text in UTF-8; a file of keys has a line 'NAME SHA256 ROLES' for each key"
            );
        }
        var entries = new List<(ApiKey Key, byte[] Hash)>();
        for (int i = 0; i < lines.Length; i++)
        {
            string text = lines[i].Trim();
            if (text.Length > 0 && text[0] != '#')
                Add(entries, text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), $"{path}: line {i + 1}");
        }
        if (entries.Count == 0)
            throw new InvalidDataException(
                $"{path}: holds no key, so nobody could get in. Make a line with: firn serve --new-key NAME"
            );
        return new ApiKeys(entries);
    }

    /// <summary>A fresh key, and the line that stands for it in a file of keys.</summary>
    /// <param name="name">Whom the key is for; no white space.</param>
    /// <param name="roles">What it may do.</param>
    /// <exception cref="ArgumentException">The name is empty, holds white space or begins with #.</exception>
    public static NewApiKey Create(string name, ApiRoles roles = ApiRoles.Predict)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Any(char.IsWhiteSpace) || name[0] == '#')
            throw new ArgumentException("A key's name holds no white space and does not begin with #.", nameof(name));
        string key = "firn_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));
        return new(
            key,
            $"{name} {Convert.ToHexStringLower(Hash(key))} "
                + $"{roles.ToString().Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()}"
        );
    }

    /// <summary>Reads roles as they stand in a file: <c>predict,metrics</c>.</summary>
    /// <exception cref="FormatException">A role is not known.</exception>
    public static ApiRoles ParseRoles(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ApiRoles roles = ApiRoles.None;
        foreach (string role in text.Split(','))
        {
            roles |= role switch
            {
                "predict" => ApiRoles.Predict,
                "metrics" => ApiRoles.Metrics,
                "admin" => ApiRoles.Admin,
                _ => throw new FormatException(
                    $"'{role}' is no role; write predict, metrics or admin, several with commas between"
                ),
            };
        }
        return roles;
    }

    /// <summary>Whose key this is and what it may do; null when it is nobody's.</summary>
    public ApiKey? Find(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] hash = Hash(key);
        ApiKey? found = null;
        foreach ((ApiKey known, byte[] stored) in _entries)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, stored))
                found = known;
        }
        return found;
    }

    private static void Add(List<(ApiKey Key, byte[] Hash)> entries, string[] parts, string where)
    {
        if (
            parts.Length is < 2 or > 3
            || parts[1].Length != 2 * SHA256.HashSizeInBytes
            || !parts[1].All(char.IsAsciiHexDigit)
        )
        {
            throw new InvalidDataException(
                $"{where}: expected a name, a SHA-256 in 64 hexadecimal digits and, where it is more than predict, "
                    + $"the roles. Make a line with: firn serve --new-key NAME"
            );
        }
        if (parts[0].Any(char.IsControl))
            throw new InvalidDataException(
                $"{where}: the name holds a control character; write letters, digits and signs"
            );
        byte[] hash = Convert.FromHexString(parts[1]);
        if (entries.FindIndex(e => e.Hash.AsSpan().SequenceEqual(hash)) is var twin and >= 0)
            throw new InvalidDataException(
                $"{where}: this key stands in the file already, as '{entries[twin].Key.Name}'; remove one of the lines"
            );
        try
        {
            entries.Add((new ApiKey(parts[0], parts.Length == 3 ? ParseRoles(parts[2]) : ApiRoles.Predict), hash));
        }
        catch (FormatException error)
        {
            throw new InvalidDataException($"{where}: {error.Message}", error);
        }
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
