using Firn.Cli;
using Firn.Cli.Output;

namespace Firn.Tests.Cli;

/// <summary>Nothing that a word or a text holds is acted on by a terminal.</summary>
public class ShownTests
{
    private const string Evil = "a\u001b]0;owned\u0007b\u202ec\u009b2Jd";

    [Theory]
    [InlineData("plain wörds 中文 العربية", "plain wörds 中文 العربية")]
    [InlineData("\u001b[31mred", "␛[31mred")]
    [InlineData("a\rb\u007f", "a␍b␡")]
    [InlineData("x\u202ey\u0085", "x\\u202Ey\\u0085")]
    public void Control_characters_become_pictures(string text, string shown) => Assert.Equal(shown, Shown.Of(text));

    [Fact]
    public void Words_notes_and_errors_reach_a_terminal_safe_and_a_pipe_as_they_are()
    {
        string file = Path.Combine(Path.GetTempPath(), $"shown-{Guid.NewGuid():N}.vec");
        File.WriteAllText(file, $"3 2\n{Evil} 1 0\nb 1 0.1\nc 0 1\n");
        foreach (
            string[] command in new[]
            {
                new[] { "vectors", "neighbors", file, "b" },
                ["vectors", "neighbors", file, Evil],
                ["vectors", "neighbors", file, Evil + "x"],
                ["vectors", "similarity", file, Evil, "b", "c"],
                ["vectors", "info", file],
                ["vectors", "print", file, Evil],
                ["vectors", "neighbors", file, "b", "--json"],
                ["vectors", "info", Evil],
                [Evil],
                ["vectors", "neighbors", file, "b", "--" + Evil],
            }
        )
        {
            (string terminal, string error) = Run(true, command);
            Assert.DoesNotContain(terminal + error, c => c != '\n' && Shown.IsControl(c, lines: false) && c != '\t');
        }
        Assert.Contains(Evil, Run(false, ["vectors", "print", file, Evil]).Out);
        File.Delete(file);
    }

    private static (string Out, string Error) Run(bool isTerminal, string[] arguments)
    {
        (var output, var error) = (new StringWriter(), new StringWriter());
        Tool.Run(
            arguments,
            new Terminal
            {
                In = TextReader.Null,
                Out = output,
                Error = error,
                OutIsTerminal = isTerminal,
                Width = 120,
            },
            TestContext.Current.CancellationToken
        );
        // Without NO_COLOR the tables' own sequences are bold and plain.
        return (output.ToString().Replace("\u001b[1m", "").Replace("\u001b[0m", ""), error.ToString());
    }
}
