using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Firn.Data;
using Firn.Files;
using Firn.Text;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Firn.Formats;

/// <summary>
/// A Parquet file, read by row groups. Columns inside of structures have names with dots; names of classes come from
/// the metadata of Hugging Face's datasets.
/// </summary>
internal sealed class ParquetTable : CorpusTable
{
    private const string MetadataKey = "huggingface";

    private readonly string _path;
    private readonly Dictionary<string, DataField> _fields;
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _classes;

    private ParquetTable(string path, ParquetReader reader)
    {
        _path = path;
        _fields = [];
        foreach (DataField field in reader.Schema.DataFields)
            _fields.TryAdd(NameOf(field), field);
        Columns = [.. _fields.Keys];
        _classes = reader.CustomMetadata?.TryGetValue(MetadataKey, out string? json) == true ? ClassesOf(json) : [];
    }

    public override CorpusFormat Format => CorpusFormat.Table;

    public override string Kind => "Parquet";

    public override IReadOnlyList<string> Columns { get; }

    public static CorpusTable Open(string path)
    {
        using Stream stream = InputFile.OpenSeekable(path);
        CheckEnd(path, stream);
        return Reading(path, () => new ParquetTable(path, Wait(ParquetReader.CreateAsync(stream, null, true))));
    }

    public override IReadOnlyDictionary<string, string>? ClassNames(int column) =>
        _classes.GetValueOrDefault(Columns[column]);

    public override IEnumerable<TableRow> Read(RowLog log, IReadOnlyList<int> columns)
    {
        using Stream stream = InputFile.OpenSeekable(_path);
        ParquetReader reader = Reading(_path, () => Wait(ParquetReader.CreateAsync(stream, null, true)));
        long number = 0;
        for (int group = 0; group < reader.RowGroupCount; group++)
        {
            int current = group;
            List<TableCell>[] cells = Reading(
                _path,
                () =>
                {
                    using ParquetRowGroupReader rows = reader.OpenRowGroupReader(current);
                    return columns.Select(column => Cells(rows, _fields[Columns[column]])).ToArray();
                }
            );
            int count = cells.Length == 0 ? 0 : cells.Max(c => c.Count);
            if (cells.Any(c => c.Count != count))
                throw Damaged(_path, $"row group {group + 1} has columns of different lengths", null);
            for (int row = 0; row < count; row++)
                yield return new TableRow(++number, [.. cells.Select(c => c[row])]);
        }
    }

    /// <summary>A list of values is named by its column alone: <c>labels</c> for <c>labels.list.element</c>.</summary>
    private static string NameOf(DataField field)
    {
        List<string> parts = field.Path.ToList();
        if (field.MaxRepetitionLevel == 1 && parts.Count > 2 && parts[^2] is "list" or "bag" or "array")
            parts.RemoveRange(parts.Count - 2, 2);
        return string.Join('.', parts);
    }

    private static List<TableCell> Cells(ParquetRowGroupReader rows, DataField field)
    {
        using RawColumnData data = Wait(rows.ReadRawColumnDataBaseAsync(field));
        string[] values = Texts(data);
        // Levels that a column does not have may not be asked for.
        ReadOnlySpan<int> defined = field.MaxDefinitionLevel == 0 ? [] : data.DefinitionLevels;
        ReadOnlySpan<int> repeated = field.MaxRepetitionLevel == 0 ? [] : data.RepetitionLevels;
        var cells = new List<TableCell>();
        if (field.MaxRepetitionLevel == 0)
        {
            int next = 0,
                count = defined.IsEmpty ? values.Length : defined.Length;
            for (int i = 0; i < count; i++)
                cells.Add(
                    new TableCell(defined.IsEmpty || defined[i] == field.MaxDefinitionLevel ? values[next++] : null)
                );
            return cells;
        }
        var list = new List<string>();
        for (int i = 0, next = 0; i < repeated.Length; i++)
        {
            if (repeated[i] == 0 && i > 0)
            {
                cells.Add(new TableCell(null, [.. list]));
                list.Clear();
            }
            if (defined.IsEmpty || defined[i] == field.MaxDefinitionLevel)
                list.Add(values[next++]);
        }
        if (repeated.Length > 0)
            cells.Add(new TableCell(null, [.. list]));
        return cells;
    }

    private static string[] Texts(RawColumnData data) =>
        data switch
        {
            RawColumnData<ReadOnlyMemory<char>> texts => Map(texts, value => value.ToString()),
            RawColumnData<ReadOnlyMemory<byte>> bytes => Map(
                bytes,
                value => System.Text.Encoding.UTF8.GetString(value.Span)
            ),
            RawColumnData<bool> truths => Map(truths, value => value ? "true" : "false"),
            RawColumnData<sbyte> numbers => Map(numbers, Number),
            RawColumnData<byte> numbers => Map(numbers, Number),
            RawColumnData<short> numbers => Map(numbers, Number),
            RawColumnData<ushort> numbers => Map(numbers, Number),
            RawColumnData<int> numbers => Map(numbers, Number),
            RawColumnData<uint> numbers => Map(numbers, Number),
            RawColumnData<long> numbers => Map(numbers, Number),
            RawColumnData<ulong> numbers => Map(numbers, Number),
            RawColumnData<float> numbers => Map(numbers, Number),
            RawColumnData<double> numbers => Map(numbers, Number),
            RawColumnData<decimal> numbers => Map(numbers, Number),
            RawColumnData<DateTime> times => Map(times, value => value.ToString("s", CultureInfo.InvariantCulture)),
            RawColumnData<DateTimeOffset> times => Map(
                times,
                value => value.ToString("s", CultureInfo.InvariantCulture)
            ),
            RawColumnData<DateOnly> days => Map(days, value => value.ToString("O", CultureInfo.InvariantCulture)),
            RawColumnData<TimeOnly> times => Map(times, value => value.ToString("O", CultureInfo.InvariantCulture)),
            RawColumnData<TimeSpan> times => Map(times, value => value.ToString("c", CultureInfo.InvariantCulture)),
            RawColumnData<Guid> ids => Map(ids, value => value.ToString()),
            // Types that no text and no label has, such as intervals.
            _ => throw new NotSupportedException(
                $"a column holds {data.GetType().GenericTypeArguments.FirstOrDefault()?.Name ?? "values"}"
            ),
        };

    private static string Number<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string[] Map<T>(RawColumnData<T> data, Func<T, string> text)
        where T : struct
    {
        Span<T> values = data.Values;
        var texts = new string[values.Length];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = text(values[i]);
        return texts;
    }

    /// <summary>Names of the classes of each column whose feature is a ClassLabel, or a list of those.</summary>
    private static Dictionary<string, IReadOnlyDictionary<string, string>> ClassesOf(string json)
    {
        var classes = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            foreach (
                JsonProperty feature in document
                    .RootElement.GetProperty("info")
                    .GetProperty("features")
                    .EnumerateObject()
            )
            {
                JsonElement label = feature.Value;
                while (
                    label.ValueKind == JsonValueKind.Object && label.TryGetProperty("feature", out JsonElement inner)
                )
                    label = inner;
                if (
                    label.ValueKind == JsonValueKind.Object
                    && label.TryGetProperty("names", out JsonElement names)
                    && names.ValueKind == JsonValueKind.Array
                )
                    classes[feature.Name] = names
                        .EnumerateArray()
                        .Select((name, i) => (Number(i), name.GetString() ?? ""))
                        .ToDictionary(n => n.Item1, n => n.Item2);
            }
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return []; // names are a help; without them the numbers stand
        }
        return classes;
    }

    /// <summary>Refuses a file that does not end with the length of its metadata and a mark.</summary>
    private static void CheckEnd(string path, Stream stream)
    {
        const int mark = 4,
            ending = 8;
        if (stream.Length < mark + ending)
            throw Damaged(path, $"it has {Counted.Of(stream.Length, "byte")} and ends before its metadata", null);
        Span<byte> last = stackalloc byte[ending];
        stream.Position = stream.Length - ending;
        stream.ReadExactly(last);
        stream.Position = 0;
        if (!last[mark..].SequenceEqual("PAR1"u8) && !last[mark..].SequenceEqual("PARE"u8))
            throw Damaged(path, "it does not end with the mark PAR1, so its end is missing", null);
        uint told = BinaryPrimitives.ReadUInt32LittleEndian(last);
        if (told > stream.Length - mark - ending)
            throw Damaged(
                path,
                $"its metadata is said to have {Counted.Of(told, "byte")}, and the whole file has "
                    + $"{Counted.Of(stream.Length, "byte")}",
                null
            );
    }

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (GuardedStream.IsOfContent(error) && error is not CorpusException)
        {
            throw Damaged(path, error.Message.ReplaceLineEndings(" ").TrimEnd('.'), error);
        }
    }

    private static CorpusException Damaged(string path, string how, Exception? error) =>
        new(
            path,
            0,
            $"the Parquet file is damaged, encrypted or of a kind that is not known ({how})",
            "Copy or download it again, or save it as CSV.",
            error
        );

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static T Wait<T>(ValueTask<T> task) => task.AsTask().GetAwaiter().GetResult();
}
