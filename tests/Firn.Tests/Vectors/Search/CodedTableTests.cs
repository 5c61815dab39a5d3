using CsCheck;
using Firn.Kernels;
using Firn.Vectors;
using Firn.Vectors.Search;

namespace Firn.Tests.Vectors.Search;

public class CodedTableTests
{
    /// <summary>
    /// Tables of every kind: dense, spiky, with equal rows, with zero rows, of numbers far apart in size.
    /// </summary>
    private static readonly Gen<(int Rows, int Dimension, int Kind, int Count, int Seed)> Cases = Gen.Select(
        Gen.Int[1, 700],
        Gen.Int[1, 130],
        Gen.Int[0, 5],
        Gen.Int[1, 30],
        Gen.Int[0, 1 << 20]
    );

    [Fact]
    public void The_scan_by_bounds_answers_as_the_plain_search_does_bit_for_bit() =>
        Cases.Sample(
            c =>
            {
                var random = new Random(c.Seed);
                var table = new UnitTable(
                    Table(random, c.Rows, c.Dimension, c.Kind),
                    blockValues: c.Seed % 2 == 0 ? 1 << 26 : 16 * 37
                );
                var coded = new CodedTable(table);
                for (int q = 0; q < 4; q++)
                {
                    float[] query =
                        q == 0
                            ? table[random.Next(c.Rows)].ToArray()
                            : table.Unit(Row(random, c.Dimension, q == 3 ? 1 : 0));
                    int rows = q % 2 == 0 ? c.Rows : random.Next(c.Rows + 1);
                    int[] without = [random.Next(c.Rows), random.Next(c.Rows)];
                    Assert.Equal(
                        table.Nearest(query, c.Count, rows, without),
                        coded.Nearest(query, c.Count, rows, without)
                    );
                }
            },
            iter: 300
        );

    [Fact]
    public void A_table_wide_enough_for_the_sums_to_overflow_is_still_searched_exactly()
    {
        var random = new Random(5);
        const int dimension = 70_000;
        var table = new UnitTable(
            new WordVectors(
                [.. Enumerable.Range(0, 40).Select(i => $"w{i}")],
                [.. Enumerable.Range(0, 40 * dimension).Select(_ => random.Next(2) * 2 - 1f)],
                dimension
            )
        );
        var coded = new CodedTable(table);
        for (int row = 0; row < 40; row++)
            Assert.Equal(
                table.Nearest(table[row].ToArray(), 3, 40, []),
                coded.Nearest(table[row].ToArray(), 3, 40, [])
            );
    }

    [Fact]
    public unsafe void Integer_dot_products_are_exact()
    {
        var random = new Random(3);
        foreach (int stride in new[] { 32, 64, 96, 320 })
        {
            var rows = new sbyte[5 * stride];
            var query = new short[stride];
            for (int i = 0; i < rows.Length; i++)
                rows[i] = (sbyte)random.Next(-128, 128);
            for (int i = 0; i < stride; i++)
                query[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
            var dots = new int[5];
            fixed (sbyte* r = rows)
            fixed (short* q = query)
            fixed (int* d = dots)
                ByteDot.Each(r, stride, 5, q, d);
            for (int r = 0; r < 5; r++)
                Assert.Equal(Enumerable.Range(0, stride).Sum(i => rows[r * stride + i] * query[i]), dots[r]);
        }
    }

    [Fact]
    public void Neighbors_of_many_words_at_once_are_those_of_each()
    {
        WordVectors vectors = Table(new Random(1), 500, 20, 0);
        var similarity = new Similarity(vectors);
        string[] words = [.. vectors.Words.Take(50)];
        IReadOnlyList<IReadOnlyList<Neighbor>> found = similarity.NearestOfEach(words, 7, restrict: 400);
        for (int i = 0; i < words.Length; i++)
            Assert.Equal(
                similarity.Nearest(words[i], 7, restrict: 400).Select(n => n.Word),
                found[i].Select(n => n.Word)
            );
    }

    [Fact]
    public void A_table_in_many_pieces_of_memory_is_searched_as_one()
    {
        WordVectors vectors = Table(new Random(2), 1000, 24, 0);
        var whole = new UnitTable(vectors);
        var pieces = new UnitTable(vectors, blockValues: 1 << 10);
        for (int row = 0; row < 1000; row += 111)
            Assert.Equal(
                whole.Nearest(whole[row].ToArray(), 5, 1000, [row]),
                pieces.Nearest(whole[row].ToArray(), 5, 1000, [row])
            );
    }

    private static WordVectors Table(Random random, int rows, int dimension, int kind)
    {
        var table = new List<float>();
        for (int row = 0; row < rows; row++)
        {
            float[] values =
                kind == 3 && row > 0 && random.Next(3) > 0
                    ? [.. table.TakeLast(dimension)]
                    : Row(random, dimension, kind);
            table.AddRange(values);
        }
        return new WordVectors([.. Enumerable.Range(0, rows).Select(i => $"w{i}")], [.. table], dimension);
    }

    private static float[] Row(Random random, int dimension, int kind)
    {
        var row = new float[dimension];
        for (int i = 0; i < dimension; i++)
        {
            row[i] = kind switch
            {
                1 => random.Next(dimension) == 0 ? 1 : 0.001f * random.NextSingle(), // spiky
                2 => (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30))), // sizes far apart
                4 => 1 + 1e-4f * random.NextSingle(), // all in one direction
                5 => random.Next(2), // whole numbers: many ties
                _ => random.NextSingle() - 0.5f,
            };
        }
        if (random.Next(20) == 0)
            Array.Clear(row);
        return row;
    }
}
