namespace Firn.Data;

/// <summary>
/// Finds separator and quotes of a delimited file: those by which its rows have the same number of fields.
/// </summary>
internal static class DialectDetection
{
    /// <summary>Below this share of rows with the usual number of fields a character separates nothing.</summary>
    private const double MinConsistency = 0.7;

    private const int MaxPreamble = 20;

    private static readonly char[] Separators = [',', '\t', ';', '|'];

    /// <summary>
    /// A sample by the best dialect and the number of rows before it that are no data; null where no character
    /// separates fields.
    /// </summary>
    public static (DelimitedSample Sample, int Skipped)? Find(string head, bool isWhole, CorpusOptions options)
    {
        char? separator = options.Separator;
        int directive = 0;
        string first = head.TrimStart('\uFEFF', '\r', '\n').Split('\n', 2)[0].TrimEnd('\r');
        if (separator is null && first.Length == 5 && first.StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
        {
            separator = first[4];
            directive = 1;
        }
        (DelimitedSample Sample, int Skipped, double Score)? best = null;
        foreach (char candidate in separator is { } known ? [known] : Separators)
        {
            if (!head.Contains(candidate, StringComparison.Ordinal))
                continue;
            DelimitedSample sample = Quoted(head, isWhole, candidate, options.Quoted);
            int skipped = directive > 0 ? directive : Preamble(sample);
            if (skipped > 0)
                sample = sample.Without(skipped);
            double score = Score(sample, separator is not null);
            if (score > 0 && (best is null || score > best.Value.Score))
                best = (sample, skipped, score);
        }
        return best is { } found ? (found.Sample, found.Skipped) : null;
    }

    private static double Score(DelimitedSample sample, bool isGiven)
    {
        if (sample.Rows.Count == 0)
            return 0;
        bool named = ColumnNames.LookLikeHeader(sample.Rows[0]);
        if (isGiven)
            return 1;
        if (sample.Fields < 2 && !named || sample.Consistency < MinConsistency && !named)
            return 0;
        double score = sample.Consistency - Prose(sample) / 2 + (named ? 1 : 0);
        if (sample.Rows[0].Length != sample.Fields)
            score -= 0.3;
        return score + Preference(sample.Dialect.Separator);
    }

    // Where two characters separate equally well, the one that prose does not contain.
    private static double Preference(char separator) =>
        separator switch
        {
            '\t' => 0.03,
            '|' => 0.02,
            ';' => 0.01,
            _ => 0,
        };

    /// <summary>The share of the separators that a blank follows, as it follows the marks of a sentence.</summary>
    private static double Prose(DelimitedSample sample)
    {
        long fields = sample.Rows.Sum(row => row.Length - 1L);
        long blank = sample.Rows.Sum(row => row.Skip(1).LongCount(field => field.StartsWith(' ')));
        return fields == 0 || sample.Dialect.Separator == '\t' ? 0 : (double)blank / fields;
    }

    private static int Preamble(DelimitedSample sample)
    {
        int rows = sample.Rows.TakeWhile(row => row.Length != sample.Fields && row[0].StartsWith('#')).Count();
        return rows <= MaxPreamble && rows < sample.Rows.Count ? rows : 0;
    }

    private static DelimitedSample Quoted(string head, bool isWhole, char separator, bool? quoted)
    {
        DelimitedSample plain = DelimitedSample.Of(head, isWhole, new Dialect(separator, quoted ?? true));
        if (quoted == false)
            return plain;
        if (head.Contains("\\\"", StringComparison.Ordinal))
            plain = Better(plain, DelimitedSample.Of(head, isWhole, plain.Dialect with { Backslashes = true }));
        if (
            head.Contains($"{separator} \"", StringComparison.Ordinal)
            || head.StartsWith(" \"", StringComparison.Ordinal)
        )
            plain = Trimmed(plain, DelimitedSample.Of(head, isWhole, plain.Dialect with { Trimmed = true }));
        if (quoted is null && StandInSingleQuotes(plain))
            plain = Better(plain, DelimitedSample.Of(head, isWhole, plain.Dialect with { Quote = '\'' }));
        // Texts between tabs hold quotes as they hold any other character, unless whole fields stand in them.
        if (
            quoted is null
            && separator == '\t'
            && (plain.Malformed > 0 || !plain.Dialect.Backslashes && !HasWholeFieldsInQuotes(head, plain))
        )
            return DelimitedSample.Of(head, isWhole, new Dialect(separator, false));
        return plain;
    }

    private static DelimitedSample Better(DelimitedSample one, DelimitedSample other) =>
        other.Malformed < one.Malformed
        || other.Malformed == one.Malformed && other.Consistency > one.Consistency
        || other.Fields < one.Fields && other.Consistency >= one.Consistency && HeaderFits(other) && !HeaderFits(one)
            ? other
            : one;

    private static bool HeaderFits(DelimitedSample sample) =>
        sample.Rows.Count > 0 && sample.Rows[0].Length == sample.Fields;

    private static DelimitedSample Trimmed(DelimitedSample plain, DelimitedSample trimmed)
    {
        int before = plain.Rows.Count(row => row.Any(field => field.StartsWith(" \"", StringComparison.Ordinal)));
        return before > plain.Rows.Count / 2 || trimmed.Consistency > plain.Consistency ? trimmed : plain;
    }

    private static bool StandInSingleQuotes(DelimitedSample sample)
    {
        int begun = sample.Rows.Count(row => row.Any(field => field.StartsWith('\'')));
        return begun > sample.Rows.Count / 2;
    }

    // The parser tells no field in quotes from one without: a field that begins with a quote in the file has none when
    // it is read.
    private static bool HasWholeFieldsInQuotes(string head, DelimitedSample quoted)
    {
        char separator = quoted.Dialect.Separator;
        bool any =
            head.StartsWith('"')
            || head.Contains($"{separator}\"", StringComparison.Ordinal)
            || head.Contains("\n\"", StringComparison.Ordinal);
        return any
            && (
                head.Contains($"\"{separator}", StringComparison.Ordinal)
                || head.Contains("\"\n", StringComparison.Ordinal)
                || head.Contains("\"\r", StringComparison.Ordinal)
                || head.EndsWith('"')
            );
    }
}
