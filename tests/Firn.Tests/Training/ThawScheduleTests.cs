using Firn.Model;
using Firn.Training;

namespace Firn.Tests.Training;

public class ThawScheduleTests
{
    private static readonly ParameterGroup[] Body = [ParameterGroup.Lstm, ParameterGroup.Dense];
    private static readonly ParameterGroup[] Everything = [ParameterGroup.Embedding, .. Body];

    [Fact]
    public void Frozen_never_trains_the_embedding()
    {
        Assert.Equal(Body, ThawSchedule.Parse("frozen").TrainableIn(1).Order().ToArray());
        Assert.False(ThawSchedule.Frozen.EverTrains(ParameterGroup.Embedding));
    }

    [Fact]
    public void Trainable_trains_everything_from_the_start() =>
        Assert.Equal(Everything, ThawSchedule.Parse("trainable").TrainableIn(1).Order().ToArray());

    [Fact]
    public void Thaw_all_begins_at_its_epoch()
    {
        ThawSchedule schedule = ThawSchedule.Parse("thaw-all@4");
        Assert.Equal(Body, schedule.TrainableIn(3).Order().ToArray());
        Assert.Equal(Everything, schedule.TrainableIn(4).Order().ToArray());
        Assert.Equal(Everything, schedule.TrainableIn(8).Order().ToArray());
    }

    [Fact]
    public void Thaw_embedding_fixes_the_rest()
    {
        ThawSchedule schedule = ThawSchedule.Parse("thaw-embedding@2");
        Assert.Equal(Body, schedule.TrainableIn(1).Order().ToArray());
        Assert.Equal([ParameterGroup.Embedding], schedule.TrainableIn(2).ToArray());
        Assert.Equal("thaw-embedding@2", schedule.Name);
    }

    [Theory]
    [InlineData("warm", "no schedule 'warm'")]
    [InlineData("thaw-all", "first thawed epoch")]
    [InlineData("thaw-all@", "first thawed epoch")]
    [InlineData("thaw-all@one", "first thawed epoch")]
    [InlineData("thaw-all@1", "2 or more")]
    [InlineData("thaw-embedding@-3", "2 or more")]
    [InlineData("frozen@3", "takes no epoch")]
    [InlineData("", "no schedule ''")]
    public void What_is_no_schedule_is_refused_with_the_remedy(string text, string said) =>
        Assert.Contains(said, Assert.Throws<ArgumentException>(() => ThawSchedule.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_thaw_after_the_last_epoch_is_refused()
    {
        var options = new TrainingOptions { Epochs = 8, Schedule = ThawSchedule.ThawAll(9) };
        var error = Assert.Throws<ArgumentException>(() => options.Validate(2, hasValidation: true));
        Assert.Contains("thaws in epoch 9 and training has 8", error.Message, StringComparison.Ordinal);
        (options with { Epochs = 9 }).Validate(2, hasValidation: true);
    }
}
