using PublicApiGenerator;

namespace Firn.Tests;

/// <summary>
/// Freezes the public surface of Firn in <c>PublicApi.approved.txt</c>. After a change that is meant, write the file
/// anew and look at its difference: <c>FIRN_APPROVE=1 ./test -class Firn.Tests.PublicApiTests</c>.
/// </summary>
public class PublicApiTests
{
    [Fact]
    public void Public_surface_is_the_approved_one()
    {
        string approved = Path.Combine(Repository.Root(), "tests", "Firn.Tests", "PublicApi.approved.txt");
        string current = typeof(Predictor)
            .Assembly.GeneratePublicApi(
                new ApiGeneratorOptions
                {
                    IncludeAssemblyAttributes = false,
                    ExcludeAttributes = ["System.Runtime.CompilerServices.CompilerGeneratedAttribute"],
                }
            )
            .ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("FIRN_APPROVE") == "1")
            File.WriteAllText(approved, current);
        string[] expected = File.Exists(approved)
            ? File.ReadAllText(approved).ReplaceLineEndings("\n").Split('\n')
            : [];
        string[] found = current.Split('\n');
        int line = Enumerable
            .Range(0, Math.Max(expected.Length, found.Length))
            .FirstOrDefault(i => i >= expected.Length || i >= found.Length || expected[i] != found[i], -1);
        Assert.True(
            line < 0,
            $"The public surface differs from {Path.GetFileName(approved)} at line {line + 1}: "
                + $"'{(line < found.Length ? found[Math.Max(line, 0)].Trim() : "end")}'. If it is meant: "
                + $"FIRN_APPROVE=1 ./test -class Firn.Tests.PublicApiTests"
        );
    }
}
