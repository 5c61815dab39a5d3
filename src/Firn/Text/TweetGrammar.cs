namespace Firn.Text;

/// <summary>
/// The grammar <c>tweets</c>: words, placeholders, emoticons, emoji and marks of tone (<c>docs/text.md</c>).
/// </summary>
internal static class TweetGrammar
{
    /// <summary>Appends the tokens of the text to an empty buffer.</summary>
    /// <param name="text">The text.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="fast">Whether <see cref="TweetScanner.Knows"/> the rules and shall be used.</param>
    /// <param name="destination">Gets the tokens.</param>
    public static void Tokenize(ReadOnlySpan<char> text, CleaningOptions rules, bool fast, TokenBuffer destination)
    {
        if (rules.UnescapeHtml && text.Contains('&'))
        {
            Span<char> decoded = destination.Scratch(text.Length);
            text = decoded[..HtmlEntities.Decode(text, decoded)];
        }
        // No token is more than three times as long as what it was made from (@a gives <user>).
        destination.Reserve(checked(AsciiScan.RoomFor(text.Length) + 3 * text.Length + 16));
        if (fast)
            new TweetScanner(text, rules, destination).Run();
        else
            new TweetReference(text, rules, destination).Run();
    }
}
