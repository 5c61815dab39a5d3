using Spectre.Console;

namespace Firn.Cli.Output;

/// <summary>Tables on standard output: rounded on a terminal, plain in a pipe.</summary>
internal static class Tables
{
    /// <summary>Writes a table; the first column is aligned left, the columns of figures right.</summary>
    /// <param name="terminal">Where to write.</param>
    /// <param name="title">A heading above, or null.</param>
    /// <param name="columns">The heads; a head that begins with '>' marks a column of figures.</param>
    /// <param name="rows">One array of cells a row; an empty array draws a rule.</param>
    public static void Write(
        Terminal terminal,
        string? title,
        IReadOnlyList<string> columns,
        IEnumerable<string[]> rows
    )
    {
        var text = new StringWriter();
        var console = Open(terminal, text);
        var table = new Table
        {
            Border = terminal.OutIsTerminal ? TableBorder.Rounded : TableBorder.Simple,
            ShowHeaders = columns.Any(column => column.Length > 0),
        };
        foreach (string column in columns)
        {
            bool figures = column.StartsWith('>');
            var head = new TableColumn(new Markup($"[bold]{Cell(terminal, column.TrimStart('>'))}[/]"))
            {
                NoWrap = figures,
            };
            table.AddColumn(figures ? head.RightAligned() : head);
        }
        foreach (string[] row in rows)
        {
            if (row.Length == 0)
                table.AddEmptyRow();
            else
                table.AddRow(row.Select(cell => new Markup(Cell(terminal, cell))));
        }
        if (title is not null)
            console.Write(new Markup($"[bold]{Cell(terminal, title)}[/]\n"));
        console.Write(table);
        // The widget pads every line to the table's width and frames it with blank lines; a pipe gets neither.
        foreach (string line in text.ToString().TrimEnd().Split('\n'))
        {
            if (terminal.OutIsTerminal || line.Trim().Length > 0)
                terminal.TrustedOut.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>
    /// Within a table a line feed, too, would be acted on; Spectre's colors are the only escape sequences.
    /// </summary>
    private static string Cell(Terminal terminal, string text) =>
        Markup.Escape(Shown.Of(text, lines: !terminal.OutIsTerminal));

    private static IAnsiConsole Open(Terminal terminal, TextWriter output)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(output),
                Ansi = terminal.UsesColor ? AnsiSupport.Yes : AnsiSupport.No,
                ColorSystem = terminal.UsesColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
                Interactive = InteractionSupport.No,
            }
        );
        console.Profile.Width = terminal.Width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }
}
