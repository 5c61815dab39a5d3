using System.Diagnostics;
using Firn.Cli;
using Firn.Cli.Output;

namespace Firn.Tests.Cli;

/// <summary>Writes that fail: only a reader who has left may end a command quietly.</summary>
public sealed class FullDiskTests
{
    private sealed class Failing(int hResult) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) =>
            throw new IOException("No space left on device", hResult);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }

    private static (int Code, string Error) Run(int hResult, params string[] args)
    {
        var stream = new StandardStream(new Failing(hResult), "standard output");
        var error = new StringWriter();
        var terminal = new Terminal
        {
            In = new StringReader("love\nhate\n"),
            Out = new StreamWriter(stream),
            OutBytes = stream,
            Error = error,
        };
        return (Tool.Run(args, terminal, TestContext.Current.CancellationToken), error.ToString());
    }

    public static TheoryData<string[]> Commands() =>
        new(
            ["predict", "BUNDLE", "love"],
            ["predict", "BUNDLE"],
            ["predict", "BUNDLE", "--json"],
            ["predict", "BUNDLE", "-", "--format", "delimited", "--text-column", "1"],
            ["inspect", "BUNDLE"],
            ["inspect", "BUNDLE", "--json"],
            ["--help"],
            ["--version"],
            ["predict", "--help"]
        );

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_full_disk_is_an_error_of_one_line(string[] args)
    {
        using var bundle = new TinyBundle("negative", "positive");
        var (code, error) = Run(28, [.. args.Select(a => a == "BUNDLE" ? bundle.Path : a)]);
        Assert.Equal(1, code);
        Assert.Single(
            error.Split('\n'),
            line => line.StartsWith("firn: standard output: No space left on device", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_reader_who_has_left_is_none(string[] args)
    {
        using var bundle = new TinyBundle("negative", "positive");
        var (code, error) = Run(32, [.. args.Select(a => a == "BUNDLE" ? bundle.Path : a)]);
        Assert.Equal(0, code);
        Assert.DoesNotContain("standard output", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("> /dev/full", 1)]
    [InlineData("2> /dev/full > /dev/null", 0)]
    [InlineData("| head -n 1 > /dev/null; exit ${PIPESTATUS[0]}", 0)]
    public void The_process_says_what_became_of_its_output(string redirection, int expected)
    {
        Assert.SkipUnless(File.Exists("/dev/full") && File.Exists("/bin/bash"), "needs /dev/full and bash");
        using var bundle = new TinyBundle("negative", "positive");
        string tool = typeof(Tool).Assembly.Location;
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"dotnet '{tool}' predict '{bundle.Path}' < '{bundle.Path}/many.txt' {redirection}");
        File.WriteAllLines(Path.Combine(bundle.Path, "many.txt"), Enumerable.Repeat("love this film", 20_000));
        using var process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(expected, process.ExitCode);
        Assert.DoesNotContain("Unhandled", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--report")]
    [InlineData("--checkpoint")]
    public void Places_are_tried_before_training(string option)
    {
        var folder = Directory.CreateTempSubdirectory("firn-places");
        try
        {
            string data = Path.Combine(folder.FullName, "data.csv"),
                file = Path.Combine(folder.FullName, "file");
            File.WriteAllText(
                data,
                string.Concat(
                    Enumerable
                        .Range(0, 200)
                        .Select(i => $"{(i % 2 == 0 ? "love" : "hate")} it {i},{i % 2}\n")
                        .Prepend("text,label\n")
                )
            );
            File.WriteAllText(file, "");
            string[] places =
            [
                "--out",
                Path.Combine(folder.FullName, "m"),
                "--report",
                Path.Combine(folder.FullName, "r"),
            ];
            places =
                option == "--checkpoint"
                    ? [.. places, option, Path.Combine(file, "x", "y")]
                    : [.. places.Select((p, i) => i > 0 && places[i - 1] == option ? Path.Combine(file, "x") : p)];
            var run = CapturedRun.Of(["train", data, .. places]);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains(
                option == "--checkpoint"
                    ? "there is no such folder"
                    : $"{option} {Path.Combine(file, "x")}: {file} is a file where a folder is needed",
                run.Error
            );
            Assert.Single(run.ErrorLines);
            Assert.Equal(["data.csv", "file"], folder.EnumerateFileSystemInfos().Select(e => e.Name).Order());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
