namespace Firn.Text;

/// <summary>What the grammar <c>tweets</c> does to one lower-cased word, in place.</summary>
internal static class TweetWord
{
    /// <summary>Squeezes, completes, drops the possessive, drops stop words and stems, as the rules say.</summary>
    /// <param name="word">Begins with the word; has room for one character more.</param>
    /// <param name="length">The word's length.</param>
    /// <param name="rules">The rules in force.</param>
    /// <returns>The new length; 0 where the word is dropped.</returns>
    public static int Finish(Span<char> word, int length, CleaningOptions rules)
    {
        if (rules.SqueezeRepeats)
            length = Squeeze(word, length);
        if (rules.RestoreApostrophes && rules.KeepContractions && Contractions.Restore(word[..length]) is { } full)
        {
            full.CopyTo(word);
            length = full.Length;
        }
        if (rules.DropPossessives && length > 2 && word[length - 1] == 's' && word[length - 2] == '\'')
            length -= 2;
        if (rules.RemoveStopWords && EnglishStopWords.Contains(word[..length]))
            return 0;
        return rules.Stem ? SnowballEnglish.Stem(word[..length]) : length;
    }

    /// <summary>
    /// Keeps a letter that is repeated three times or more twice, and two letters repeated thrice or more (hahaha)
    /// twice.
    /// </summary>
    private static int Squeeze(Span<char> word, int length)
    {
        int written = 0;
        ScanSteps.Add(length);
        for (int i = 0; i < length; i++)
        {
            if (
                written >= 2
                && word[i] == word[written - 1]
                && word[i] == word[written - 2]
                && !char.IsAsciiDigit(word[i])
            )
                continue;
            word[written++] = word[i];
        }
        if (written < 6 || word[0] != word[2])
            return written;
        ScanSteps.Add(written);
        for (int i = 2; i < written; i++)
        {
            if (word[i] != word[i - 2])
                return written;
        }
        if (word is ['a', 'h', ..])
            "haha".CopyTo(word);
        else if (word is ['l', 'o', ..])
            return 3;
        return 4;
    }
}
