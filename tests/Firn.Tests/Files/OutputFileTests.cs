using Firn.Files;

namespace Firn.Tests.Files;

public sealed class OutputFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-output-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_appears_when_it_is_whole_and_a_failure_leaves_the_old_one_and_no_litter()
    {
        string path = Path.Combine(_folder, "out.txt");
        OutputFile.WriteText(path, "old");
        using (OutputFile output = OutputFile.Create(path))
        {
            output.Stream.Write("half"u8);
            Assert.Equal("old", File.ReadAllText(path));
        }
        Assert.Throws<ArithmeticException>(() =>
            OutputFile.Write(
                path,
                stream =>
                {
                    stream.Write(new byte[1 << 20]);
                    throw new ArithmeticException();
                }
            )
        );
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
        using (OutputFile output = OutputFile.Create(path))
        {
            using (var writer = new StreamWriter(output.Stream))
                writer.Write("new");
            Assert.Equal(3, output.Written);
            output.Commit();
        }
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void The_file_behind_a_link_is_written_and_keeps_its_permissions()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        if (OperatingSystem.IsWindows())
            return; // what the analyzer understands of the line before
        string path = Path.Combine(_folder, "out.txt"),
            link = Path.Combine(_folder, "link"),
            second = Path.Combine(_folder, "second"),
            dangling = Path.Combine(_folder, "dangling");
        File.WriteAllText(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        File.CreateSymbolicLink(link, "out.txt");
        File.CreateSymbolicLink(second, link);
        OutputFile.WriteText(second, "new");
        Assert.Equal("new", File.ReadAllText(path));
        Assert.NotNull(new FileInfo(link).LinkTarget);
        Assert.NotNull(new FileInfo(second).LinkTarget);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead,
            File.GetUnixFileMode(path)
        );
        File.CreateSymbolicLink(dangling, "made.txt");
        OutputFile.WriteText(dangling, "made");
        Assert.Equal("made", File.ReadAllText(Path.Combine(_folder, "made.txt")));
    }

    [Fact]
    public void An_output_that_is_an_input_is_refused_by_any_of_its_names()
    {
        Assert.SkipUnless(Shell.Exists, "links are told by inode on Linux");
        string path = Path.Combine(_folder, "corpus.txt"),
            link = Path.Combine(_folder, "link"),
            hard = Path.Combine(_folder, "hard"),
            folderLink = Path.Combine(_folder, "folder");
        File.WriteAllText(path, "texts");
        File.CreateSymbolicLink(link, path);
        Shell.Run("ln", path, hard);
        Directory.CreateSymbolicLink(folderLink, _folder);
        foreach (
            string name in new[]
            {
                path,
                link,
                hard,
                Path.Combine(folderLink, "corpus.txt"),
                Path.Combine(_folder, ".", "corpus.txt"),
            }
        )
        {
            string message = Assert.Throws<IOException>(() => OutputFile.Check(name, "other", path)).Message;
            Assert.StartsWith($"{name}: this is the input ", message, StringComparison.Ordinal);
            Assert.Throws<IOException>(() => OutputFile.Write(name, stream => stream.Write("x"u8), path));
        }
        OutputFile.Check(Path.Combine(_folder, "new.txt"), path);
        Assert.Equal("texts", File.ReadAllText(path));
    }

    [Fact]
    public async Task A_pipe_is_written_to_and_stays_a_pipe()
    {
        Assert.SkipUnless(Shell.Exists, "needs mkfifo");
        string pipe = Path.Combine(_folder, "pipe");
        Shell.Run("mkfifo", pipe);
        Task<string> reading = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);
        OutputFile.WriteText(pipe, "through the pipe");
        Assert.Equal("through the pipe", await reading);
        Assert.True(InputFile.IsPipe(pipe));
        Assert.Equal([pipe], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_full_disk_is_one_line()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        string message = Assert
            .Throws<IOException>(() => OutputFile.WriteText("/dev/full", new string('x', 1 << 20)))
            .Message;
        Assert.Equal("/dev/full: the disk is full; make room, or choose another place", message);
        Assert.Throws<IOException>(() => OutputFile.WriteText("/dev/full", "few"));
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_told_before_work_begins()
    {
        Assert.Contains(
            "there is no such folder",
            Assert.Throws<IOException>(() => OutputFile.Check(Path.Combine(_folder, "no", "out.txt"))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(
            $"{_folder}: this is a folder; name a file",
            Assert.Throws<IOException>(() => OutputFile.Check(_folder)).Message
        );
        string path = Path.Combine(_folder, "kept.txt");
        File.WriteAllText(path, "kept");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead);
        if (File.GetAttributes(path).HasFlag(FileAttributes.ReadOnly))
            Assert.Contains(
                "read-only",
                Assert.Throws<IOException>(() => OutputFile.Check(path)).Message,
                StringComparison.Ordinal
            );
        OutputFile.Check(Path.Combine(_folder, "new.txt"));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }
}
