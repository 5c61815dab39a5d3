using System.Text.Json;
using Firn.Layers;
using Firn.Training;

namespace Firn.Tests.Training;

public class ThawScheduleTests
{
    private static readonly ParameterGroup[] Body = [ParameterGroup.Encoder, ParameterGroup.Dense];
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
    [InlineData("gradual", 3)]
    [InlineData("gradual@5", 5)]
    public void Gradual_goes_from_the_top_down_at_falling_rates(string text, int embeddingFrom)
    {
        ThawSchedule schedule = ThawSchedule.Parse(text);
        Assert.Equal([ParameterGroup.Dense], schedule.TrainableIn(1).ToArray());
        Assert.Equal(Body, schedule.TrainableIn(2).Order().ToArray());
        Assert.Equal(Body, schedule.TrainableIn(embeddingFrom - 1).Order().ToArray());
        Assert.Equal(Everything, schedule.TrainableIn(embeddingFrom).Order().ToArray());
        ThawPhase last = schedule.Phases[^1];
        Assert.Equal(1 / 2.6, last.EncoderRate / last.DenseRate, 1e-12);
        Assert.Equal(1 / 2.6, last.EmbeddingRate / last.EncoderRate, 1e-12);
    }

    [Theory]
    [InlineData("trainable,rows=seen:5+top:1000+without-vector,anchor=0.01,embedding-rate=0.1,optimizer=reset")]
    [InlineData("thaw-all@3,rows=top:10")]
    [InlineData("gradual@4,anchor=0.5,encoder-rate=0.25")]
    [InlineData("frozen,dense-rate=0.5")]
    [InlineData("thaw-embedding@2,embedding-rate=0.1")]
    [InlineData("thaw-all@best")]
    [InlineData("thaw-embedding@best,rows=top:10,anchor=0.5,optimizer=reset,patience=3")]
    [InlineData("gradual@best,encoder-rate=0.25,patience=1")]
    public void Options_are_read_written_and_kept_in_a_bundle(string text)
    {
        ThawSchedule schedule = ThawSchedule.Parse(text);
        Assert.Equal(text, schedule.Name);
        string json = JsonSerializer.Serialize(schedule);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(json));
        Assert.Equal(schedule, JsonSerializer.Deserialize<ThawSchedule>(json));
        Assert.Equal(schedule.Phases, ThawSchedule.FromJson(schedule.ToJson()).Phases);
    }

    [Fact]
    public void Options_act_on_the_phases_that_train_what_they_are_about()
    {
        ThawSchedule schedule = ThawSchedule.Parse(
            "thaw-all@3,rows=seen:5+top:1000+without-vector,anchor=0.01,embedding-rate=0.1,optimizer=reset"
        );
        Assert.Equal(
            new ThawPhase
            {
                Epochs = 2,
                Trainable = Body.ToHashSet(),
                Optimizer = OptimizerStart.Reset,
            },
            schedule.Phases[0]
        );
        Assert.Equal(
            new ThawPhase
            {
                Trainable = Everything.ToHashSet(),
                Rows = new RowRule
                {
                    SeenAtLeast = 5,
                    TopByCount = 1000,
                    WithoutVector = true,
                },
                AnchorStrength = 0.01,
                EmbeddingRate = 0.1,
                Optimizer = OptimizerStart.Reset,
            },
            schedule.Phases[1]
        );
        Assert.Equal(
            "thaw-all@3,rows=top:7,anchor=0.02,embedding-rate=0.1,optimizer=reset",
            schedule.WithRows(new RowRule { TopByCount = 7 }).WithAnchor(0.02).Name
        );
        Assert.Equal("trainable,rows=without-vector", ThawSchedule.Trainable.WithRowsWithoutVector().Name);
        Assert.Equal("thaw-all@3", ThawSchedule.ThawAll(3).WithAnchor(0.1).WithAnchor(0).Name);
    }

    [Fact]
    public void Phases_as_JSON_are_a_schedule_too()
    {
        ThawSchedule schedule = ThawSchedule.Parse(
            """
            { "name": "mine", "phases": [
                { "epochs": 2, "train": ["dense", "encoder"], "rates": { "encoder": 0.5 } },
                { "epochs": 3, "train": ["embedding"], "rows": { "seen": 5, "top": 100, "without_vector": true }, "pull": 0.01, "optimizer": "reset" },
                { "epochs": 1, "train": ["embedding"], "rows": "seen:2" } ] }
            """
        );
        Assert.Equal(
            ("mine", 6, 2, 2, 3),
            (schedule.Name, schedule.Epochs, schedule.Phases[0].Epochs, schedule.PhaseOf(6), schedule.FirstEpochOf(1))
        );
        Assert.Equal(0.5, schedule.Phases[0].RateOf(ParameterGroup.Encoder));
        Assert.Equal(
            new RowRule
            {
                SeenAtLeast = 5,
                TopByCount = 100,
                WithoutVector = true,
            },
            schedule.Phases[1].Rows
        );
        Assert.Equal(OptimizerStart.Reset, schedule.Phases[1].Optimizer);
        string kept = JsonSerializer.Serialize(schedule);
        Assert.StartsWith("{", kept, StringComparison.Ordinal);
        Assert.Equal(schedule, JsonSerializer.Deserialize<ThawSchedule>(kept));
        Assert.Equal([0.02, 0.02], schedule.WithAnchor(0.02).Phases.Skip(1).Select(p => p.AnchorStrength));
        new TrainingOptions { Epochs = 6, Schedule = schedule }.Validate(2, hasValidation: true);
        var error = Assert.Throws<ArgumentException>(() =>
            new TrainingOptions { Epochs = 8, Schedule = schedule }.Validate(2, hasValidation: true)
        );
        Assert.Contains("last 6 epochs and training has 8; train 6 epochs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Until_its_best_epoch_a_phase_has_no_end_that_a_schedule_knows()
    {
        ThawSchedule schedule = ThawSchedule.Parse(
            """
            [ { "epochs": 1, "train": ["dense"] }, { "until": "best", "train": ["encoder"] }, { "until": "best", "patience": 5, "train": ["encoder", "dense"] }, { "train": ["embedding"] } ]
            """
        );
        Assert.Equal([null, 2, 5, null], schedule.Phases.Select(p => p.Patience));
        Assert.Equal([1, 2, null, null], Enumerable.Range(0, 4).Select(schedule.FirstEpochOf));
        Assert.Equal([0, 1, 1], new[] { 1, 2, 99 }.Select(schedule.PhaseOf));
        Assert.Equal((null, true), (schedule.Epochs, schedule.LastsUntilBest));
        string kept = JsonSerializer.Serialize(schedule);
        Assert.Equal(schedule, JsonSerializer.Deserialize<ThawSchedule>(kept));
        Assert.NotEqual(schedule, schedule.WithPatience(5));
        Assert.Equal([null, 4, 4, null], schedule.WithPatience(4).Phases.Select(p => p.Patience));

        Assert.Equal([1, 10, null, null], Enumerable.Range(0, 4).Select(p => schedule.LastEpochOf(p, 20)));
        schedule.Validate(4);
        Assert.Throws<ArgumentException>(() => schedule.Validate(3));

        ThawSchedule found = schedule.WithLength(1, 7).WithLength(2, 3);
        Assert.Equal([1, 2, 9, 12], Enumerable.Range(0, 4).Select(found.FirstEpochOf));
        Assert.False(found.LastsUntilBest);
        Assert.Equal(
            "thaw-all@4,rows=top:5,anchor=0.1",
            ThawSchedule.Parse("thaw-all@best,rows=top:5,anchor=0.1,patience=3").WithLength(0, 3).Name
        );
        Assert.Equal(ThawSchedule.Gradual(), ThawSchedule.GradualAtBest.WithLength(1, 1));
    }

    [Theory]
    [InlineData("warm", "no schedule 'warm'")]
    [InlineData("frosen", "did you mean 'frozen'?")]
    [InlineData("thaw-all", "first thawed epoch")]
    [InlineData("thaw-all@", "first thawed epoch")]
    [InlineData("thaw-all@one", "first thawed epoch")]
    [InlineData("thaw-all@1", "2 or more")]
    [InlineData("thaw-embedding@-3", "2 or more")]
    [InlineData("gradual@2", "3 or more: gradual@5")]
    [InlineData("frozen@3", "takes no epoch")]
    [InlineData("", "no schedule ''")]
    [InlineData("trainable,ancor=0.1", "did you mean 'anchor'?")]
    [InlineData("trainable,pull", "needs a number, such as pull=0.1")]
    [InlineData("trainable,anchor=-1", "give a strength of 0 or more")]
    [InlineData("trainable,anchor=much", "needs a number")]
    [InlineData("trainable,embedding-rate=0", "give a factor above 0, or leave the group out")]
    [InlineData("trainable,rows=seen:0", "a whole number of 1 or more: seen:5")]
    [InlineData("trainable,rows=often", "write all, or seen:K")]
    [InlineData("trainable,optimizer=forget", "write keep or reset")]
    [InlineData("frozen,anchor=0.1", "never trains embedding, so 'anchor' has nothing to act on")]
    [InlineData("thaw-embedding@2,rows=top:5,x", "no option 'x'")]
    [InlineData("thaw-all@bests", "2 or more: thaw-all@5, or thaw-all@best")]
    [InlineData("gradual@", "gradual@5, or gradual@best")]
    [InlineData("trainable@best", "takes no epoch")]
    [InlineData("thaw-all@best,patience=0", "a whole number of 1 or more, such as patience=3")]
    [InlineData(
        "thaw-all@5,patience=3",
        "No phase of the schedule thaw-all@5 lasts until its best epoch, so 'patience' has nothing to act on"
    )]
    [InlineData(
        "[{\"until\": \"worst\", \"train\": [\"encoder\"]}]",
        "phases[0].until: a phase can last until \"best\" alone, not \"worst\""
    )]
    [InlineData("[{\"until\": 3, \"train\": [\"encoder\"]}]", "for a number, write \"epochs\"")]
    [InlineData(
        "[{\"patience\": 3, \"train\": [\"encoder\"]}]",
        "phases[0].patience: it is for a phase that lasts until its best epoch; add \"until\": \"best\""
    )]
    [InlineData(
        "[{\"until\": \"best\", \"patience\": 0, \"train\": [\"encoder\"]}]",
        "phases[0].patience: a whole number of 1 or more"
    )]
    [InlineData(
        "[{\"until\": \"best\", \"train\": [\"encoder\"]}]",
        "is the last and lasts until its best epoch; leave that out"
    )]
    [InlineData(
        "[{\"until\": \"best\", \"epochs\": 2, \"train\": [\"encoder\"]}, {\"train\": [\"dense\"]}]",
        "has a number of epochs and lasts until its best one; leave one of the two out"
    )]
    [InlineData(
        "[{\"until\": \"best\", \"train\": [\"encoder\"]}, {\"epochs\": 2, \"train\": [\"dense\"]}]",
        "The last phase of the schedule custom has a number of epochs, after one that lasts until its best epoch"
    )]
    [InlineData(
        "{\"phases\": [{\"train\": [\"encoder\", \"embeding\"]}]}",
        "phases[0].train[1]: there is no group 'embeding'; did you mean 'embedding'?"
    )]
    [InlineData(
        "{\"phases\": [{\"train\": []}]}",
        "Phase 1 of the schedule custom trains nothing; name at least one of embedding, encoder, dense"
    )]
    [InlineData("[{\"epochs\": 2}]", "phases[0]: it does not say what trains")]
    [InlineData(
        "[{\"train\": [\"encoder\"]}, {\"train\": [\"dense\"]}]",
        "Phase 1 of the schedule custom has no number of epochs"
    )]
    [InlineData(
        "[{\"train\": [\"encoder\"], \"rate\": {}}]",
        "phases[0]: there is no key 'rate'; did you mean 'rates'?"
    )]
    [InlineData(
        "[{\"train\": [\"encoder\"], \"rates\": {\"dense\": 2}}]",
        "has a rate for dense and does not train it"
    )]
    [InlineData("[{\"train\": [\"encoder\"], \"pull\": 0.1}]", "has an anchor and does not train the word vectors")]
    [InlineData("[{\"train\": [\"embedding\"], \"rows\": {\"sen\": 5}}]", "did you mean 'seen'?")]
    [InlineData(
        "[{\"train\": [\"embedding\"], \"rows\": {\"top\": 0}}]",
        "phases[0].rows.top: a whole number of 1 or more is expected, not 0"
    )]
    [InlineData("[{\"train\": [\"encoder\"], \"epochs\": 2.5}]", "phases[0].epochs: a whole number")]
    [InlineData("[{\"train\": [\"encoder\"], \"train\": [\"dense\"]}]", "the key 'train' stands there twice")]
    [InlineData("{\"phase\": []}", "did you mean 'phases'?")]
    [InlineData("[{\"train\": [\"encoder\"}]", "no JSON at line 1")]
    [InlineData("[]", "has no phase")]
    public void What_is_no_schedule_is_refused_with_the_remedy(string text, string said) =>
        Assert.Contains(
            said,
            Assert.ThrowsAny<ArgumentException>(() => ThawSchedule.Parse(text)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_thaw_after_the_last_epoch_is_refused()
    {
        var options = new TrainingOptions { Epochs = 8, Schedule = ThawSchedule.ThawAll(9) };
        var error = Assert.Throws<ArgumentException>(() => options.Validate(2, hasValidation: true));
        Assert.Contains("thaws in epoch 9 and training has 8", error.Message, StringComparison.Ordinal);
        (options with { Epochs = 9 }).Validate(2, hasValidation: true);
    }
}
