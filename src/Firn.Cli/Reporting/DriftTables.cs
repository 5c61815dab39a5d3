using System.Globalization;
using Firn.Cli.Commands;
using Firn.Cli.Output;
using Firn.Drift;
using Firn.Files;
using Firn.Study;

namespace Firn.Cli.Reporting;

/// <summary>Drift as tables for the terminal and the page, and as a file of every word.</summary>
internal static class DriftTables
{
    public static TableData Bands(DriftReport drift) =>
        new(
            ["seen in training", "words", "moved", "cosine distance", "median", "relative way", "neighbors kept"],
            [
                .. drift.Bands.Select(b =>
                    new[]
                    {
                        b.Name,
                        Number(b.Words),
                        Number(b.Moved),
                        F(b.MeanCosineDistance, 5),
                        F(b.MedianCosineDistance, 5),
                        F(b.MeanRelative, 4),
                        double.IsNaN(b.MeanNeighborsKept) ? "" : F(b.MeanNeighborsKept, 1),
                    }
                ),
            ]
        );

    public static TableData Pairs(IReadOnlyList<DivergedPair> pairs) =>
        new(
            ["word", "seen", "near word", "seen", "cosine before", "now", "divergence", "rank before", "now"],
            [
                .. pairs.Select(p =>
                    new[]
                    {
                        p.First,
                        Seen(p.FirstCount),
                        p.Second,
                        Seen(p.SecondCount),
                        F(p.CosineBefore),
                        F(p.CosineAfter),
                        F(p.Divergence),
                        Number(p.RankBefore),
                        Number(p.RankAfter),
                    }
                ),
            ]
        );

    public static TableData Movements(IReadOnlyList<WordMovement> words) =>
        new(
            ["word", "seen", "cosine distance", "way", "relative", "kept"],
            [
                .. words.Select(w =>
                    new[]
                    {
                        w.Word,
                        Seen(w.Count),
                        F(w.CosineDistance, 5),
                        F(w.Length),
                        F(w.Relative, 4),
                        w.NeighborsKept is { } kept ? Number(kept) : "",
                    }
                ),
            ]
        );

    public static TableData Repairs(IReadOnlyList<RepairOutcome> repairs)
    {
        var rows = new List<string[]>();
        if (repairs[0].Before is { } before)
            rows.Add(["none", "", "", Share(before.Whole), Share(before.UnseenWords), "", ""]);
        foreach (RepairOutcome outcome in repairs)
        {
            (int gained, int lost) = outcome is { Before: { } b, After: { } a }
                ? b.ComparedWith(a, sliceOnly: true)
                : default;
            rows.Add([
                Name(outcome.Repair.Method),
                Number(outcome.Repair.Words),
                F(outcome.Repair.MeanLength),
                outcome.After is { } after ? Share(after.Whole) : "",
                outcome.After is { } slice ? Share(slice.UnseenWords) : "",
                outcome.After is null ? "" : Number(gained),
                outcome.After is null ? "" : Number(lost),
            ]);
        }
        string texts = repairs[0].Before is { } t
            ? string.Create(CultureInfo.InvariantCulture, $" of {t.Whole.Texts:N0}")
            : "";
        string few = repairs[0].Before is { } s
            ? string.Create(CultureInfo.InvariantCulture, $" of {s.UnseenWords.Texts:N0}")
            : "";
        return new TableData(
            ["repair", "words changed", "mean way", $"accuracy{texts}", $"with unseen words{few}", "mended", "broken"],
            rows
        );
    }

    public static void Print(Terminal terminal, DriftView view, DriftPlaces places)
    {
        (string folder, string? before, string? page) = places;
        terminal.Out.WriteLine(InWords(view.Drift));
        terminal.Out.WriteLine();
        Write(terminal, "by how often training saw the word", Bands(view.Drift), 0);
        if (view.ShownMovements.Count > 0)
            Write(terminal, view.MovementsTitle.ToLowerInvariant(), Movements(view.ShownMovements), 0);
        if (view.Pairs.Count > 0)
            Write(
                terminal,
                view.Asked.Count > 0
                    ? "pairs"
                    : "diverged pairs: a word that training saw and a near one that it lacks",
                Pairs(view.Pairs),
                0,
                2
            );
        foreach (string word in view.Words.Take(8))
        {
            NeighborChange change = view.Drift.NeighborsOf(word);
            terminal.Out.WriteLine($"{word} before: {string.Join(", ", change.Before.Select(n => n.Word))}");
            terminal.Out.WriteLine(
                $"{new string(' ', word.Length)} now:    {string.Join(", ", change.After.Select(n => n.Word))}"
            );
            terminal.Out.WriteLine();
        }
        if (view.Repairs.Count > 0)
            Write(terminal, "repairs", Repairs(view.Repairs), 0);
        foreach (RepairOutcome outcome in view.Repairs.Where(r => r.Repair.CrossValidatedR2 is not null))
            terminal.Out.WriteLine(CrossValidatedR2(outcome.Repair));
        if (view.Repairs is [{ Bundle: { } saved }])
            terminal.Out.WriteLine($"bundle  {saved}");
        if (page is not null)
            terminal.Out.WriteLine($"report  {page}");
        terminal.Out.WriteLine("next");
        if (page is null)
            terminal.Out.WriteLine(
                $"  {Tool.CalledAs} drift {folder}{(before is null ? "" : $" --vectors {before}")} --report runs/"
                    + $"{view.Name}-drift"
            );
        if (view.Repairs.Count == 0 && view.Drift.Moved > 0)
            terminal.Out.WriteLine($"  {Tool.CalledAs} drift {folder} --repair all --test DATA");
        else if (view.Repairs is [{ Bundle: { } made }])
            terminal.Out.WriteLine($"  {Tool.CalledAs} evaluate {made} OTHER-DATA");
    }

    /// <summary>The movement of every word as CSV.</summary>
    public static void WriteCsv(DriftReport drift, string path)
    {
        OutputFile.Write(
            path,
            stream =>
            {
                using var writer = new StreamWriter(stream);
                writer.WriteLine("word,id,seen,cosine_distance,length,relative,neighbors_kept");
                foreach (WordMovement w in drift.Words)
                    writer.WriteLine(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{Quoted(w.Word)},{w.Id},{w.Count},{w.CosineDistance:0.######},{w.Length:0.######},"
                                + $"{w.Relative:0.######},{w.NeighborsKept}"
                        )
                    );
            }
        );
    }

    private static string Quoted(string word) =>
        word.AsSpan().ContainsAny(',', '"') ? $"\"{word.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : word;

    /// <summary>The finding in a sentence, from the numbers.</summary>
    public static string InWords(DriftReport drift)
    {
        if (drift.Moved == 0)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"none of {drift.Words.Count:N0} words moved: the table was frozen, or its old vectors were put back"
            );
        double mean = drift.Words.Where(w => w.Length > 0).Average(w => w.CosineDistance);
        string divergence =
            drift.Pairs.Count > 0 && drift.Pairs[0].Divergence > 0
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"; the worst divergence is {drift.Pairs[0].First} and {drift.Pairs[0].Second}, cosine "
                        + $"{drift.Pairs[0].CosineBefore:0.00} before and {drift.Pairs[0].CosineAfter:0.00} now"
                )
                : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{drift.Moved:N0} of {drift.Words.Count:N0} words moved, by a cosine distance of {mean:0.00000} on "
                + $"average; {drift.Words.Count(w => w.Length == 0):N0} stayed{divergence}"
        );
    }

    /// <summary>How well the map knows where words go.</summary>
    public static string CrossValidatedR2(TableRepair repair) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the map foretells {100 * repair.CrossValidatedR2!.Value:0.0}% of the squared way of words kept apart "
                + $"from its fit (penalty {repair.Penalty:0.###} times the variance)"
        );

    public static string Name(RepairMethod method) => method.ToString().ToLowerInvariant();

    private static void Write(Terminal terminal, string title, TableData table, params int[] left)
    {
        Tables.Write(
            terminal,
            title,
            [.. table.Heads.Select((head, i) => left.Contains(i) ? head : ">" + head)],
            table.Rows
        );
        terminal.Out.WriteLine();
    }

    private static string Share(PartAccuracy part) => part.Texts == 0 ? "n/a" : F(part.Accuracy, 4);

    private static string Seen(int? count) => count is { } n ? Number(n) : "?";

    private static string Number(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string F(double value, int digits = 3) =>
        double.IsFinite(value) ? value.ToString("F" + digits, CultureInfo.InvariantCulture) : "n/a";
}

/// <summary>Where a command's drift comes from and went.</summary>
/// <param name="Bundle">The bundle.</param>
/// <param name="Before">The file of vectors that it is held against; null for those the bundle keeps.</param>
/// <param name="Page">The page that was written, or null.</param>
internal sealed record DriftPlaces(string Bundle, string? Before, string? Page);
