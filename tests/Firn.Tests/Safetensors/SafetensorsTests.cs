using System.Buffers.Binary;
using System.Text;
using Firn.Files;
using Firn.Safetensors;

namespace Firn.Tests.Safetensors;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-safetensors-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A file made by hand: a header of 8 + 104 bytes, [2, 2] floats and three integers.
    private const string Header =
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}""";

    private static readonly byte[] Values =
    [
        0,
        0,
        0x80,
        0x3F,
        0,
        0,
        0,
        0xC0,
        0,
        0,
        0,
        0x3F,
        0,
        0,
        0x80,
        0x7F, // 1, -2, 0.5, infinity
        1,
        0,
        0,
        0,
        0xFF,
        0xFF,
        0xFF,
        0xFF,
        0,
        1,
        0,
        0, // 1, -1, 256
    ];

    [Fact]
    public void Bytes_made_by_hand_are_read()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Write(Header, Values));
        Assert.Equal(
            [1f, -2f, 0.5f, float.PositiveInfinity],
            file.ReadArray<float>(file.Require("a", TensorType.Float32, 2, -1))
        );
        Assert.Equal([1, -1, 256], file.ReadArray<int>(file.Require("b", TensorType.Int32, 3)));
    }

    [Fact]
    public void Written_bytes_follow_the_format()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream,
            [
                Tensor.Of("a", new[] { 1f, -2f, 0.5f, float.PositiveInfinity }, 2, 2),
                Tensor.Of("b", new[] { 1, -1, 256 }, 3),
            ]
        );
        byte[] bytes = stream.ToArray();

        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, (8 + header) % 64);
        Assert.Equal(Header, Encoding.UTF8.GetString(bytes, 8, header).TrimEnd(' '));
        Assert.Equal(Values, bytes[(8 + header)..]);
    }

    [Fact]
    public void Mapped_values_can_change_without_changing_the_file()
    {
        string path = Write(Header, Values);
        SafetensorsFile file = SafetensorsFile.Open(path);
        TensorEntry entry = file.Require("a", TensorType.Float32, -1, 2);
        MappedValues<float> values = file.MapFloats(entry);
        Memory<float> memory = values.Memory;
        using (file)
        {
            Assert.Equal([2, 2], entry.Shape);
            Assert.Equal(-2f, memory.Span[1]);
            memory.Span[1] = 7;
            Assert.Equal(7f, memory.Span[1]);
        }
        Assert.Throws<ObjectDisposedException>(() => memory.Span[0]);
        Assert.Throws<ObjectDisposedException>(() => values.Lasting.Span[0]);
        Assert.Equal(Values, File.ReadAllBytes(path)[^28..]);
    }

    [Theory]
    [InlineData(
        "gap",
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[4,20]},"b":{"dtype":"I32","shape":[2],"data_offsets":[20,28]}}"""
    )]
    [InlineData(
        "overlap",
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[4],"data_offsets":[12,28]}}"""
    )]
    [InlineData(
        "needs 12",
        """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData("end there", """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}""")]
    [InlineData(
        "type F64",
        """{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData(
        "negative",
        """{"a":{"dtype":"F32","shape":[-2,-2],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData(
        "header",
        """{"a":{"dtype":"F32","shape":[65536,65536],"data_offsets":[0,16]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData(
        "header",
        """{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"a":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData(
        "header",
        """{"a":{"dtype":"F32","shape":[2,2]},"b":{"dtype":"I32","shape":[3],"data_offsets":[16,28]}}"""
    )]
    [InlineData("header", """{"a":""")]
    [InlineData("header", """[1, 2]""")]
    public void A_header_that_lies_is_refused(string said, string header)
    {
        string path = Write(header, Values);
        var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Write(Header, Values));
        for (int length = 0; length < whole.Length; length++)
        {
            string path = Path.Combine(_folder, "cut.safetensors");
            File.WriteAllBytes(path, whole[..length]);
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path).Dispose());
        }
    }

    [Theory]
    [InlineData("c")]
    [InlineData("b")]
    public void A_tensor_that_is_absent_or_of_another_type_is_refused(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(Write(Header, Values));
        var error = Assert.Throws<InvalidDataException>(() => file.Require(name, TensorType.Float32, 3));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
    }

    private string Write(string header, byte[] values)
    {
        string path = Path.Combine(_folder, "test.safetensors");
        byte[] text = Encoding.UTF8.GetBytes(header),
            prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        File.WriteAllBytes(path, [.. prefix, .. text, .. values]);
        return path;
    }
}
