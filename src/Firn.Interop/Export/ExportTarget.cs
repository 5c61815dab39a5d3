using Firn.Files;

namespace Firn.Interop.Export;

/// <summary>One file of an export.</summary>
/// <param name="Name">Its name, without folder.</param>
/// <param name="Write">Writes its content.</param>
internal sealed record ExportPart(string Name, Action<Stream> Write);

/// <summary>
/// Where an export goes: a folder that is made for it, or a model file with its companions beside it, whose names begin
/// with the file's (<c>tweets.onnx</c>, <c>tweets.onnx.golden.json</c>). All files appear or none does.
/// </summary>
internal sealed class ExportTarget
{
    private readonly string _path;
    private readonly bool _replace;
    private readonly bool _own; // a folder that holds nothing else

    private ExportTarget(string path, bool own, string model, bool replace)
    {
        (_path, _own, ModelName, _replace) = (path, own, model, replace);
    }

    /// <summary>Tells a file from a folder by the ending.</summary>
    /// <param name="path">What the user named.</param>
    /// <param name="endings">Of model files, the usual one first; a folder gets a model of that kind.</param>
    /// <param name="replace">Whether files that stand there may be replaced.</param>
    public static ExportTarget Of(string path, IReadOnlyList<string> endings, bool replace)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        bool isFile = !Directory.Exists(full) && endings.Any(e => full.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return isFile
            ? new ExportTarget(Path.GetDirectoryName(full)!, own: false, Path.GetFileName(full), replace)
            : new ExportTarget(full, own: true, "model" + (endings.Count > 0 ? endings[0] : ""), replace);
    }

    /// <summary>The model file's name.</summary>
    public string ModelName { get; }

    /// <summary>The place of a file.</summary>
    public string PlaceOf(string name) => Path.Combine(_path, NameOf(name));

    /// <summary>Refuses a place where something stands that would be lost.</summary>
    /// <exception cref="IOException">The message is one line with the place and the remedy.</exception>
    public void Check(IEnumerable<string> names)
    {
        if (_own && File.Exists(_path))
            throw new IOException($"{_path}: this is a file; name a folder, or a file with the ending of a model");
        if (_own && File.Exists(Path.Combine(_path, "model.json")))
            throw new IOException(
                $"{_path}: this folder holds a bundle, whose files have the same names; choose another folder"
            );
        if (
            !_replace
            && names.Select(PlaceOf).FirstOrDefault(place => File.Exists(place) || Directory.Exists(place)) is { } taken
        )
            throw Taken(taken);
    }

    /// <summary>The error of a place where something stands.</summary>
    public static IOException Taken(string place) =>
        new($"{place}: it exists already; choose another place, or allow its replacement by ReplaceExisting");

    /// <summary>Writes all files; where one cannot be written, none appears.</summary>
    /// <returns>The places, in order.</returns>
    public IReadOnlyList<string> Write(IReadOnlyList<ExportPart> parts)
    {
        Check(parts.Select(p => p.Name));
        if (!_own || Directory.Exists(_path))
            WriteInto(_path, parts);
        else
            WriteBeside(parts);
        return [.. parts.Select(p => PlaceOf(p.Name))];
    }

    /// <summary>A new folder is written under another name, and renamed.</summary>
    private void WriteBeside(IReadOnlyList<ExportPart> parts)
    {
        string parent = Path.GetDirectoryName(_path) ?? _path;
        Directory.CreateDirectory(parent);
        string beside = Path.Combine(
            parent,
            $".{Path.GetFileName(_path)}.exporting-{Environment.ProcessId}-{Guid.NewGuid():n}"
        );
        Directory.CreateDirectory(beside);
        try
        {
            WriteInto(beside, parts);
            Directory.Move(beside, _path);
        }
        catch
        {
            Directory.Delete(beside, recursive: true);
            throw;
        }
    }

    private void WriteInto(string folder, IReadOnlyList<ExportPart> parts)
    {
        var outputs = new List<OutputFile>();
        try
        {
            foreach (ExportPart part in parts)
            {
                outputs.Add(OutputFile.Create(Path.Combine(folder, NameOf(part.Name))));
                part.Write(outputs[^1].Stream);
                outputs[^1].Stream.Flush();
            }
            outputs.ForEach(output => output.Commit());
        }
        finally
        {
            outputs.ForEach(output => output.Dispose());
        }
    }

    private string NameOf(string name) => _own || name == ModelName ? name : $"{ModelName}.{name}";
}
