using Firn.Training;

namespace Firn.Tests.Training;

public class TrainingOptionsTests
{
    public static TheoryData<string, TrainingOptions> Refused() =>
        new()
        {
            {
                "Epochs",
                new() { Epochs = 0 }
            },
            {
                "BatchSize",
                new() { BatchSize = 0 }
            },
            {
                "learning rate",
                new() { LearningRate = 0 }
            },
            {
                "learning rate",
                new() { LearningRate = double.NaN }
            },
            {
                "gradients' norm",
                new() { ClipNorm = -1 }
            },
            {
                "Threads",
                new() { Threads = -1 }
            },
            {
                "ClassWeights",
                new() { ClassWeights = [1, 1, 1] }
            },
            {
                "class weight",
                new() { ClassWeights = [1, 0] }
            },
            {
                "patience of early stopping",
                new() { EarlyStopping = new() { Patience = -1 } }
            },
            {
                "factor",
                new() { ReduceLearningRate = new() { Factor = 1 } }
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Values_out_of_range_are_refused_by_name(string name, TrainingOptions options) =>
        Assert.Contains(
            name,
            Assert.ThrowsAny<ArgumentException>(() => options.Validate(2, true)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Watching_validation_without_validation_texts_is_refused()
    {
        var options = new TrainingOptions { EarlyStopping = new() { Monitor = Monitored.ValidationAccuracy } };
        var error = Assert.Throws<ArgumentException>(() => options.Validate(2, hasValidation: false));
        Assert.Contains(
            "watches val_accuracy and there are no validation texts",
            error.Message,
            StringComparison.Ordinal
        );
        options.Validate(2, hasValidation: true);
        (options with { EarlyStopping = new() { Monitor = Monitored.Loss } }).Validate(2, hasValidation: false);
    }
}
