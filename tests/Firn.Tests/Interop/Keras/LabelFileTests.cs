using System.Text.Json;
using Firn.Interop.Labels;

namespace Firn.Tests.Interop.Keras;

public sealed class LabelFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-labels-").FullName;

    public static TheoryData<string> Labels => KerasGolden.Names("labels");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Labels))]
    public void Names_come_in_the_order_of_their_numbers(string name)
    {
        JsonElement golden = KerasGolden.Case("labels", name);
        IReadOnlyList<string> labels = LabelFile.Read(KerasGolden.Write(golden, _folder));
        Assert.Equal(golden.GetProperty("labels").EnumerateArray().Select(l => l.GetString()), labels);
    }

    [Theory]
    [InlineData("emotion-bilstm-mask-k310/emotion_labels.json", "amor|felicidade|medo|raiva|tristeza")]
    [InlineData("emotions-simplernn-k38/label_encoder.pkl", "anger|fear|joy|love|sad|suprise")]
    [InlineData("farm-tweets-lstm-k28/encoder.pkl", "NEGATIVE")] // its author fitted it to one class
    [InlineData("review-conv1d-id-k34/label_encoder.pkl", "negative|neutral|positive")]
    [InlineData(
        "intent-gap-k38/labels.txt",
        "accept_call|identify objects|identify_objects|make_call|navigate|reading|send_whatsapp|set_an_alarm|"
            + "unknown"
    )]
    [InlineData("mongolian-textcnn-functional-k23/final_info.pkl", "厌烦|害怕|忧愁|惊吓|欣赏|生气|高兴")]
    [InlineData("spam-gru-mask-k313/label_mapping.pickle", "Ham|Spam")]
    public void Public_label_files_are_read(string file, string expected) =>
        Assert.Equal(expected.Split('|'), LabelFile.Read(Data.Path("keras_zoo/" + file)));

    [Fact]
    public void Packed_data_that_wants_a_dictionary_from_elsewhere_is_refused()
    {
        string path = Path.Combine(_folder, "labels");
        File.WriteAllBytes(path, [0x78, 0x20, 1, 2, 3, 4, 0xFF]);
        string message = Assert.Throws<InvalidDataException>(() => LabelFile.Read(path)).Message;
        Assert.Contains("0x78 is no instruction of a pickle", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[\"a\", \"a\"]", "'a' is there twice")]
    [InlineData("[]", "no names of classes")]
    [InlineData("{\"1\": \"a\", \"2\": \"b\"}", "numbers from 0 on")]
    [InlineData("{\"a\": 0, \"b\": 0}", "numbers from 0 on")]
    [InlineData("[[1]]", "Array where a name is expected")]
    [InlineData("a\n\nb\n", "line 2 is blank")]
    [InlineData(
        "ccopy_reg\n_reconstructor\n(csklearn.preprocessing._label\nLabelEncoder\nc__builtin__\nobject\nNtR.",
        "never fitted"
    )]
    [InlineData("ccopy_reg\n_reconstructor\n(cos\nsystem\nc__builtin__\nobject\nNtR.", "a os.system and no names")]
    public void Bad_files_are_one_line_that_says_why(string content, string says)
    {
        string path = Path.Combine(_folder, "labels");
        File.WriteAllText(path, content);
        string message = Assert.Throws<InvalidDataException>(() => LabelFile.Read(path)).Message;
        Assert.Contains(says, message, StringComparison.Ordinal);
        Assert.StartsWith(path, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
