using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Firn.Data;

/// <summary>
/// Labels of which a text has any number, as files write them: lists of Python, NumPy or JSON in a cell, names between
/// bars, commas or semicolons. They are handed on with a bar between; a lone bar is none.
/// </summary>
internal static class SeveralLabels
{
    public const char Separator = '|';

    /// <summary>What stands for no label.</summary>
    public const string None = "|";

    private static readonly SearchValues<char> Marks = SearchValues.Create("[]{}()'\":");

    private static readonly char[] Separators = ['|', ';', ','];

    /// <summary>The labels as one.</summary>
    public static string Join(IEnumerable<string> labels)
    {
        string joined = string.Join(
            Separator,
            labels
                .Select(label => label.Trim().Replace(Separator, '/'))
                .Where(label => label.Length > 0)
                .Distinct(StringComparer.Ordinal)
        );
        return joined.Length == 0 ? None : joined;
    }

    /// <summary>
    /// How cells with several labels are written, by the first of them; null where they are single labels.
    /// </summary>
    /// <param name="cells">Labels as they stand in the file, empty ones too.</param>
    /// <param name="asked">Several were asked for, so that less is enough to see how they are written.</param>
    public static LabelWriting? Find(IReadOnlyList<string> cells, bool asked)
    {
        string[] filled = [.. cells.Select(cell => cell.Trim()).Where(cell => cell.Length > 0)];
        if (filled.Length == 0)
            return null;
        if (filled.All(cell => TryParseList(cell, out _)))
            return new LabelWriting(
                null,
                filled.Any(cell => TryParseList(cell, out string[]? list) && list.Length != 1)
            );
        string[] distinct = [.. filled.Distinct(StringComparer.Ordinal)];
        foreach (char separator in Separators)
        {
            int divided = filled.Count(cell => Parts(cell, separator).Length > 1);
            if (divided == 0)
                continue;
            string[] parts = [.. distinct.SelectMany(cell => Parts(cell, separator)).Distinct(StringComparer.Ordinal)];
            // Names of a hierarchy have all the same number of parts; sets vary, and have more combinations than
            // members.
            bool vary =
                filled.Select(cell => Parts(cell, separator).Length).Distinct().Count() > 1
                || filled.Length < cells.Count;
            bool clear =
                vary
                && parts.Length < distinct.Length
                && divided >= 0.02 * filled.Length
                && parts.All(part => part.Length <= 60);
            if (clear || asked)
                return new LabelWriting(separator, true);
        }
        return asked ? new LabelWriting(Separator, true) : null;
    }

    /// <summary>Takes a cell apart.</summary>
    public static string[] Parts(string cell, char separator) =>
        cell.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Takes a list in brackets apart: <c>['a', "b"]</c>, NumPy's <c>['a' 'b']</c>, sets, tuples, numbers, bare words.
    /// </summary>
    public static bool TryParseList(string cell, [NotNullWhen(true)] out string[]? labels)
    {
        labels = null;
        if (cell is "set()" or "list()")
        {
            labels = [];
            return true;
        }
        if (cell.Length < 2 || (cell[0], cell[^1]) is not (('[', ']') or ('{', '}') or ('(', ')')))
            return false;
        var found = new List<string>();
        ReadOnlySpan<char> rest = cell.AsSpan(1, cell.Length - 2).Trim();
        while (!rest.IsEmpty)
        {
            if (!TakeItem(ref rest, out string item))
                return false;
            found.Add(item);
            rest = rest.TrimStart();
            if (rest.StartsWith(','))
                rest = rest[1..].TrimStart();
        }
        labels = [.. found];
        return cell[0] == '['
            || found.Count == 0
            || cell.AsSpan(1).TrimStart()[0] is '\'' or '"'
            || char.IsAsciiDigit(cell.AsSpan(1).TrimStart()[0]);
    }

    private static bool TakeItem(ref ReadOnlySpan<char> rest, out string item)
    {
        item = "";
        char quote = rest[0];
        if (quote is not ('\'' or '"'))
        {
            int end = rest.IndexOfAny(", \t\n");
            ReadOnlySpan<char> bare = end < 0 ? rest : rest[..end];
            if (bare.IsEmpty || bare.ContainsAny(Marks))
                return false;
            item = bare.ToString();
            rest = rest[bare.Length..];
            return true;
        }
        var text = new System.Text.StringBuilder();
        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                text.Append(rest[++i]);
                continue;
            }
            if (rest[i] == quote)
            {
                item = text.ToString();
                rest = rest[(i + 1)..];
                return rest.IsEmpty || rest[0] is ',' or ' ' or '\n' or '\t';
            }
            text.Append(rest[i]);
        }
        return false;
    }
}

/// <summary>How cells with several labels are written.</summary>
/// <param name="Separator">What stands between them; null for lists in brackets.</param>
/// <param name="HasSets">Whether some have none or more than one, so that each is a set.</param>
internal sealed record LabelWriting(char? Separator, bool HasSets)
{
    /// <summary>In words, for the user.</summary>
    public string InWords =>
        Separator is { } separator
            ? $"several labels in one cell, {CorpusLayout.SeparatorName(separator)}s between"
            : "lists of labels";

    /// <summary>The labels of a cell; null where it is no list and should be.</summary>
    public IReadOnlyList<string>? Parse(string cell)
    {
        cell = cell.Trim();
        if (Separator is { } separator)
            return SeveralLabels.Parts(cell, separator);
        if (cell.Length == 0)
            return [];
        return SeveralLabels.TryParseList(cell, out string[]? labels) ? labels : null;
    }
}
