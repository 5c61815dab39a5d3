using System.Text.Json;

namespace Firn.Data;

/// <summary>
/// Values of JSON as cells: properties of objects inside objects have names with dots, elements of arrays numbers from
/// 1.
/// </summary>
internal static class JsonCells
{
    private const int MaxNames = 2000;

    /// <summary>Adds the names of a row's cells that are new.</summary>
    public static void AddNames(JsonElement row, string prefix, List<string> names, HashSet<string> known)
    {
        foreach ((string name, JsonElement value) in Members(row))
        {
            string full = prefix + name;
            if (value.ValueKind == JsonValueKind.Object)
                AddNames(value, full + ".", names, known);
            else if (names.Count < MaxNames && known.Add(full))
                names.Add(full);
        }
    }

    /// <summary>The cell of a name; a missing one where the row has none.</summary>
    public static TableCell Find(JsonElement row, string name) =>
        TryFind(row, name, out JsonElement value) ? Of(value) : default;

    private static bool TryFind(JsonElement row, string name, out JsonElement value)
    {
        if (row.ValueKind == JsonValueKind.Array)
        {
            int dot = name.IndexOf('.', StringComparison.Ordinal);
            string first = dot < 0 ? name : name[..dot];
            value = default;
            if (!int.TryParse(first, out int number) || number < 1 || number > row.GetArrayLength())
                return false;
            value = row[number - 1];
            return dot < 0 || TryFind(value, name[(dot + 1)..], out value);
        }
        value = default;
        if (row.ValueKind != JsonValueKind.Object)
            return false;
        if (row.TryGetProperty(name, out value))
            return true;
        for (int dot = name.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (row.TryGetProperty(name[..dot], out JsonElement inner) && TryFind(inner, name[(dot + 1)..], out value))
                return true;
        }
        return false;
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement row) =>
        row.ValueKind switch
        {
            JsonValueKind.Object => row.EnumerateObject().Select(p => (p.Name, p.Value)),
            JsonValueKind.Array => row.EnumerateArray().Select((value, i) => ($"{i + 1}", value)),
            _ => [],
        };

    private static TableCell Of(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => new TableCell(value.GetString()),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => new TableCell(value.GetRawText()),
            JsonValueKind.Array => new TableCell(null, [.. value.EnumerateArray().Select(item => Of(item).Shown)]),
            JsonValueKind.Object => new TableCell(value.GetRawText()),
            _ => default,
        };
}
