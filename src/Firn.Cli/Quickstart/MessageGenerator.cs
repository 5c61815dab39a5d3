using System.Globalization;
using System.Text;

namespace Firn.Cli.Quickstart;

/// <summary>
/// One message of the synthetic corpus and the label that it carries (wrong on purpose now and then).
/// </summary>
internal readonly record struct Message(string Label, string Text);

/// <summary>
/// Makes short messages with a mood from <see cref="MessageGrammar"/>. The text is synthetic: good for seeing the
/// tool at work without a file, worthless as evidence about real tweets. Equal seeds give equal messages.
/// </summary>
/// <remarks>
/// Why the task is not trivial: negation turns words round ("not great", "don't hate"); a second clause after "but"
/// outweighs the first; irony puts good words before bad news; some messages say nothing of their mood; some labels are
/// wrong.
/// </remarks>
internal sealed class MessageGenerator(int seed)
{
    /// <summary>Share of labels that are wrong, so no classifier can be right more often than 1 minus this.</summary>
    public const double LabelNoise = 0.04;

    /// <summary>Share of messages without any sign of their mood but, at times, an emoticon.</summary>
    public const double PlainShare = 0.05;

    public const string NegativeLabel = "negative";
    public const string PositiveLabel = "positive";

    private readonly Random _random = new(seed);

    /// <summary>
    /// Messages whose labels are half negative and half positive (for an odd count, one more negative), in random
    /// order.
    /// </summary>
    public Message[] Generate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var messages = new Message[count];
        for (int i = 0; i < count; i++)
        {
            var label = (Mood)(i % 2);
            var mood = _random.NextDouble() < LabelNoise ? Opposite(label) : label;
            messages[i] = new Message(label == Mood.Positive ? PositiveLabel : NegativeLabel, Compose(mood));
        }
        _random.Shuffle(messages);
        return messages;
    }

    /// <summary>message := [opener] body [exclamation] [closer] [emoticon]</summary>
    private string Compose(Mood mood)
    {
        var topic = Pick(MessageGrammar.Topics);
        bool plain = _random.NextDouble() < PlainShare;
        var text = new StringBuilder();
        if (_random.NextDouble() < 0.30)
            text.Append(Pick(MessageGrammar.Openers)).Append(' ');
        text.Append(plain ? Fill(Pick(topic.Plain), topic) : Body(mood, topic));
        if (!plain && _random.NextDouble() < 0.12)
            text.Append(Pick([" ", "! ", " ... "])).Append(Pick(MessageGrammar.Exclamations(mood)));
        if (_random.NextDouble() < 0.25)
            text.Append(' ').Append(Pick(MessageGrammar.Closers));
        else if (_random.NextDouble() < 0.3)
            text.Append(Pick([".", "!", "!!", "...", "?!"]));
        if (_random.NextDouble() < 0.15)
            text.Append(' ')
                .Append(Pick(MessageGrammar.Emoticons(_random.NextDouble() < 0.85 ? mood : Opposite(mood))));
        return Blemish(text.ToString());
    }

    /// <summary>
    /// body := clause | clause "and" clause | opposite "but" clause | clause "although" opposite | irony
    /// </summary>
    private string Body(Mood mood, Topic topic)
    {
        double draw = _random.NextDouble();
        if (draw < 0.58)
            return Clause(mood, topic);
        if (draw < 0.70)
            return $"{Clause(mood, topic)} and {Clause(mood, topic)}";
        if (draw < 0.88)
            return $"{Clause(Opposite(mood), topic)} {Pick(["but", "but then", "still"])} {Clause(mood, topic)}";
        if (draw < 0.95 || mood == Mood.Positive)
            return $"{Clause(mood, topic)} {Pick(["although", "even if", "though"])} {Clause(Opposite(mood), topic)}";
        return $"oh {PickByWeight(Pick(MessageGrammar.Adjectives(Mood.Positive)))}, {Pick(topic.Bad)}";
    }

    /// <summary>
    /// clause := opinion | feeling | happening | wish; an opinion or a feeling may be the negation of its opposite.
    /// </summary>
    private string Clause(Mood mood, Topic topic)
    {
        string thing = Thing(topic);
        string determiner = Pick(MessageGrammar.Determiners);
        double draw = _random.NextDouble();
        bool negated = _random.NextDouble() < 0.28;
        var sense = negated ? Opposite(mood) : mood;
        if (draw < 0.40)
        {
            string adjective = PickByWeight(Pick(MessageGrammar.Adjectives(sense)));
            string intensifier = _random.NextDouble() < 0.35 ? Pick(MessageGrammar.Intensifiers) + " " : "";
            string verb = negated
                ? Pick(["is not", "isn't", "was not", "wasn't", "is hardly", "is never"])
                : Pick(["is", "was", "looks", "is"]);
            return $"{determiner} {thing} {verb} {intensifier}{adjective}";
        }
        if (draw < 0.66)
        {
            string feeling = PickByWeight(Pick(MessageGrammar.Verbs(sense)));
            string subject = negated
                ? Pick(["i don't", "i do not", "i never", "can't say i", "nobody could"])
                : Pick(["i", "i really", "we all", "you have to"]);
            return $"{subject} {feeling} {determiner} {thing}";
        }
        if (draw < 0.92)
            return Pick(mood == Mood.Positive ? topic.Good : topic.Bad);
        return mood == Mood.Positive
            ? $"{Pick(["can't wait for", "looking forward to", "glad we have"])} {determiner} {thing}"
            : $"{Pick(["wish", "if only"])} {determiner} {thing} was "
                + $"{PickByWeight(Pick(MessageGrammar.Adjectives(Mood.Positive)))}";
    }

    private string Fill(string pattern, Topic topic) =>
        pattern.Replace("{thing}", Thing(topic), StringComparison.Ordinal);

    private string Thing(Topic topic) => PickByWeight(Pick(topic.Things));

    /// <summary>People stretch words, shout and mistype.</summary>
    private string Blemish(string text)
    {
        double draw = _random.NextDouble();
        if (draw < 0.04)
            return text.Replace("so ", "sooo ", StringComparison.Ordinal);
        if (draw < 0.07)
            return text.ToUpper(CultureInfo.InvariantCulture);
        if (draw < 0.12 && text.Length > 12)
        {
            int at = _random.Next(1, text.Length - 1);
            return char.IsAsciiLetterLower(text[at]) ? text.Remove(at, 1) : text;
        }
        return draw < 0.35 ? char.ToUpper(text[0], CultureInfo.InvariantCulture) + text[1..] : text;
    }

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    /// <summary>The first of a set often, the last seldom.</summary>
    private string PickByWeight(string[] synonyms)
    {
        double draw = _random.NextDouble();
        for (int i = 0; i < synonyms.Length - 1; i++)
        {
            draw -= MessageGrammar.SynonymWeights[i];
            if (draw < 0)
                return synonyms[i];
        }
        return synonyms[^1];
    }

    private static Mood Opposite(Mood mood) => mood == Mood.Positive ? Mood.Negative : Mood.Positive;
}
