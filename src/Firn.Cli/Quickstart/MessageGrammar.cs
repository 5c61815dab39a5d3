namespace Firn.Cli.Quickstart;

/// <summary>
/// The words of the quickstart's synthetic messages: topics, moods, slang, emoticons, sets of synonyms.
/// How they are put together is in <see cref="MessageGenerator"/>; both are described in docs/quickstart.md.
/// </summary>
internal static class MessageGrammar
{
    /// <summary>How often the first, second, third ... name of a set of synonyms is used; the last is rare.</summary>
    public static readonly double[] SynonymWeights = [0.62, 0.25, 0.10, 0.03];

    public static readonly Topic[] Topics =
    [
        new(
            "television",
            [
                ["tv", "telly", "box", "television"],
                ["show", "series", "programme", "serial"],
                ["film", "movie", "flick", "picture"],
            ],
            [
                "they brought back the old cast",
                "the finale made me laugh out loud",
                "a new season starts tonight",
                "stayed up for one more episode",
            ],
            [
                "they cancelled it after one season",
                "fell asleep halfway through",
                "adverts every five minutes",
                "someone told me the ending",
            ],
            ["watching the {thing} with dad", "the {thing} is on at nine", "which channel has the {thing}"]
        ),
        new(
            "weather",
            [
                ["rain", "drizzle", "downpour", "deluge"],
                ["sun", "sunshine", "warmth", "daylight"],
                ["weather", "forecast", "sky", "outlook"],
            ],
            [
                "lunch in the park in shirt sleeves",
                "blue sky from end to end",
                "the clouds finally cleared",
                "first barbecue of the year",
            ],
            ["soaked to the skin", "my umbrella broke", "grey again", "the picnic is off"],
            ["the {thing} starts at noon", "looking at the {thing} from the window", "more {thing} tomorrow"]
        ),
        new(
            "work",
            [
                ["job", "work", "gig", "employment"],
                ["boss", "manager", "supervisor", "chief"],
                ["meeting", "call", "conference", "appointment"],
            ],
            ["got the afternoon off", "they gave me a raise", "finished before lunch", "the whole team cheered"],
            [
                "still at my desk at ten",
                "they moved the deadline up",
                "lost three hours of typing",
                "another weekend gone",
            ],
            ["on the way to the {thing}", "the {thing} moved to thursday", "back at the {thing}"]
        ),
        new(
            "phone",
            [
                ["phone", "mobile", "cell", "handset"],
                ["laptop", "computer", "pc", "machine"],
                ["app", "update", "software", "program"],
            ],
            [
                "the battery lasts two days",
                "set it up in a minute",
                "it found all my old photos",
                "twice as fast as before",
            ],
            ["the screen cracked", "it crashed twice today", "lost all my contacts", "it froze during the download"],
            ["charging the {thing}", "got a {thing} in black", "the {thing} is on the table"]
        ),
        new(
            "food",
            [
                ["dinner", "supper", "tea", "meal"],
                ["pizza", "pasta", "curry", "risotto"],
                ["coffee", "latte", "espresso", "brew"],
            ],
            [
                "had a second helping",
                "the kitchen smells of cinnamon",
                "licked the plate clean",
                "they gave us free dessert",
            ],
            ["it came cold after an hour", "found a hair in it", "burnt the bottom", "my stomach hurts"],
            ["making {thing} for two", "having {thing} at eight", "queue for the {thing}"]
        ),
        new(
            "travel",
            [
                ["train", "tube", "rail", "locomotive"],
                ["flight", "plane", "jet", "aircraft"],
                ["holiday", "vacation", "trip", "getaway"],
            ],
            [
                "they moved us to first class",
                "bags came out first",
                "the sea right below the window",
                "got there ten minutes early",
            ],
            [
                "stuck on the platform for hours",
                "they lost my suitcase",
                "missed the connection",
                "standing all the way",
            ],
            ["the {thing} leaves at six", "waiting for the {thing}", "booked a {thing}"]
        ),
        new(
            "school",
            [
                ["exam", "test", "quiz", "examination"],
                ["class", "lesson", "lecture", "seminar"],
                ["homework", "essay", "coursework", "assignment"],
            ],
            ["passed with top marks", "half day tomorrow", "the teacher brought cake", "handed it in a week early"],
            [
                "failed by two points",
                "no idea what question four meant",
                "up all night and still not done",
                "left my notes on the bus",
            ],
            ["{thing} in room twelve", "the {thing} is on friday", "reading for the {thing}"]
        ),
        new(
            "music",
            [
                ["song", "tune", "track", "melody"],
                ["concert", "gig", "show", "recital"],
                ["album", "record", "lp", "release"],
            ],
            [
                "front row and they played everything",
                "dancing round the kitchen",
                "on repeat since breakfast",
                "got the last two tickets",
            ],
            [
                "sold out in a minute",
                "could not hear a thing at the back",
                "they skipped the best one",
                "my ears still ring",
            ],
            ["listening to the {thing}", "the {thing} is on at eight", "which {thing} is this"]
        ),
        new(
            "sport",
            [
                ["match", "game", "fixture", "bout"],
                ["team", "side", "squad", "eleven"],
                ["run", "jog", "workout", "training"],
            ],
            ["we won in the last minute", "three nil", "beat my own record", "the keeper saved everything"],
            ["we lost at home again", "pulled a muscle", "two red cards", "out of the cup"],
            ["the {thing} starts at three", "off to the {thing}", "the {thing} is at home"]
        ),
        new(
            "home",
            [
                ["house", "flat", "place", "residence"],
                ["dog", "puppy", "pup", "hound"],
                ["garden", "yard", "lawn", "allotment"],
            ],
            ["slept for ten hours", "everything is tidy at last", "breakfast in bed", "the roses are out"],
            ["the roof leaks", "neighbours shouting since five", "the boiler died", "cleaning up the mess all day"],
            ["back at the {thing}", "looking after the {thing}", "painting the {thing} blue"]
        ),
    ];

    /// <summary>Adjectives by mood; each set runs from common to rare.</summary>
    public static string[][] Adjectives(Mood mood) =>
        mood == Mood.Positive
            ?
            [
                ["great", "brilliant", "superb", "splendid"],
                ["good", "nice", "decent", "agreeable"],
                ["awesome", "amazing", "epic", "phenomenal"],
                ["lovely", "beautiful", "gorgeous", "delightful"],
                ["funny", "hilarious", "witty", "amusing"],
                ["perfect", "flawless", "spot on", "impeccable"],
            ]
            :
            [
                ["bad", "poor", "lousy", "inferior"],
                ["awful", "terrible", "horrible", "dreadful"],
                ["boring", "dull", "tedious", "monotonous"],
                ["rubbish", "crap", "trash", "garbage"],
                ["sad", "gloomy", "depressing", "dismal"],
                ["annoying", "irritating", "infuriating", "vexing"],
            ];

    /// <summary>Verbs of feeling by mood.</summary>
    public static string[][] Verbs(Mood mood) =>
        mood == Mood.Positive
            ?
            [
                ["love", "adore", "cherish", "treasure"],
                ["like", "enjoy", "dig", "fancy"],
                ["recommend", "praise", "applaud", "commend"],
            ]
            :
            [
                ["hate", "detest", "loathe", "despise"],
                ["dread", "fear", "avoid", "resent"],
                ["regret", "curse", "mourn", "lament"],
            ];

    /// <summary>What people say alone, before or after the point.</summary>
    public static string[] Exclamations(Mood mood) =>
        mood == Mood.Positive
            ?
            [
                "yay",
                "woohoo",
                "yes",
                "so happy",
                "wow",
                "made my day",
                "best day ever",
                "cannot stop smiling",
                "thank you",
                "sweet",
            ]
            :
            [
                "ugh",
                "meh",
                "argh",
                "so tired of this",
                "why me",
                "worst day ever",
                "gutted",
                "fml",
                "sigh",
                "no thanks",
            ];

    public static string[] Emoticons(Mood mood) =>
        mood == Mood.Positive
            ? [":)", ":-)", ":D", ";)", "<3", "😊", "😍", "🎉"]
            : [":(", ":-(", ":'(", ":/", "D:", "😞", "😡", "💔"];

    public static readonly string[] Intensifiers = ["so", "really", "very", "well", "totally", "pretty"];

    public static readonly string[] Openers =
    [
        "today",
        "this morning",
        "ok so",
        "just saying",
        "lol",
        "right now",
        "honestly",
        "last night",
        "well",
        "@sam",
        "@kate_92",
        "@mr_jones",
        "monday again",
        "finally home",
    ];

    public static readonly string[] Closers =
    [
        "#monday",
        "#weekend",
        "#life",
        "at home",
        "with my sister",
        "in town",
        "http://short.example/x7",
        "tonight",
        "lol",
        "again",
        "for once",
        "tbh",
    ];

    public static readonly string[] Determiners = ["the", "this", "my", "that"];
}
