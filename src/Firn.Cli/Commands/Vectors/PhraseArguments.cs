using System.CommandLine;
using System.Globalization;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli.Commands.Vectors;

/// <summary>Whether words that belong together are joined before training, as word2phrase does.</summary>
internal sealed class PhraseArguments
{
    private readonly Option<int> passes = new Option<int>("--phrases")
    {
        Description = "Join words that stand together more than by chance (new_york), in N passes; two find phrases of up to four words",
        DefaultValueFactory = _ => 0,
        HelpName = "N",
    }.Between(0, 10);

    private readonly Option<double?> threshold = new Option<double?>("--phrase-threshold")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"--phrases: score from which on a pair is one; higher joins fewer (default {new PhraseOptions().Threshold})"),
        HelpName = "X",
    }.Between(0, 1e12);

    private readonly Option<int?> minCount = new Option<int?>("--phrase-min-count")
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"--phrases: words and pairs seen fewer times are no part of one; also the score's discount (default {new PhraseOptions().MinCount})"),
        HelpName = "N",
    }.Between(1, int.MaxValue);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { passes, threshold, minCount })
            command.Add(option);
    }

    /// <summary>What was chosen; null for no phrases.</summary>
    public Choice? Read(ParseResult parsed)
    {
        if (parsed.GetValue(passes) > 0)
        {
            var basis = new PhraseOptions();
            return new Choice(parsed.GetValue(passes), basis with { Threshold = parsed.GetValue(threshold) ?? basis.Threshold, MinCount = parsed.GetValue(minCount) ?? basis.MinCount });
        }
        foreach (var option in new Option[] { threshold, minCount })
        {
            if (parsed.GetResult(option) is { Implicit: false })
                throw new UsageError($"{option.Name} is for phrases; give --phrases N too, or leave it out");
        }
        return null;
    }

    /// <param name="Passes">Passes over the texts.</param>
    /// <param name="Options">Limits.</param>
    internal sealed record Choice(int Passes, PhraseOptions Options);
}
