using System.Globalization;

namespace Firn.Server.Settings;

/// <summary>Which of the versions found in a model's folder are served.</summary>
public sealed record VersionPolicy
{
    private VersionPolicy(int latest, IReadOnlyList<long>? versions)
    {
        Latest = latest;
        Versions = versions;
    }

    /// <summary>The highest version alone; the default.</summary>
    public static VersionPolicy Newest { get; } = new(1, null);

    /// <summary>Every version found.</summary>
    public static VersionPolicy All { get; } = new(int.MaxValue, null);

    /// <summary>How many of the highest versions are served; <see cref="int.MaxValue"/> for all.</summary>
    public int Latest { get; }

    /// <summary>The versions to serve where they are named one by one; else null.</summary>
    public IReadOnlyList<long>? Versions { get; }

    /// <summary>The <paramref name="count"/> highest versions.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1.</exception>
    public static VersionPolicy LatestOf(int count) =>
        count >= 1
            ? new(count, null)
            : throw new ArgumentOutOfRangeException(nameof(count), count, "At least one version must be served.");

    /// <summary>These versions and no other.</summary>
    /// <exception cref="ArgumentException">No version is named, or one is negative.</exception>
    public static VersionPolicy Specific(IEnumerable<long> versions)
    {
        long[] named = [.. versions.Distinct().OrderDescending()];
        if (named.Length == 0 || named[^1] < 0)
            throw new ArgumentException("Name at least one version, none of them negative.", nameof(versions));
        return new(0, named);
    }

    /// <summary>Reads <c>latest</c>, <c>latest:2</c>, <c>all</c> or <c>specific:1,3</c>.</summary>
    /// <exception cref="FormatException">The text is none of these.</exception>
    public static VersionPolicy Parse(string text)
    {
        string[] parts = text.Split(':', 2);
        switch (parts[0])
        {
            case "latest" when parts.Length == 1:
                return Newest;
            case "all" when parts.Length == 1:
                return All;
            case "latest"
                when int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                    && count > 0:
                return LatestOf(count);
            case "specific" when parts.Length == 2:
                var versions = new List<long>();
                foreach (string part in parts[1].Split(','))
                {
                    if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long version))
                        break;
                    versions.Add(version);
                }
                if (versions.Count == parts[1].Split(',').Length)
                    return Specific(versions);
                break;
        }
        throw new FormatException($"'{text}' is no version policy; write latest, latest:2, all or specific:1,3.");
    }
}
