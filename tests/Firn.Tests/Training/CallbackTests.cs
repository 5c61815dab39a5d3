using Firn.Training;

namespace Firn.Tests.Training;

public class CallbackTests
{
    [Fact]
    public void Rate_falls_after_patience_epochs_without_improvement()
    {
        // Keras 2.11, ReduceLROnPlateau(patience=2, factor=0.1, min_delta=1e-4): epochs 3 and 4 bring less than 1e-4.
        double[] rates = Rates(new() { Patience = 2 }, 0.5, 0.4, 0.39995, 0.39991, 0.3, 0.3, 0.3, 0.3);
        Assert.Equal([1, 1, 1, 0.1, 0.1, 0.1, 0.01, 0.01], rates.Select(r => Math.Round(r, 9)));
    }

    [Fact]
    public void Cooldown_suspends_the_watch()
    {
        // Keras counts the cooldown down before it looks, so a cooldown of 2 forgives one further epoch.
        double[] rates = Rates(new() { Patience = 1, Cooldown = 2 }, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
        Assert.Equal([1, 0.1, 0.1, 0.01, 0.01, 0.001], rates.Select(r => Math.Round(r, 9)));
    }

    [Fact]
    public void Rate_stops_at_its_floor()
    {
        double[] rates = Rates(new() { Patience = 1, MinRate = 0.05 }, 0.5, 0.5, 0.5, 0.5);
        Assert.Equal([1, 0.1, 0.05, 0.05], rates.Select(r => Math.Round(r, 9)));
    }

    [Fact]
    public void Rate_watches_accuracy_upwards()
    {
        var watcher = new ReduceLearningRate(new() { Monitor = Monitored.ValidationAccuracy, Patience = 1 }, 1);
        watcher.OnEpoch(Epoch(1, accuracy: 0.7));
        watcher.OnEpoch(Epoch(2, accuracy: 0.8));
        Assert.Equal(1, watcher.Rate);
        watcher.OnEpoch(Epoch(3, accuracy: 0.6));
        Assert.Equal(0.1, watcher.Rate, 1e-12);
    }

    [Fact]
    public void Early_stopping_waits_for_patience_and_ignores_small_gains()
    {
        var stopping = new EarlyStopping(
            new()
            {
                Monitor = Monitored.ValidationAccuracy,
                MinDelta = 1e-4,
                Patience = 2,
            }
        );
        bool[] stops =
        [
            .. new[] { 0.70, 0.71, 0.71005, 0.7101, 0.70 }.Select(
                (a, i) => stopping.OnEpoch(Epoch(i + 1, accuracy: a))
            ),
        ];
        Assert.Equal([false, false, false, true, true], stops);
    }

    [Fact]
    public void Early_stopping_never_stops_after_the_first_epoch()
    {
        var stopping = new EarlyStopping(new() { Patience = 0 });
        Assert.False(stopping.OnEpoch(Epoch(1, loss: double.NaN)));
        Assert.True(stopping.OnEpoch(Epoch(2, loss: double.NaN)));
    }

    [Theory]
    [InlineData("val_accuracy", Monitored.ValidationAccuracy)]
    [InlineData("val_loss", Monitored.ValidationLoss)]
    [InlineData("loss", Monitored.Loss)]
    [InlineData("accuracy", Monitored.Accuracy)]
    public void Monitor_names_are_those_of_Keras(string name, Monitored figure)
    {
        Assert.Equal(figure, MonitoredNames.Parse(name));
        Assert.Equal(name, MonitoredNames.NameOf(figure));
    }

    [Fact]
    public void The_notebooks_misspelt_monitor_is_an_error_that_names_the_right_one()
    {
        var error = Assert.Throws<ArgumentException>(() => MonitoredNames.Parse("val_acc"));
        Assert.Contains("did you mean val_accuracy?", error.Message, StringComparison.Ordinal);
    }

    private static double[] Rates(ReduceLearningRateOptions options, params double[] losses)
    {
        var watcher = new ReduceLearningRate(options, 1);
        return
        [
            .. losses.Select(
                (loss, i) =>
                {
                    watcher.OnEpoch(Epoch(i + 1, loss));
                    return watcher.Rate;
                }
            ),
        ];
    }

    private static EpochRecord Epoch(int epoch, double loss = 0, double accuracy = 0) =>
        new(epoch, 9, 0, loss, accuracy, 1, 1, 1);
}
