using System.Runtime.CompilerServices;

namespace Firn.Server.Tests;

/// <summary>Tests block threads at gates and in synchronous calls; the pool must not be starved by that.</summary>
internal static class Threads
{
    [ModuleInitializer]
    public static void Reserve() => ThreadPool.SetMinThreads(64, 64);
}
