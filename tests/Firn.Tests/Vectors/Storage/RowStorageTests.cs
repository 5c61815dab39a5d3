using CsCheck;
using Firn.Vectors;
using Firn.Vectors.Formats;
using Firn.Vectors.Storage;

namespace Firn.Tests.Vectors.Storage;

public class RowStorageTests
{
    [Fact]
    public void Rows_come_back_in_order_whatever_the_size_of_a_block() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 9], Gen.Int[1, 200], Gen.Int[0, 400])
            .Sample(
                (rows, columns, blockValues, expected) =>
                {
                    var builder = new RowBuilder<int>(columns, expected, blockValues);
                    for (int row = 0; row < rows; row++)
                        builder.Add().Fill(row);
                    Assert.Equal(rows, builder.Count);
                    RowBlocks<int> blocks = builder.Build();
                    Assert.Equal((rows, columns), (blocks.Count, blocks.Columns));
                    for (int row = 0; row < rows; row++)
                        Assert.Equal(Enumerable.Repeat(row, columns), blocks[row].ToArray());
                    int rowsPerBlock = RowBuilder<int>.RowsPerBlock(columns, blockValues);
                    Assert.True(rowsPerBlock == 1 || rowsPerBlock * columns <= blockValues);
                    Assert.Equal(rows <= rowsPerBlock, blocks.Whole is not null);
                }
            );

    [Fact]
    public void Every_format_loads_into_pieces_as_into_one_table()
    {
        using var files = new VectorFiles();
        WordVectors all = VectorFiles.Sample(200, 7);
        foreach (
            VectorFormat format in new[] { VectorFormat.Word2VecText, VectorFormat.Word2VecBinary, VectorFormat.GloVe }
        )
        {
            string path = Path.Combine(files.Folder, "v");
            all.Save(path, format);
            WordVectors pieces = WordVectors.Load(path, new VectorLoadOptions { BlockValues = 100 });
            Assert.False(pieces.Rows.TryGetWhole(out _));
            Assert.True(all.Table.SequenceEqual(pieces.Table));
            Assert.Equal(all.Words, pieces.Words);
            Assert.Equal(new Similarity(all).Nearest("w7"), new Similarity(pieces).Nearest("w7"));
        }
    }

    [Fact]
    public void Float16_is_the_nearest_one_and_int8_within_half_a_scale()
    {
        WordVectors all = VectorFiles.Sample(100, 31),
            half = all.ToPrecision(VectorPrecision.Float16),
            bytes = all.ToPrecision(VectorPrecision.Int8);
        Assert.Equal((VectorPrecision.Float16, 100 * 31 * 2L), (half.Precision, half.StoredBytes));
        Assert.Equal((VectorPrecision.Int8, 100 * 31 + 400L), (bytes.Precision, bytes.StoredBytes));
        var row = new float[31];
        for (int i = 0; i < all.Count; i++)
        {
            half.CopyTo(i, row);
            Assert.Equal(all[i].ToArray().Select(v => (float)(Half)Math.Clamp(v, -65504f, 65504f)), row);
            float scale = all[i].ToArray().Max(Math.Abs) / 127;
            bytes.CopyTo(i, row);
            for (int j = 0; j < row.Length; j++)
                Assert.True(
                    Math.Abs(row[j] - all[i][j]) <= scale * 0.50001,
                    $"{all[i][j]} became {row[j]} with scale {scale}"
                );
            Assert.Equal(row, bytes[i].ToArray());
        }
        Assert.Same(half, half.ToPrecision(VectorPrecision.Float16));
        Assert.True(half.Table.SequenceEqual(half.ToPrecision(VectorPrecision.Float32).Table));
    }

    [Fact]
    public void Equal_and_zero_rows_are_found()
    {
        var vectors = new WordVectors(["a", "b", "c", "d", "e"], [1, 2, 0, 0, 1, 2, 3, 4, 0, 0], 2);
        (int[] stored, int[]? rowOf) = RowAliases.Find(vectors.Rows);
        Assert.Equal([0, 1, 3], stored);
        Assert.Equal([0, 1, 0, 2, 1], rowOf!);
        Assert.Null(RowAliases.Find(new WordVectors(["a", "b"], [1, 2], 1).Rows).RowOf);
        // Rows that differ in scale alone have equal codes.
        Assert.Null(
            RowAliases.Find(new WordVectors(["a", "b"], [1, 2], 1).ToPrecision(VectorPrecision.Int8).Rows).RowOf
        );
    }

    [Fact]
    public void Selected_words_keep_their_order_and_precision()
    {
        WordVectors all = VectorFiles.Sample(50, 4).ToPrecision(VectorPrecision.Int8);
        WordVectors some = all.Select(["w40", "absent", "w3"]);
        Assert.Equal(["w3", "w40"], some.Words);
        Assert.Equal(VectorPrecision.Int8, some.Precision);
        Assert.Equal(all[40].ToArray(), some[1].ToArray());
        Assert.Throws<ArgumentException>(() => all.Select(["absent"]));
    }
}
