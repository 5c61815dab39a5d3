namespace Firn.Data;

/// <summary>Guesses which file or name was meant by one that does not exist.</summary>
internal static class Suggestion
{
    /// <summary><c>"did you mean 'rates'? "</c> where a name is near enough to be a slip, else empty.</summary>
    public static string Phrase(string word, IEnumerable<string> known)
    {
        string? near = known
            .Select(name => (Name: name, Cost: EditDistance(word.ToLowerInvariant(), name)))
            .Where(c => c.Cost <= 1 + word.Length / 3)
            .OrderBy(c => c.Cost)
            .Select(c => c.Name)
            .FirstOrDefault();
        return near is null ? "" : $"did you mean '{near}'? ";
    }

    /// <summary>A sentence that names the most similar file, or the nearest folder that exists.</summary>
    public static string For(string path)
    {
        string full = Path.GetFullPath(path);
        string folder = Path.GetDirectoryName(full) ?? full;
        if (!Directory.Exists(folder))
            return $"The folder {folder} does not exist either.";
        string wanted = Path.GetFileName(full);
        string? best = Directory
            .EnumerateFileSystemEntries(folder)
            .Select(e => Path.GetFileName(e)!)
            .Select(name => (Name: name, Cost: Cost(wanted, name)))
            .Where(c => c.Cost <= 2 + wanted.Length / 4)
            .OrderBy(c => c.Cost)
            .ThenBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => c.Name)
            .FirstOrDefault();
        return best is null
            ? $"Nothing in {folder} has a similar name."
            : $"Did you mean {Path.Combine(folder, best)}?";
    }

    // 1 where only an ending such as .gz is missing or superfluous, else the edit distance, without case.
    private static int Cost(string wanted, string name) =>
        name.StartsWith(wanted + '.', StringComparison.OrdinalIgnoreCase)
        || wanted.StartsWith(name + '.', StringComparison.OrdinalIgnoreCase)
            ? 1
            : EditDistance(wanted.ToLowerInvariant(), name.ToLowerInvariant());

    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
