using System.Globalization;

namespace Firn.Cli.Output;

/// <summary>Says how many texts hold no word that the model knows, so that their labels say nothing.</summary>
internal static class UnknownTexts
{
    public static string InWords(long unknown, long texts) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{unknown:N0} of {Plural.Of(texts, "text")} without a word that the model knows; their score is that of "
                + $"an empty text"
        );

    public static void Tell(Terminal terminal, long unknown, long texts)
    {
        if (unknown > 0)
            terminal.Note($"firn: {InWords(unknown, texts)}");
    }
}
