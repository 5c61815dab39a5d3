using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Firn.Cli.Output;
using Firn.Evaluation;

namespace Firn.Cli.Commands;

/// <summary>When a model keeps silent: by the errors that are allowed, or by what silence costs.</summary>
internal sealed class AbstainOptions
{
    private readonly Option<string?> _error = new("--abstain-at")
    {
        Description =
            "Answer as many texts as leave at most this share of the answers wrong on other texts too, with 95% "
            + "confidence, as in 5% or 0.05; the others are 'unsure'",
        HelpName = "ERROR",
    };

    private const double Confidence = 0.95;

    private readonly Option<double?> _cost = new Option<double?>("--abstain-cost")
    {
        Description = "Keep silent where it costs less; X is what silence costs when an error costs 1",
        HelpName = "X",
    }.Between(0, 1);

    /// <summary>Writes the threshold into the bundle.</summary>
    public Option<bool> Keep { get; } =
        new("--keep")
        {
            Description = "Store in the bundle when the model abstains, so that predict, evaluate and serve all do",
        };

    public void AddTo(Command command)
    {
        command.Add(_error);
        command.Add(_cost);
        command.Add(Keep);
    }

    /// <summary>Refuses what cannot be meant, before a text is read.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="given">Whether it says which texts are left without a class.</param>
    public void Check(ParseResult parsed, bool given)
    {
        bool chooses = parsed.GetValue(_error) is not null || parsed.GetValue(_cost) is not null;
        if (parsed.GetValue(_error) is not null && parsed.GetValue(_cost) is not null)
            throw new UsageError("--abstain-at and --abstain-cost exclude each other");
        if (parsed.GetValue(_error) is { } error)
            Share(error);
        if (parsed.GetValue(Keep) && !chooses && !given)
            throw new UsageError(
                "--keep stores when the model abstains: add --abstain-at, --abstain-cost, --abstain-below, --neutral "
                    + "or --no-neutral"
            );
    }

    /// <summary>The threshold asked for; null for none.</summary>
    public AbstentionPoint? Choose(ParseResult parsed, RiskCoverage risk)
    {
        if (parsed.GetValue(_cost) is { } cost)
            return risk.AtCost(cost);
        if (parsed.GetValue(_error) is { } error)
            return risk.AtError(Share(error), Confidence);
        return null;
    }

    public static string InWords(AbstentionPoint point) =>
        point.Coverage == 0
            ? "abstain: no threshold keeps the errors that low with 95% confidence; the model would answer nothing "
                + "(more texts narrow the margin)"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"abstain below a confidence of {point.Threshold:0.0000}: answers {point.Coverage:0.0%} of the "
                    + $"texts, {point.Error:0.00%} of the answers wrong"
            );

    public static JsonObject AsJson(AbstentionPoint point) =>
        new()
        {
            ["threshold"] = Json.Number(point.Threshold),
            ["coverage"] = Json.Number(point.Coverage),
            ["error"] = Json.Number(point.Error),
        };

    private static double Share(string text)
    {
        bool percent = text.EndsWith('%');
        if (
            !double.TryParse(
                percent ? text[..^1] : text,
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out double value
            ) || !(value >= 0 && value <= (percent ? 100 : 1))
        )
            throw new UsageError($"--abstain-at needs a share such as 5% or 0.05, not '{text}'");
        return percent ? value / 100 : value;
    }
}
