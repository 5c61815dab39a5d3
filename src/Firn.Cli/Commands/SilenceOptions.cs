using System.CommandLine;
using Firn.Cli.Output;

namespace Firn.Cli.Commands;

/// <summary>
/// Which texts are left without a class: those in a neutral band, and those that the model is not sure about.
/// </summary>
internal sealed class SilenceOptions
{
    private readonly Option<string?> _neutral = new("--neutral")
    {
        Description =
            "Of two classes, a probability of the second between LOW and HIGH gets the label neutral, or NAME "
            + "(default: the bundle's; the notebook preset's is 0.4,0.7)",
        HelpName = NeutralArgument.Form,
    };

    private readonly Option<bool> _noNeutral = new("--no-neutral")
    {
        Description = "No neutral band: the likelier of the two classes",
    };

    private readonly Option<double?> _unsure = new Option<double?>("--abstain-below")
    {
        Description =
            "A confidence below this gets the label unsure; 0 for never (default: the bundle's; see evaluate "
            + "--abstain-at and --keep)",
        HelpName = "X",
    }.Between(0, 1);

    public void AddTo(Command command)
    {
        command.Add(_neutral);
        command.Add(_noNeutral);
        command.Add(_unsure);
    }

    /// <summary>Whether the command line says anything about it.</summary>
    public bool Given(ParseResult parsed) =>
        parsed.GetValue(_neutral) is not null || parsed.GetValue(_noNeutral) || parsed.GetValue(_unsure) is not null;

    /// <summary>Refuses what cannot be meant, before a model is read.</summary>
    public void Check(ParseResult parsed) => Band(parsed);

    /// <summary>The same predictor with what the command line says.</summary>
    public Predictor Apply(ParseResult parsed, Predictor predictor)
    {
        if (parsed.GetValue(_noNeutral))
            predictor = predictor.WithNeutral(null);
        else if (Band(parsed) is { } band)
        {
            if (predictor.Labels.Count != 2)
                throw new UsageError(
                    $"--neutral is for models of two classes; this one has {predictor.Labels.Count}: "
                        + $"{ClassNames.Of(predictor.Labels)}"
                );
            predictor = predictor.WithNeutral(band.BandFor(predictor.Labels, predictor.Neutral));
        }
        return parsed.GetValue(_unsure) is { } confidence
            ? predictor.WithAbstainBelow(confidence == 0 ? null : confidence)
            : predictor;
    }

    private NeutralArgument? Band(ParseResult parsed)
    {
        var band = NeutralArgument.Parse(parsed.GetValue(_neutral));
        return band is not null && parsed.GetValue(_noNeutral)
            ? throw new UsageError("--neutral and --no-neutral exclude each other")
            : band;
    }
}
