using System.Numerics;
using System.Text;
using Firn.Interop.Pickle;

namespace Firn.Tests.Interop;

public class PickleReaderTests
{
    /// <summary>
    /// Python's pickle.dumps({'a': [1, -2, 2.5, True, None, (1, 2**70), {3}], 'b': b'\x00\xff', 'ü': 'é\n\\'},
    /// protocol).
    /// </summary>
    [Theory]
    [InlineData(
        0,
        "286470300a56610a70310a286c70320a49310a61492d320a6146322e350a614930310a614e612849310a4c313138303539313632303731373431313330333432344c0a7470330a61635f5f6275696c74696e5f5f0a7365740a70340a28286c70350a49330a617470360a5270370a617356620a70380a635f636f646563730a656e636f64650a70390a28565c7530303030ff0a7031300a566c6174696e310a7031310a747031320a527031330a7356fc0a7031340a56e95c75303030615c75303035630a7031350a732e"
    )]
    [InlineData(
        1,
        "7d71002858010000006171015d7102284b014afeffffff4740040000000000004930310a4e284b014c313138303539313632303731373431313330333432344c0a747103635f5f6275696c74696e5f5f0a7365740a7104285d71054b0361747106527107655801000000627108635f636f646563730a656e636f64650a710928580300000000c3bf710a58060000006c6174696e31710b74710c52710d5802000000c3bc710e5804000000c3a90a5c710f752e"
    )]
    [InlineData(
        2,
        "80027d71002858010000006171015d7102284b014afeffffff474004000000000000884e4b018a09000000000000000040867103635f5f6275696c74696e5f5f0a7365740a71045d71054b0361857106527107655801000000627108635f636f646563730a656e636f64650a7109580300000000c3bf710a58060000006c6174696e31710b86710c52710d5802000000c3bc710e5804000000c3a90a5c710f752e"
    )]
    [InlineData(
        3,
        "80037d71002858010000006171015d7102284b014afeffffff474004000000000000884e4b018a09000000000000000040867103636275696c74696e730a7365740a71045d71054b0361857106527107655801000000627108430200ff71095802000000c3bc710a5804000000c3a90a5c710b752e"
    )]
    [InlineData(
        4,
        "80049549000000000000007d94288c0161945d94284b014afeffffff474004000000000000884e4b018a0900000000000000004086948f94284b0390658c016294430200ff948c02c3bc948c04c3a90a5c94752e"
    )]
    [InlineData(
        5,
        "80059549000000000000007d94288c0161945d94284b014afeffffff474004000000000000884e4b018a0900000000000000004086948f94284b0390658c016294430200ff948c02c3bc948c04c3a90a5c94752e"
    )]
    public void Values_of_every_protocol_are_read(int protocol, string hex)
    {
        Assert.InRange(protocol, 0, 5);
        var root = Assert.IsType<PickleDict>(Read(Convert.FromHexString(hex)));
        Assert.Equal(["a", "b", "ü"], root.Entries.Select(e => e.Key));
        var items = Assert.IsType<List<object?>>(root.Entries[0].Value);
        Assert.Equal([1L, -2L, 2.5], items[..3]);
        Assert.Equal([true, null], items[3..5]);
        Assert.Equal([1L, BigInteger.Pow(2, 70)], Assert.IsType<object?[]>(items[5]));
        Assert.Equal([3L], Assert.IsType<PickleSet>(items[6]).Items);
        Assert.Equal<byte[]>([0, 255], Assert.IsType<byte[]>(root.Entries[1].Value));
        Assert.Equal("é\n\\", root.Entries[2].Value);
    }

    [Fact]
    public void A_long_of_few_bytes_is_a_whole_number_like_any_other() =>
        Assert.Equal(1L << 40, Assert.IsType<long>(Read(Convert.FromHexString("80028a060000000000012e"))));

    [Theory]
    [InlineData("cos\nsystem\n(S'touch canary'\ntR.", "os.system")]
    [InlineData("(S'touch canary'\nios\nsystem\n.", "os.system")]
    [InlineData("cbuiltins\neval\n(Vopen('canary','w')\ntR.", "builtins.eval")]
    public void What_would_be_called_is_a_name_and_is_never_called(string text, string name)
    {
        string before = Directory.GetCurrentDirectory();
        var described = Assert.IsType<PickleObject>(Read(Encoding.Latin1.GetBytes(text)));
        Assert.Equal(name, described.TypeName);
        Assert.False(File.Exists(Path.Combine(before, "canary")));
        Assert.Single(described.Arguments);
    }

    [Theory]
    [InlineData("80068c0161942e", "protocol is 6")]
    [InlineData("53275c782f270a2e", "an escape \\x of protocol 0 lacks its two digits")]
    [InlineData("5000000a2e", "persistent")]
    [InlineData("2e", "stack is empty")]
    [InlineData("7a2e", "0x7A is no instruction")]
    [InlineData("8d0000000000000070", "larger than one that can be held")]
    [InlineData("8d000000400000000041", "the file ends after 1")]
    [InlineData("68052e", "no value 5")]
    [InlineData("75", "never set")]
    [InlineData("284b0175", "stack is empty")]
    [InlineData("4b014b02942e6275", "")]
    public void Bad_input_is_refused_with_its_place(string hex, string says)
    {
        if (says.Length == 0)
        {
            Assert.Equal(2L, Read(Convert.FromHexString(hex))); // what follows the end mark is not looked at
            return;
        }
        string message = Assert.Throws<InvalidDataException>(() => Read(Convert.FromHexString(hex))).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.Contains("byte", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_ends_in_a_value_or_one_error()
    {
        byte[] good = Convert.FromHexString(
            "80047d948c0161945d94284b014afeffffff474004000000000000884e4b018a0900000000000000004086948f94284b039065752e"
        );
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good];
            for (int n = random.Next(1, 4); n > 0; n--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Read(bytes);
            }
            catch (InvalidDataException) { }
        }
    }

    private static object? Read(byte[] bytes) => PickleReader.Read(new MemoryStream(bytes), "test.pkl");
}
