using System.Diagnostics;
using System.Globalization;
using Firn.Kernels;

namespace Firn.Recipes;

/// <summary>Tells an observer of stages and keeps how long each took.</summary>
internal sealed class StageClock(IRecipeObserver? observer)
{
    private readonly Dictionary<RecipeStage, double> _seconds = [];
    private long _begun,
        _told;
    private RecipeStage _stage;

    public IReadOnlyDictionary<RecipeStage, double> Seconds => _seconds;

    /// <summary>Begins a stage; what the one before has dropped goes back to the machine.</summary>
    public void Begin(RecipeStage stage)
    {
        Trim();
        _stage = stage;
        _begun = _told = Stopwatch.GetTimestamp();
        observer?.OnStage(stage);
    }

    /// <summary>Reports, at most twenty times a second; the words are made only when they are told.</summary>
    public void Tell(double? fraction, Func<FormattableString> detail)
    {
        if (observer is null || Stopwatch.GetElapsedTime(_told).TotalMilliseconds < 50)
            return;
        _told = Stopwatch.GetTimestamp();
        observer.OnProgress(new RecipeProgress(_stage, fraction, detail().ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>After the last stage.</summary>
    public static void Trim() => Heap.Trim();

    public void End(InvariantText summary)
    {
        double seconds = Stopwatch.GetElapsedTime(_begun).TotalSeconds;
        _seconds[_stage] = seconds;
        observer?.OnStageDone(_stage, summary.ToStringAndClear(), seconds);
    }
}
