namespace Firn.Cli.Quickstart;

/// <summary>What a message of the quickstart's corpus says about its topic.</summary>
internal enum Mood
{
    Negative,
    Positive,
}
