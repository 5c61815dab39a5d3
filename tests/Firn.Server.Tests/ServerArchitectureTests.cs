using Firn.Tests;

namespace Firn.Server.Tests;

public class ServerArchitectureTests
{
    [Fact]
    public void No_namespaces_know_each_other_in_circles()
    {
        NamespaceGraph graph = NamespaceGraph.Of(typeof(FirnServer).Assembly);
        Assert.True(graph.Edges.Count > 30, $"only {graph.Edges.Count} edges were found");
        Assert.Empty(graph.Cycles().Select(circle => string.Join(' ', circle)));
    }
}
