using System.Globalization;

namespace Firn.Data;

/// <summary>
/// Whether the first row of a delimited file names its columns: by how it differs from the rows below it.
/// </summary>
internal static class HeaderDetection
{
    private const int LongestName = 60;

    /// <summary>So few rows tell little of what their columns hold.</summary>
    private const int FewRows = 8;

    /// <summary>True, false, or null where it cannot be told.</summary>
    public static bool? Find(string[] first, IReadOnlyList<ColumnProfile> below)
    {
        if (first.All(field => field.Trim().Length == 0))
            return false;
        if (AreNumbersOfColumns(first, below))
            return true;
        if (first.Any(field => IsNumber(field) || field.Length > LongestName))
            return false;
        if (HasUsualNameOfItsOwn(first, below))
            return true;
        if (first.Any(field => field.AsSpan().Trim().Count(' ') >= 3))
            return false;
        bool numbers = false,
            classes = false,
            texts = false,
            returns = false;
        for (int i = 0; i < Math.Min(first.Length, below.Count); i++)
        {
            string name = first[i].Trim();
            ColumnProfile column = below[i];
            if (name.Length == 0)
                continue;
            numbers |= column.AreNumbers;
            classes |= column.AreClasses && column.Filled >= FewRows && !column.Has(name);
            returns |= column.AreClasses && column.Has(name);
            texts |=
                column.AreTexts
                && column.MeanLength >= 20
                && name.Length < column.MeanLength / 2
                && !name.Contains(' ', StringComparison.Ordinal);
        }
        if (numbers || classes && texts && !returns)
            return true;
        bool few = below.Count == 0 || below[0].Count < FewRows;
        return returns || first.Any(field => field.AsSpan().Trim().Count(' ') >= 2) || !few && !(classes || texts)
            ? false
            : null;
    }

    // pandas writes 0,1,2 over columns without names.
    private static bool AreNumbersOfColumns(string[] first, IReadOnlyList<ColumnProfile> below) =>
        first.Length > 1
        && first.Select((field, i) => field.Trim() == i.ToString(CultureInfo.InvariantCulture)).All(same => same)
        && below.Any(column => column.AreTexts && !column.Has("0") && !column.Has("1"));

    private static bool HasUsualNameOfItsOwn(string[] first, IReadOnlyList<ColumnProfile> below) =>
        first.Where((name, i) => ColumnNames.IsUsual(name, first) && (i >= below.Count || !below[i].Has(name))).Any();

    private static bool IsNumber(string field) =>
        double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}
