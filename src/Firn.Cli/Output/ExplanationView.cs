using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Explain;
using Spectre.Console;

namespace Firn.Cli.Output;

/// <summary>Why texts got their labels: colored words on a terminal, a table, or JSON.</summary>
internal static class ExplanationView
{
    public static int Show(Terminal terminal, Predictor predictor, IReadOnlyList<string> texts, bool json)
    {
        if (texts.Count == 0)
            throw new UsageError("--explain needs a TEXT behind the bundle, in quotes");
        var explainer = new Explainer(predictor);
        Explanation[] found = [.. texts.SelectMany(text => explainer.ExplainAll(text))];
        if (json)
            Json.Write(terminal, new JsonObject { ["explanations"] = new JsonArray([.. found.Select(AsJson)]) });
        else
        {
            foreach (Explanation explanation in found)
                Print(terminal, explanation);
        }
        return ExitCode.Done;
    }

    private static void Print(Terminal terminal, Explanation explanation)
    {
        terminal.Out.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{explanation.Label} ({explanation.Probability:0.000}) rather than {explanation.Other}; margin "
                    + $"{explanation.Margin:+0.00;-0.00}, of unknown words {explanation.BaselineMargin:+0.00;-0.00}"
            )
        );
        if (terminal.UsesColor)
            Colored(terminal, explanation);
        Tables.Write(
            terminal,
            null,
            ["word", ">left out", ">share", ""],
            explanation.Tokens.Select(t =>
                new[]
                {
                    t.Text,
                    Sees(t) ? Signed(t.LeaveOneOut) : "",
                    Sees(t) ? Signed(t.Integrated) : "not known",
                    Bar(t.Integrated, explanation),
                }
            )
        );
        terminal.Note(
            string.Create(
                CultureInfo.InvariantCulture,
                $"left out: by how much the margin falls without the word; share: integrated gradients in "
                    + $"{explanation.Steps} steps, sum right to {explanation.CompletenessError:0.00%}"
            )
        );
    }

    private static bool Sees(TokenShare token) => token.Known || token.LeaveOneOut != 0 || token.Integrated != 0;

    private static void Colored(Terminal terminal, Explanation explanation)
    {
        double largest = Math.Max(explanation.Tokens.Select(t => Math.Abs(t.Integrated)).DefaultIfEmpty().Max(), 1e-9);
        var line = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.TrueColor,
                Out = new AnsiConsoleOutput(line),
            }
        );
        foreach (TokenShare token in explanation.Tokens)
        {
            byte fade = (byte)(255 - 175 * Math.Abs(token.Integrated) / largest);
            Color background = token.Integrated >= 0 ? new Color(fade, 255, fade) : new Color(255, fade, fade);
            console.Write(new Spectre.Console.Text(Shown.Of(token.Text), new Style(Color.Black, background)));
            console.Write(" ");
        }
        terminal.TrustedOut.WriteLine(line.ToString());
    }

    private static string Bar(double share, Explanation explanation)
    {
        double largest = Math.Max(explanation.Tokens.Select(t => Math.Abs(t.Integrated)).DefaultIfEmpty().Max(), 1e-9);
        return new string(share >= 0 ? '+' : '-', (int)Math.Round(20 * Math.Abs(share) / largest));
    }

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static JsonNode AsJson(Explanation explanation) =>
        new JsonObject
        {
            ["label"] = explanation.Label,
            ["other"] = explanation.Other,
            ["probability"] = Json.Number(explanation.Probability),
            ["margin"] = Json.Number(explanation.Margin),
            ["baselineMargin"] = Json.Number(explanation.BaselineMargin),
            ["completenessError"] = Json.Number(explanation.CompletenessError),
            ["steps"] = explanation.Steps,
            ["tokens"] = new JsonArray([
                .. explanation.Tokens.Select(t =>
                    (JsonNode)
                        new JsonObject
                        {
                            ["text"] = t.Text,
                            ["known"] = t.Known,
                            ["leaveOneOut"] = Json.Number(t.LeaveOneOut),
                            ["integrated"] = Json.Number(t.Integrated),
                        }
                ),
            ]),
        };
}
