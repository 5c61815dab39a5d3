using Firn.Kernels;

namespace Firn.Linear;

/// <summary>Distinct n-grams of each text with their counts, row after row.</summary>
/// <param name="RowStarts">[N+1].</param>
/// <param name="Columns">[nnz] column of each n-gram; below 0 where it has none.</param>
/// <param name="Occurrences">[nnz] how often the text has it.</param>
internal sealed record NgramCounts(int[] RowStarts, List<int> Columns, List<ushort> Occurrences)
{
    private const int TextsInChunk = 512,
        ChunksInBlock = 16;

    /// <summary>
    /// Counts. Texts are cut up in parallel, a block at a time; columns are then asked for in the order of the texts,
    /// so that numbering does not depend on the threads.
    /// </summary>
    public static NgramCounts Of(INgramSource texts, int threads, Func<ulong, int> columnOf)
    {
        var starts = new int[texts.Count + 1];
        var columns = new List<int>();
        var occurrences = new List<ushort>();
        var readers = new Action<int, List<ulong>>[Math.Max(threads, 1)];
        for (int i = 0; i < readers.Length; i++)
            readers[i] = texts.CreateReader();
        var chunks = new Chunk[ChunksInBlock];
        for (int i = 0; i < chunks.Length; i++)
            chunks[i] = new Chunk();

        for (int first = 0; first < texts.Count; first += ChunksInBlock * TextsInChunk)
        {
            int block = first;
            Workers.Run(
                ChunksInBlock,
                threads,
                (chunk, worker) =>
                    chunks[chunk]
                        .Read(
                            readers[worker],
                            block + chunk * TextsInChunk,
                            Math.Min(texts.Count, block + (chunk + 1) * TextsInChunk)
                        )
            );
            for (int chunk = 0; chunk < ChunksInBlock; chunk++)
            {
                int before = columns.Count,
                    text = first + chunk * TextsInChunk;
                foreach (ulong key in chunks[chunk].Keys)
                    columns.Add(columnOf(key));
                occurrences.AddRange(chunks[chunk].Occurrences);
                foreach (int end in chunks[chunk].Ends)
                    starts[++text] = before + end;
            }
            Heap.Compact(); // lists that had to grow
        }
        return new NgramCounts(starts, columns, occurrences);
    }

    /// <summary>The distinct n-grams of a run of texts.</summary>
    private sealed class Chunk
    {
        private readonly List<ulong> _all = [];

        public List<ulong> Keys { get; } = [];

        public List<ushort> Occurrences { get; } = [];

        public List<int> Ends { get; } = [];

        public void Read(Action<int, List<ulong>> reader, int from, int to)
        {
            Keys.Clear();
            Occurrences.Clear();
            Ends.Clear();
            for (int text = from; text < to; text++)
            {
                _all.Clear();
                reader(text, _all);
                _all.Sort();
                for (int i = 0; i < _all.Count; )
                {
                    int run = i;
                    while (i < _all.Count && _all[i] == _all[run])
                        i++;
                    Keys.Add(_all[run]);
                    Occurrences.Add((ushort)Math.Min(i - run, ushort.MaxValue));
                }
                Ends.Add(Keys.Count);
            }
        }
    }
}
