using System.Text;

namespace Firn.Tests.Vectors.Fuzzing;

/// <summary>
/// Pickles that make a file where a program runs what they say: by a shell, by open, by another process, by code.
/// </summary>
internal static class HostilePickles
{
    /// <summary>Each by a name, with the file that it would make.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> All(string canary)
    {
        (string Module, string Function, string[] Arguments)[] calls =
        [
            ("os", "system", [$"touch {canary}"]),
            ("posix", "system", [$"touch {canary}"]),
            ("nt", "system", [$"copy nul {canary}"]),
            ("builtins", "open", [canary, "w"]),
            ("__builtin__", "open", [canary, "w"]),
            ("builtins", "eval", [$"open('{canary}', 'w')"]),
            ("builtins", "exec", [$"open('{canary}', 'w')"]),
            ("io", "open", [canary, "w"]),
            ("subprocess", "getoutput", [$"touch {canary}"]),
            ("System.IO.File", "Create", [canary]),
            ("System.Diagnostics.Process", "Start", ["touch", canary]),
        ];
        foreach ((string module, string function, string[] arguments) in calls)
        {
            string name = $"{module}.{function}";
            yield return (
                $"{name}, protocol 0",
                Text($"c{module}\n{function}\n({string.Concat(arguments.Select(a => $"V{a}\n"))}tR.")
            );
            yield return (
                $"{name}, protocol 0, INST",
                Text($"({string.Concat(arguments.Select(a => $"V{a}\n"))}i{module}\n{function}\n.")
            );
            yield return (
                $"{name}, protocol 2",
                [0x80, 2, .. Text($"c{module}\n{function}\n("), .. arguments.SelectMany(Unicode), .. "tR."u8]
            );
            yield return (
                $"{name}, protocol 2, NEWOBJ",
                [
                    0x80,
                    2,
                    .. Text($"c{module}\n{function}\n("),
                    .. arguments.SelectMany(Unicode),
                    (byte)'t',
                    0x81,
                    (byte)'.',
                ]
            );
            yield return (
                $"{name}, protocol 4",
                [
                    0x80,
                    4,
                    .. Short(module),
                    .. Short(function),
                    0x93,
                    (byte)'(',
                    .. arguments.SelectMany(Unicode),
                    .. "tR."u8,
                ]
            );
            byte[] model =
            [
                .. Short("gensim.models.keyedvectors"),
                .. Short("KeyedVectors"),
                0x93,
                (byte)')',
                0x81,
                (byte)'}',
            ];
            yield return (
                $"{name}, protocol 4, in a model",
                [
                    0x80,
                    4,
                    .. model,
                    .. Short("index_to_key"),
                    .. Short(module),
                    .. Short(function),
                    0x93,
                    (byte)'(',
                    .. arguments.SelectMany(Unicode),
                    .. "tRsb."u8,
                ]
            );
        }
        // Popen takes a list: protocols 0, 2 and 4.
        string[] command = ["touch", canary];
        yield return (
            "subprocess.Popen, protocol 0",
            Text($"csubprocess\nPopen\n((l{string.Concat(command.Select(a => $"V{a}\na"))}tR.")
        );
        yield return (
            "subprocess.Popen, protocol 2",
            [0x80, 2, .. Text("csubprocess\nPopen\n]("), .. command.SelectMany(Unicode), .. Text("e\u0085R.")]
        );
        yield return (
            "subprocess.Popen, protocol 4",
            [
                0x80,
                4,
                .. Short("subprocess"),
                .. Short("Popen"),
                0x93,
                .. "]("u8,
                .. command.SelectMany(Unicode),
                .. Text("e\u0085R."),
            ]
        );
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Unicode(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Short(string text) => [0x8c, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
