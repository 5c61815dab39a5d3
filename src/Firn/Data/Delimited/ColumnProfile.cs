using System.Globalization;

namespace Firn.Data;

/// <summary>What the first rows of a column hold.</summary>
internal sealed class ColumnProfile
{
    private const int LongestClass = 60;

    /// <summary>Values that labels of sentiment and the like have in many data sets.</summary>
    private static readonly HashSet<string> LabelWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "positive",
        "negative",
        "neutral",
        "pos",
        "neg",
        "neu",
        "spam",
        "ham",
        "toxic",
        "nontoxic",
        "hate",
        "offensive",
        "joy",
        "sadness",
        "anger",
        "fear",
        "love",
        "surprise",
        "disgust",
        "happy",
        "sad",
        "angry",
        "irrelevant",
        "true",
        "false",
        "yes",
        "no",
        "fake",
        "real",
        "depression",
        "anxiety",
        "normal",
    };

    private readonly Dictionary<string, int> _values = new(StringComparer.Ordinal);

    public ColumnProfile(IEnumerable<string> column)
    {
        decimal? last = null;
        bool numbers = true,
            increasing = true;
        long length = 0,
            words = 0;
        foreach (string field in column)
        {
            Count++;
            string value = field.Trim();
            if (value.Length == 0)
                continue;
            Filled++;
            length += value.Length;
            words += value.AsSpan().Count(' ') + 1;
            LongestValue = Math.Max(LongestValue, value.Length);
            _values[value] = _values.GetValueOrDefault(value) + 1;
            Spaced += value.Contains(' ', StringComparison.Ordinal) || IsUnspacedText(value) ? 1 : 0;
            if (!decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
                numbers = false;
            else
            {
                HasFractions |= number != decimal.Truncate(number);
                increasing &= last is null || number > last;
                last = number;
            }
        }
        AreNumbers = numbers && Filled > 0;
        IsIndex = AreNumbers && !HasFractions && increasing && Filled > 5;
        MeanLength = Filled == 0 ? 0 : (double)length / Filled;
        MeanWords = Filled == 0 ? 0 : (double)words / Filled;
    }

    public int Count { get; }

    /// <summary>Rows that are not empty.</summary>
    public int Filled { get; }

    /// <summary>Rows with more than one word.</summary>
    public int Spaced { get; }

    public int Distinct => _values.Count;

    public double MeanLength { get; }

    public double MeanWords { get; }

    public int LongestValue { get; }

    public bool AreNumbers { get; }

    /// <summary>Whether some are no whole numbers.</summary>
    public bool HasFractions { get; }

    /// <summary>Whether all are 0 or 1, or false or true.</summary>
    public bool AreBinary => Filled > 0 && _values.Keys.All(value => OneHotColumns.IsSet(value) is not null);

    /// <summary>Whether they are whole numbers, each larger than the one before.</summary>
    public bool IsIndex { get; }

    public bool Has(string value) => _values.ContainsKey(value.Trim());

    /// <summary>Whether numbers are written in two ways, as in 0 and 0.0.</summary>
    public bool MixesWholeNumbers =>
        AreNumbers
        && _values.Keys.Any(value =>
            WholeNumbers.Of(value) is { } whole && whole != value && _values.ContainsKey(whole)
        );

    /// <summary>Why the values can be no classes, or null.</summary>
    public string? AgainstClasses =>
        Filled == 0 ? "it is empty"
        : AreNumbers && HasFractions ? "it holds real numbers"
        : IsIndex && Distinct > 20 ? "it counts the rows"
        : Filled >= 20 && Distinct > 0.9 * Filled
            ? string.Create(CultureInfo.InvariantCulture, $"it has {Distinct:N0} different values in {Filled:N0} rows")
        : null;

    /// <summary>Whether the values look like classes: short, and each comes back.</summary>
    public bool AreClasses =>
        AgainstClasses is null
        && LongestValue <= LongestClass
        && MeanLength <= 30
        && MeanWords <= 3
        && Distinct <= Math.Max(2, Filled / 5)
        && Filled >= 0.5 * Count;

    /// <summary>
    /// Whether they look like texts: several words, or letters of a script without spaces, and hardly one comes back.
    /// </summary>
    public bool AreTexts =>
        !AreNumbers && Filled > 0 && Spaced >= 0.5 * Filled && (!AreClasses || Filled < 5 && MeanWords > 1);

    /// <summary>Whether most values are words that labels often are.</summary>
    public bool AreUsualLabels => AreClasses && 2 * _values.Keys.Count(LabelWords.Contains) > Distinct;

    private static bool IsUnspacedText(string value) =>
        value.Length > 4 && value.AsSpan().IndexOfAnyInRange('\u0E00', '\u0EFF') >= 0
        || value.AsSpan().IndexOfAnyInRange('\u3040', '\u9FFF') >= 0 && value.Length > 4;
}

/// <summary>Numbers that are written with a fraction of zero.</summary>
internal static class WholeNumbers
{
    /// <summary>
    /// <c>0</c> for <c>0.0</c>, <c>-1</c> for <c>-1.</c>; the value itself where it is a whole number already, null
    /// where it is none.
    /// </summary>
    public static string? Of(string value)
    {
        int point = value.IndexOf('.', StringComparison.Ordinal);
        string whole = point < 0 ? value : value[..point];
        ReadOnlySpan<char> digits = whole.AsSpan(whole.StartsWith('-') ? 1 : 0);
        return
            digits.Length > 0
            && digits.IndexOfAnyExceptInRange('0', '9') < 0
            && (point < 0 || value.AsSpan(point + 1).IndexOfAnyExcept('0') < 0)
            ? whole
            : null;
    }
}
