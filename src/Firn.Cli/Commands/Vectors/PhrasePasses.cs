using System.Globalization;
using Firn.Cli.Output;
using Firn.Text;

namespace Firn.Cli.Commands.Vectors;

/// <summary>Joins phrases pass after pass, those that were kept or those that each pass finds.</summary>
internal static class PhrasePasses
{
    public static JoinedTexts Join(
        RaggedIds texts,
        Vocabulary vocabulary,
        PhraseArguments.Choice choice,
        ProgressLine progress
    )
    {
        foreach (Phrases known in choice.Known)
        {
            progress.Begin("phrases");
            int before = texts.TotalTokens;
            (texts, vocabulary) = known.Join(texts, vocabulary);
            progress.End(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"phrases: {known.Items.Count:N0} known, {before - texts.TotalTokens:N0} words joined"
                )
            );
        }
        var passes = new List<Phrases>();
        for (int pass = 1; pass <= choice.Passes; pass++)
        {
            progress.Begin("phrases");
            var found = Phrases.Find(texts, vocabulary, choice.Options);
            (texts, vocabulary) = found.Join(texts, vocabulary);
            passes.Add(found);
            string first = string.Join(
                ", ",
                found.Items.Take(3).Select(phrase => string.Join(found.Separator, phrase.Words))
            );
            progress.End(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"phrases, pass {pass}: {found.Items.Count:N0}{(first.Length > 0 ? $" ({first} ...)" : "")}"
                )
            );
        }
        if (choice.SavePath is { } path)
            Phrases.Save(path, passes);
        return new(texts, vocabulary);
    }
}
