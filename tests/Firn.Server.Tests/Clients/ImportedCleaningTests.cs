using Firn.Client;
using Firn.Text;

namespace Firn.Server.Tests.Clients;

/// <summary>A client follows the rules of an imported model.</summary>
public class ImportedCleaningTests
{
    [Fact]
    public void TheRulesOfKerasTravelWhole()
    {
        var rules = new KerasTextOptions
        {
            Before =
            [
                new CleaningStep { LowerCase = true },
                new CleaningStep { Replace = "[0-9]+", By = " # " },
                new CleaningStep { DropWords = ["the"] },
            ],
            LowerCase = true,
            Filters = ".,!",
            Separator = " ",
            Ngrams = [1, 2],
            UnknownId = 7,
        };
        var options = new CleaningOptions { Preset = "keras", Keras = rules };
        CleaningOptions arrived = VocabularyIdentity.Deserialize(VocabularyIdentity.Serialize(options));
        Assert.Equal(options, arrived);
        const string Text = "The 3 LITTLE pigs, wolf!";
        Assert.Equal(new Tokenizer(options).Tokenize(Text), new Tokenizer(arrived).Tokenize(Text));
        Assert.Equal(
            ["#", "little", "pigs", "wolf", "# little", "little pigs", "pigs wolf"],
            new Tokenizer(arrived).Tokenize(Text)
        );
    }
}
