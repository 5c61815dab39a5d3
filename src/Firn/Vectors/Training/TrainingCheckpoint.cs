using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Firn.Files;
using Firn.Kernels;
using Firn.Safetensors;
using Firn.Text;

namespace Firn.Vectors.Training;

/// <summary>
/// A file that keeps a run between blocks: its matrices, and which blocks of which epoch are done. All else follows
/// from the options. Replaced by one rename, so a crash leaves the one before or this one. A safetensors file.
/// </summary>
internal sealed unsafe class TrainingCheckpoint(string path, string run, TrainingParameters parameters)
{
    private const string RunName = "run",
        EpochName = "epoch",
        DoneName = "done";
    private const string Remedy = "Delete the file to begin anew, or name another.";
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _saved = Stopwatch.GetTimestamp();

    /// <summary>
    /// Names a run by all that decides its result: options but for the threads, texts, words, where the vectors begin.
    /// </summary>
    public static string RunOf(
        Word2VecOptions options,
        RaggedIds corpus,
        IEnumerable<string> words,
        TrainingParameters parameters
    )
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(
            JsonSerializer.SerializeToUtf8Bytes(
                options with
                {
                    Threads = 0,
                },
                TrainingCheckpointContext.Default.Word2VecOptions
            )
        );
        hash.AppendData(MemoryMarshal.AsBytes<int>(corpus.Ids));
        hash.AppendData(MemoryMarshal.AsBytes<int>(corpus.Offsets));
        foreach (string word in words)
            hash.AppendData(Encoding.UTF8.GetBytes(word + "\n"));
        // Nothing but the seed decides them in a run that begins anew.
        foreach ((_, ParameterMatrix matrix) in parameters.IsContinued ? parameters.Matrices : [])
        {
            for (int row = 0; row < matrix.Rows; row++)
                hash.AppendData(new ReadOnlySpan<byte>(matrix[row], matrix.Columns * sizeof(float)));
        }
        foreach (bool isFixed in parameters.State.Fixed ?? [])
            hash.AppendData([isFixed ? (byte)1 : (byte)0]);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void SaveIfDue(TrainingPosition position)
    {
        if (Stopwatch.GetElapsedTime(_saved) >= Interval)
            Save(position);
    }

    public void Save(TrainingPosition position)
    {
        var tensors = new List<Tensor>
        {
            Tensor.Of(DoneName, position.Done.Select(done => done ? 1 : 0).ToArray(), position.Done.Length),
        };
        foreach ((string name, ParameterMatrix matrix) in parameters.Matrices)
        {
            tensors.Add(
                new Tensor(
                    name,
                    TensorType.Float32,
                    [matrix.Rows, matrix.Columns],
                    stream =>
                    {
                        for (int row = 0; row < matrix.Rows; row++)
                            stream.Write(new ReadOnlySpan<byte>(matrix[row], matrix.Columns * sizeof(float)));
                    }
                )
            );
        }
        OutputFile.Write(
            path,
            stream =>
                SafetensorsWriter.Write(
                    stream,
                    tensors,
                    new Dictionary<string, string>
                    {
                        [RunName] = run,
                        [EpochName] = position.Epoch.ToString(CultureInfo.InvariantCulture),
                    }
                )
        );
        _saved = Stopwatch.GetTimestamp();
    }

    /// <summary>Puts the kept matrices in place, and tells where the run stands.</summary>
    /// <param name="blocks">Blocks an epoch.</param>
    public TrainingPosition Resume(int blocks)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (
            !file.Metadata.TryGetValue(RunName, out string? kept)
            || !file.Metadata.TryGetValue(EpochName, out string? text)
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int epoch)
        )
        {
            Throw.BadFile(path, "header", "it is no checkpoint of word vectors", Remedy);
            throw new UnreachableException();
        }
        if (kept != run)
            Throw.BadFile(path, "run", "it was kept by a run with other texts, start or options", Remedy);
        foreach ((string name, ParameterMatrix matrix) in parameters.Matrices)
        {
            TensorEntry entry = file.Require(name, TensorType.Float32, matrix.Rows, matrix.Columns);
            for (int row = 0; row < matrix.Rows; row++)
                file.Map<float>(entry, (long)row * matrix.Columns, matrix.Columns)
                    .GetSpan()
                    .CopyTo(new Span<float>(matrix[row], matrix.Columns));
        }
        int[] done = file.ReadArray<int>(file.Require(DoneName, TensorType.Int32, blocks));
        return new TrainingPosition(epoch, [.. done.Select(flag => flag != 0)]);
    }

    public void Delete() => File.Delete(path);
}

[JsonSerializable(typeof(Word2VecOptions))]
internal sealed partial class TrainingCheckpointContext : JsonSerializerContext;
