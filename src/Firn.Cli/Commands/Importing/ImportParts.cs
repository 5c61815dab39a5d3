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
internal sealed record ImportParts(string Model, string? Tokenizer, string? Labels)
{
    private const int MostFiles = 200, FewWords = 64; // a dictionary with fewer entries names classes

    /// <summary>Looks through a folder.</summary>
    /// <exception cref="UserError">There is no model, or there are several.</exception>
    public static ImportParts Find(string folder)
    {
        string[] files = [.. Directory.EnumerateFiles(folder).OrderBy(f => f, StringComparer.Ordinal).Take(MostFiles)];
        var models = new List<string>();
        var tokenizers = new List<(string Path, int Missing)>();
        var labels = new List<string>();
        foreach (string file in files)
        {
            FileKind kind = InputFile.KindOf(file);
            if (kind == FileKind.Hdf5 || Path.GetExtension(file) is ".keras")
            {
                models.Add(file);
            }
            else if (kind == FileKind.Zip && Try(() => KerasFile.Load(file), out _) is null)
            {
                models.Add(file);
            }
            else if (Try(() => KerasTokenizer.Load(file), out KerasTokenizer? tokenizer) is null && (tokenizer!.Missing.Count == 0 || tokenizer.WordIndex.Count >= FewWords))
            {
                tokenizers.Add((file, tokenizer.Missing.Count));
            }
            else if (kind != FileKind.Text || Path.GetExtension(file) is ".json" or ".txt")
            {
                if (Try(() => LabelFile.Read(file), out IReadOnlyList<string>? names) is null && names!.Count is > 1 and < 1000)
                    labels.Add(file);
                else if (kind == FileKind.Pickle && Try(() => KerasFile.Load(file), out _) is null)
                    models.Add(file);
            }
        }
        if (models.Count == 0)
            throw new UserError($"{folder}: no file of this folder is a Keras model; give the model's file");
        if (models.Count > 1)
            throw new UserError($"{folder}: there are several models ({string.Join(", ", models.Select(Path.GetFileName))}); give the file of one");
        int fewest = tokenizers.Count == 0 ? 0 : tokenizers.Min(t => t.Missing);
        string[] best = [.. tokenizers.Where(t => t.Missing == fewest).Select(t => t.Path)];
        return new ImportParts(models[0], best.Length == 1 ? best[0] : null, labels.Count == 1 ? labels[0] : null);
    }

    private static string? Try<T>(Func<T> read, out T? value)
    {
        value = default;
        try
        {
            value = read();
            return null;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or KerasImportException)
        {
            return error.Message;
        }
    }
}
