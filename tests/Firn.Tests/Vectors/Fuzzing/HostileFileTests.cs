using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Firn.Interop.Pickle;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Training;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>Files made to cost far more than their length: random damage seldom finds them.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const long MB = 1 << 20;

    private readonly VectorFiles _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>A text of 1 MB is written once and copied by each six bytes that follow.</summary>
    [Theory]
    [InlineData("c_codecs\nencode\n", "\u0086")]
    [InlineData("c__builtin__\nset\n", "\u0085")]
    public void A_pickle_cannot_copy_a_value_without_end(string function, string tuple)
    {
        var bytes = new List<byte>(Encoding.Latin1.GetBytes(function + "q\u0000"));
        byte[] big =
        [
            (byte)'X',
            .. BitConverter.GetBytes((int)MB),
            .. Enumerable.Repeat((byte)'x', (int)MB),
            (byte)'q',
            1,
            .. "X\u0006\u0000\u0000\u0000latin1q\u0002"u8,
        ];
        byte[] list = [(byte)']', (byte)'q', 1, (byte)'(', .. Enumerable.Repeat((byte)'N', (int)MB), (byte)'e'];
        bytes.AddRange(tuple == "\u0086" ? big : list);
        for (int i = 0; i < 10_000; i++)
            bytes.AddRange(
                Encoding.Latin1.GetBytes("h\u0000h\u0001" + (tuple == "\u0086" ? "h\u0002" : "") + tuple + "R")
            );
        bytes.Add((byte)'.');
        Refused(160 * MB, () => PickleReader.Read(new MemoryStream([.. bytes]), "test.pkl"), "again and again");
    }

    [Fact]
    public void A_wide_row_takes_no_more_than_its_width()
    {
        string path = _files.Text("wide.txt", "word" + string.Concat(Enumerable.Repeat(" 1", 32_000)) + "\n");
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(32_000, WordVectors.Load(path, new VectorLoadOptions { Threads = 1 }).Dimension);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 12 * MB);
    }

    [Fact]
    public void Rows_that_are_left_out_take_no_room()
    {
        string path = _files.Text("short.txt", "9 1000000\n" + string.Concat(Enumerable.Repeat("a 1\n", 100_000)));
        var options = new VectorLoadOptions
        {
            Threads = 1,
            TrustHeader = false,
            SkipBadRows = true,
            Format = VectorFormat.Word2VecText,
        };
        Refused(40 * MB, () => WordVectors.Load(path, options), "no word vector was kept");
    }

    [Theory]
    [InlineData(VectorFormat.Word2VecText)]
    [InlineData(VectorFormat.Word2VecBinary)]
    public void A_packed_table_is_not_given_what_its_header_promises(VectorFormat format)
    {
        // A million zero bytes pack to a thousand, and so a thousand times their length is believed.
        byte[] zeros = new byte[8 * MB];
        string head = "1000 1000000\n" + (format == VectorFormat.Word2VecBinary ? "a " : "a 1 2 3\n");
        byte[] content = [.. Encoding.ASCII.GetBytes(head), .. zeros];
        string path = _files.Gzip("packed.gz", content);
        Refused(
            48 * MB,
            () =>
                WordVectors.Load(
                    path,
                    new VectorLoadOptions
                    {
                        Threads = 1,
                        Format = format,
                        TrustHeader = false,
                    }
                ),
            path
        );
    }

    [Fact]
    public void A_packed_model_is_not_given_what_its_matrix_promises()
    {
        byte[] head = new byte[92];
        int[] arguments = [793712314, 12, 100, 5, 5, 1, 5, 1, 2, 1, 0, 3, 6, 100];
        for (int i = 0; i < arguments.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4 * i), arguments[i]);
        head.AsSpan(84, 8).Fill(0xFF); // all n-grams are kept
        byte[] matrix = new byte[17];
        BinaryPrimitives.WriteInt64LittleEndian(matrix.AsSpan(1), 300_000);
        BinaryPrimitives.WriteInt64LittleEndian(matrix.AsSpan(9), 100);
        byte[] random = new byte[150_000]; // does not pack, so that the file is long enough to promise
        new Random(1).NextBytes(random);
        for (int i = 3; i < random.Length; i += 4)
            random[i] = 0x3F; // numbers near 1
        string path = _files.Gzip("model.bin.gz", [.. head, .. matrix, .. random]);
        Refused(24 * MB, () => FastTextVectors.Load(path), "ends too early");
    }

    /// <summary>
    /// A word of 64 kB has 65 million n-grams of up to a thousand letters, of half a megabyte of bytes each start.
    /// </summary>
    [Fact]
    public void The_n_grams_of_a_long_word_take_seconds_at_most()
    {
        var subwords = new SubwordOptions
        {
            MinN = 1,
            MaxN = 2,
            Buckets = 1,
        };
        var options = new Word2VecOptions
        {
            VectorSize = 1,
            MinCount = 1,
            Epochs = 1,
            Threads = 1,
            Subwords = subwords,
        };
        string path = Path.Combine(_files.Folder, "model.bin");
        string word = new('x', 60_000);
        Word2VecModel trained = new Word2VecTrainer(options).Train(
            Firn.Text.RaggedIds.From([
                [1, 2, 1, 2],
            ]),
            3,
            id => id == 1 ? word : "y",
            null,
            TestContext.Current.CancellationToken
        );
        trained.SaveFastText(path);
        byte[] bytes = File.ReadAllBytes(path);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(48), 1000); // the longest n-gram
        FastTextVectors model = FastTextVectors.Load(_files.Bytes("long.bin", bytes));
        Assert.Equal(1000, model.MaxN);
        var watch = Stopwatch.StartNew();
        Assert.True(model.TryGetVector(word, new float[1]));
        Assert.True(watch.Elapsed.TotalSeconds < 10, $"{watch.Elapsed.TotalSeconds} s");
    }

    private static void Refused(long most, Action read, string says)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidDataException>(read).Message;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.True(allocated <= most, $"{allocated / MB} MB were allocated, at most {most / MB} are allowed");
    }
}
