using Firn.Data;
using Firn.Text;

namespace Firn.Recipes;

/// <summary>A corpus after one pass, and where it came from.</summary>
internal sealed record ReadCorpus(RawCorpus Raw, LabeledSource Source);

/// <summary>All texts of a recipe as numbers of one table of words.</summary>
/// <param name="Corpus">Texts to train on.</param>
/// <param name="Validation">Texts that measure each epoch; null where a share of the corpus does.</param>
/// <param name="Test">Texts to test on; null where a share of the corpus is kept apart.</param>
/// <param name="Unlabeled">More texts for word vectors; null for none.</param>
internal sealed record RecipeTexts(ReadCorpus Corpus, ReadCorpus? Validation, ReadCorpus? Test, RaggedIds? Unlabeled);
