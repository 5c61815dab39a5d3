using Firn.Cli.Output;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Cli.Commands.Vectors;

/// <summary>Where trained vectors go, decided before hours of training.</summary>
/// <param name="Path">The file.</param>
/// <param name="Format">A format of plain vectors; null for a fastText model.</param>
internal sealed record TrainedVectorFile(string Path, VectorFormat? Format)
{
    /// <summary>What a fastText model is called.</summary>
    public const string FastText = "fasttext";

    public string FormatName => Format is { } format ? VectorFileOptions.NameOf(format) : FastText;

    public static TrainedVectorFile Of(string path, string? format, Word2VecOptions options)
    {
        bool model = format == FastText || (format is null && options.Subwords is not null && !IsTable(path));
        if (model && options.Subwords is null)
            throw new UsageError("--to fasttext writes a model with n-grams; give --subwords too, or another format");
        if (model && path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            throw new UsageError($"a fastText model is not compressed; leave .gz out of {path}");
        return new TrainedVectorFile(
            path,
            model ? null
                : format is null ? VectorsConvertCommand.ByName(path)
                : VectorFileOptions.FormatOf(format)
        );
    }

    /// <summary>Whether a name asks for the vectors of words alone, which a model with n-grams has too.</summary>
    private static bool IsTable(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return System.IO.Path.GetExtension(name).ToLowerInvariant() is ".vec" or ".txt" or ".glove" or ".safetensors";
    }

    public void Save(Word2VecModel model)
    {
        if (Format is { } format)
            model.Vectors.Save(Path, format);
        else
            model.SaveFastText(Path);
    }
}
