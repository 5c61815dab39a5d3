namespace Firn.Cli.Quickstart;

/// <summary>Something that people write about.</summary>
/// <param name="Name">What the topic is called in the documentation.</param>
/// <param name="Things">
/// Sets of synonyms. Within a set the first name is common and the last is rare (see
/// <see cref="MessageGrammar.SynonymWeights"/>), as TV and television are: a training set may hold one and lack the
/// other.
/// </param>
/// <param name="Good">Happenings that please; they hold no word of mood, so only their own words tell.</param>
/// <param name="Bad">Happenings that annoy.</param>
/// <param name="Plain">Happenings that say nothing of the mood.</param>
internal sealed record Topic(string Name, string[][] Things, string[] Good, string[] Bad, string[] Plain);
