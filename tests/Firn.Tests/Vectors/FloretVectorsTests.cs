using System.Text.Json;
using Firn.Vectors;

namespace Firn.Tests.Vectors;

public sealed class FloretVectorsTests : IDisposable
{
    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", "vectors_floret.json")))
        .RootElement.GetProperty("cases");

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Vectors_are_those_of_the_definition(int at)
    {
        File.WriteAllText(_file, Golden[at].GetProperty("file").GetString());
        Assert.True(FloretVectors.IsTable(_file));
        FloretVectors table = FloretVectors.Load(_file);
        var vector = new float[table.Dimension];
        foreach (JsonProperty word in Golden[at].GetProperty("vectors").EnumerateObject())
        {
            Assert.True(table.TryGetVector(word.Name, vector));
            for (int i = 0; i < vector.Length; i++)
                Assert.Equal(word.Value[i].GetSingle(), vector[i], 1e-6f);
        }
        Assert.False(table.TryGetVector("", vector));
        Assert.Equal(["the", "x"], table.ToWordVectors(["the", "", "x"]).Words);
    }

    [Theory]
    [InlineData("3 2 1 2 1 0 < >\n0 1 2\n1 1 2\n", "line 4")]
    [InlineData("2 2 1 2 1 0 < >\n0 1 2\n7 1 2\n", "line 3")]
    [InlineData("2 2 1 2 1 0 < >\n0 1 2\n1 1\n", "line 3")]
    [InlineData("2 2 1 2 9 0 < >\n0 1 2\n1 1 2\n", "line 1")]
    [InlineData("2000000000 300 1 2 1 0 < >\n0 1 2\n", "more than the file can hold")]
    [InlineData("2 2\na 1 2\n", "line 1")]
    public void A_damaged_table_is_refused_with_its_line(string content, string says)
    {
        File.WriteAllText(_file, content);
        Assert.Contains(
            says,
            Assert.Throws<InvalidDataException>(() => FloretVectors.Load(_file)).Message,
            StringComparison.Ordinal
        );
    }
}
