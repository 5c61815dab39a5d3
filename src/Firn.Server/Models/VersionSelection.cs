using Firn.Server.Settings;

namespace Firn.Server.Models;

/// <summary>Decides which versions a policy asks for, of those found on disk.</summary>
internal static class VersionSelection
{
    /// <summary>
    /// The versions to serve, highest first. Under a policy of the latest n, a version that cannot be loaded is passed
    /// over for the next one below it, so that a broken newcomer does not leave a model without service.
    /// </summary>
    /// <param name="found">Versions on disk.</param>
    /// <param name="policy">What is asked for.</param>
    /// <param name="labels">Labeled versions are served whatever the policy.</param>
    /// <param name="broken">Whether a version is known not to load in its present content.</param>
    public static IReadOnlyList<long> Choose(
        IReadOnlyCollection<long> found,
        VersionPolicy policy,
        IEnumerable<long> labels,
        Func<long, bool> broken
    )
    {
        var chosen = new SortedSet<long>(labels.Where(found.Contains));
        if (policy.Versions is { } named)
        {
            chosen.UnionWith(named.Where(found.Contains));
        }
        else
        {
            int left = policy.Latest;
            foreach (long version in found.OrderDescending())
            {
                if (left == 0)
                    break;
                chosen.Add(version);
                if (!broken(version))
                    left--;
            }
        }
        return [.. chosen.Reverse()];
    }
}
