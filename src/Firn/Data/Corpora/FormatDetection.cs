namespace Firn.Data;

/// <summary>Finds out how a corpus is laid out, by its name and its first characters.</summary>
internal static class FormatDetection
{
    public static CorpusSource Open(CorpusFile file, CorpusOptions options)
    {
        string path = file.Path;
        if (options.Format == CorpusFormat.Folders || options.Format == CorpusFormat.Auto && Directory.Exists(path))
        {
            return Directory.Exists(path) ? new FolderSource(file)
                : File.Exists(path)
                    ? throw new CorpusException(
                        path,
                        0,
                        "this is a file where a folder of class folders is expected",
                        "Leave the format to be found ({Format = Auto})."
                    )
                : throw new CorpusException(path, 0, "there is no such folder", Suggestion.For(path));
        }
        if (options.Format is CorpusFormat.Auto or CorpusFormat.Table && CorpusTables.Open(file, options) is { } table)
            return table;
        string head = file.Head();
        return options.Format switch
        {
            CorpusFormat.Auto => Detect(file, options, head),
            CorpusFormat.Sentiment140 or CorpusFormat.Delimited => DelimitedDetection.Open(file, options, head),
            CorpusFormat.JsonLines or CorpusFormat.Json => Json(file, options, head),
            CorpusFormat.FastText => new FastTextSource(file, options),
            CorpusFormat.Arff => new TableSource(path, ArffTable.Open(file), options),
            CorpusFormat.SentimentTrees => SentimentTrees.Source(file),
            CorpusFormat.Table => throw new CorpusException(
                path,
                0,
                "this is no Parquet file and no Excel workbook",
                "Leave the format to be found ({Format = Auto})."
            ),
            CorpusFormat.ClassFiles => ClassFilesSource.Fits(path)
                ? new ClassFilesSource(file)
                : throw new CorpusException(
                    path,
                    0,
                    "the pair x.neg and x.pos is not complete",
                    "Put both files in one folder."
                ),
            CorpusFormat.PairedFiles => Paired(file, options),
            CorpusFormat.LabelFirst => LineSource.LabelFirst(file, null),
            CorpusFormat.LabelLast => LineSource.LabelLast(file),
            CorpusFormat.Lines => LineSource.PlainLines(file),
            _ => throw new ArgumentOutOfRangeException(
                nameof(options),
                options.Format,
                "The format is not one of CorpusFormat."
            ),
        };
    }

    private static CorpusSource Detect(CorpusFile file, CorpusOptions options, string head)
    {
        if (options.LabelsPath is not null || PairedSource.LabelsFor(file.Path) is { } labels && File.Exists(labels))
            return Paired(file, options);
        if (ClassFilesSource.Fits(file.Path))
            return new ClassFilesSource(file);

        ReadOnlySpan<char> start = head.AsSpan().TrimStart('\uFEFF').TrimStart();
        if (start[0] == '{' || (start[0] == '[' && IsJsonArray(start)))
            return Json(file, options, head);
        if (start.StartsWith("__label__"))
            return new FastTextSource(file, options);
        if (ArffTable.Fits(head))
            return new TableSource(file.Path, ArffTable.Open(file), options);
        if (options is { TextColumn: null, LabelColumn: null, Separator: null })
        {
            string[] lines = CompleteLines(head);
            if (SentimentTrees.Fits(lines))
                return SentimentTrees.Source(file);
            if (FastTextSource.Fits(lines))
                return new FastTextSource(file, options);
            if (TaggedTokens.Fits(lines))
                throw TaggedTokens.Refusal(file.Path);
            if (lines.Length > 0 && (HaveClassNumbers(lines) || lines.All(BeginsWithCoarseAndFine)))
                return LineSource.LabelFirst(file, ' ');
            if (lines.All(line => line.AsSpan().IndexOfAny(",;|\t") < 0))
                throw new CorpusException(
                    file.Path,
                    1,
                    "no label can be seen in the first lines",
                    NoLabelRemedy(file.Path)
                );
        }
        return DelimitedDetection.Open(file, options, head);
    }

    private static TableSource Json(CorpusFile file, CorpusOptions options, string head) =>
        new(file.Path, JsonTable.Open(file, head), options);

    private static PairedSource Paired(CorpusFile file, CorpusOptions options)
    {
        string? labels = options.LabelsPath ?? PairedSource.LabelsFor(file.Path);
        if (labels is null)
            throw new CorpusException(file.Path, 0, "the file of labels is not known", "Name it with {LabelsPath}.");
        return File.Exists(labels)
            ? new PairedSource(file, labels)
            : throw new CorpusException(
                labels,
                0,
                $"the labels of {file.Path} are not there",
                $"Name their file with {{LabelsPath}}. {Suggestion.For(labels)}"
            );
    }

    private static string NoLabelRemedy(string path)
    {
        string name = Path.GetFileName(path);
        string texts = Path.Combine(
            Path.GetDirectoryName(path) ?? "",
            name.Replace("_labels", "_text", StringComparison.Ordinal)
        );
        return name.Contains("_labels", StringComparison.Ordinal)
            ? File.Exists(texts)
                ? $"These are labels; name the file of texts, {texts}."
                : $"These are labels, and their texts, {texts}, are absent."
            : "Name the file of labels with {LabelsPath}, or the layout with {Format}.";
    }

    /// <summary>Whether each line begins with the number of a class: few numbers, each of which comes back.</summary>
    private static bool HaveClassNumbers(string[] lines)
    {
        int[] lengths = [.. lines.Select(ClassNumberLength)];
        return lengths.All(length => length > 0)
            && lines.Zip(lengths, (line, length) => line[..length]).Distinct().Count()
                <= Math.Max(10, Math.Min(60, lines.Length / 10));
    }

    private static int ClassNumberLength(string line)
    {
        int digits = line.StartsWith('-') ? 1 : 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
            digits++;
        return digits is 1 or 2 && char.IsAsciiDigit(line[digits - 1]) && digits < line.Length && line[digits] == ' '
            ? digits
            : 0;
    }

    // TREC's own files: DESC:manner How did ...
    private static bool BeginsWithCoarseAndFine(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal),
            space = line.IndexOf(' ', StringComparison.Ordinal);
        return colon is >= 2 and <= 8
            && space > colon + 1
            && line.AsSpan(0, colon).IndexOfAnyExceptInRange('A', 'Z') < 0
            && line.AsSpan(colon + 1, space - colon - 1).IndexOfAnyExceptInRange('a', 'z') < 0;
    }

    private static bool IsJsonArray(ReadOnlySpan<char> start)
    {
        start = start[1..].TrimStart();
        return !start.IsEmpty && start[0] is '{' or '[' or ']';
    }

    // The last of the first characters' lines may be cut; it counts where it is the only one.
    private static string[] CompleteLines(string head)
    {
        string[] lines = head.Split('\n');
        int complete = lines.Length > 1 ? lines.Length - 1 : 1;
        return
        [
            .. lines.Take(complete).Select(line => line.TrimEnd('\r')).Where(line => !string.IsNullOrWhiteSpace(line)),
        ];
    }
}
