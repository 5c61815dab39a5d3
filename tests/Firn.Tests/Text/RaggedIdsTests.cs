using Firn.Text;

namespace Firn.Tests.Text;

public class RaggedIdsTests
{
    [Fact]
    public void Select_copies_the_chosen_texts_in_order()
    {
        var texts = RaggedIds.From([
            [1, 2],
            [],
            [3, 4, 5],
        ]);
        var chosen = texts.Select([2, 1, 0]);
        Assert.Equal([3, 4, 5, 1, 2], chosen.Ids);
        Assert.Equal([0, 3, 3, 5], chosen.Offsets);
    }

    [Fact]
    public void Offsets_that_fall_are_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => new RaggedIds([1, 2], [0, 3, 2]));
        Assert.Contains("offset 2 is 2 after 3", error.Message);
    }
}
