using Firn.Cli.Output;
using Firn.Files;
using Firn.Interop.Keras;
using Firn.Interop.Keras.Preprocessing;
using Firn.Interop.Labels;

namespace Firn.Cli.Commands.Importing;

/// <summary>The files of a model that lie in a folder, found by what is in them and not by their names.</summary>
/// <param name="Model">The model.</param>
/// <param name="Tokenizer">The tokenizer, or null.</param>
/// <param name="Labels">The names of classes, or null.</param>
/// <param name="Loaded">The model where it had to be read to be recognized, or null.</param>
internal sealed record ImportParts(string Model, string? Tokenizer, string? Labels, KerasFile? Loaded)
{
    private const int MaxFiles = 200,
        FewWords = 64; // a dictionary with fewer entries names classes

    /// <summary>Looks through a folder.</summary>
    /// <exception cref="UserError">
    /// There is no model, or there are several, or more files than are looked at.
    /// </exception>
    public static ImportParts Find(string folder)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder).Take(MaxFiles + 1).OrderBy(f => f, StringComparer.Ordinal),
        ];
        if (files.Length > MaxFiles)
            throw new UserError(
                $"{folder}: this folder holds more than {MaxFiles} files; give the model's file, and --tokenizer "
                    + $"and --labels"
            );
        var models = new List<(string Path, KerasFile? File)>();
        string? unread = null;
        var tokenizers = new List<(string Path, int Missing)>();
        var labels = new List<string>();
        foreach (string file in files)
        {
            KerasFile? model = null;
            if (Try(() => InputFile.KindOf(file), out FileKind kind) is { } why)
            {
                unread ??= why;
            }
            else if (
                kind == FileKind.Hdf5
                || Path.GetExtension(file) is ".keras"
                || (kind == FileKind.Zip && Try(() => KerasFile.Load(file), out model) is null)
            )
            {
                models.Add((file, model));
            }
            else if (
                Try(() => KerasTokenizer.Load(file), out KerasTokenizer? tokenizer) is null
                && (tokenizer!.Missing.Count == 0 || tokenizer.WordIndex.Count >= FewWords)
            )
            {
                tokenizers.Add((file, tokenizer.Missing.Count));
            }
            else if (kind != FileKind.Text || Path.GetExtension(file) is ".json" or ".txt")
            {
                if (
                    Try(() => LabelFile.Read(file), out IReadOnlyList<string>? names) is null
                    && names!.Count is > 1 and < 1000
                )
                    labels.Add(file);
                else if (kind == FileKind.Pickle && Try(() => KerasFile.Load(file), out model) is null)
                    models.Add((file, model));
            }
        }
        if (models.Count == 0)
            throw new UserError(
                $"{folder}: no file of this folder is a Keras model{(unread is null ? "" : $" (not read: {unread})")}; "
                    + $"give the model's file"
            );
        if (models.Count > 1)
            throw new UserError(
                $"{folder}: there are several models ("
                    + $"{string.Join(", ", models.Select(m => Path.GetFileName(m.Path)))}); give the file of one"
            );
        int fewest = tokenizers.Count == 0 ? 0 : tokenizers.Min(t => t.Missing);
        string[] best = [.. tokenizers.Where(t => t.Missing == fewest).Select(t => t.Path)];
        return new ImportParts(
            models[0].Path,
            best.Length == 1 ? best[0] : null,
            labels.Count == 1 ? labels[0] : null,
            models[0].File
        );
    }

    private static string? Try<T>(Func<T> read, out T? value)
    {
        value = default;
        try
        {
            value = read();
            return null;
        }
        catch (Exception error)
            when (error is InvalidDataException or IOException or UnauthorizedAccessException or KerasImportException)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
