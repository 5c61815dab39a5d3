using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Firn.Interop.Gensim;
using Firn.Interop.Pickle;
using Firn.Tests.Vectors.Fuzzing;

namespace Firn.Tests.Interop;

/// <summary>
/// A pickle is a program; here it is data. Nothing that it names is looked up, and nothing of it is run.
/// </summary>
public sealed class PickleSafetyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-pickle-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pickle_that_would_make_a_file_makes_none()
    {
        string canary = Path.Combine(_folder, "canary");
        int read = 0;
        foreach ((string name, byte[] bytes) in HostilePickles.All(canary))
        {
            string path = Path.Combine(_folder, "hostile.pkl");
            File.WriteAllBytes(path, bytes);
            object? value = PickleReader.Read(path);
            Assert.True(value is PickleObject, name);
            Assert.Contains(name[..name.IndexOf(',', StringComparison.Ordinal)], Names((PickleObject)value!));
            Assert.Throws<InvalidDataException>(() => GensimVectors.Load(path));
            GensimVectors.IsModel(path);
            Assert.False(File.Exists(canary), name);
            read++;
        }
        Assert.True(read > 50, "the list of hostile pickles is short");
    }

    /// <summary>
    /// No name out of a pickle can become a type, a method or a process: the compiled library refers to none of the
    /// means.
    /// </summary>
    [Fact]
    public void The_library_has_no_means_to_look_a_name_up()
    {
        string[] used = [.. References(typeof(PickleReader).Assembly.Location)];
        Assert.Contains("Firn.Files.InputFile.Open", used); // the list is read as it should be
        Assert.All(used, name => Assert.False(IsMeans(name), $"Firn.Interop refers to {name}"));
        // and it tells what is forbidden
        Assert.Contains(References(typeof(PickleSafetyTests).Assembly.Location), IsMeans);
    }

    private static bool IsMeans(string name) =>
        (
            name.StartsWith("System.Type.", StringComparison.Ordinal)
            && name is not ("System.Type.GetTypeFromHandle" or "System.Type.op_Equality")
        )
        || name.StartsWith("System.Activator.", StringComparison.Ordinal)
        || name.StartsWith("System.Diagnostics.Process.", StringComparison.Ordinal)
        || name.StartsWith("System.Runtime.Loader.", StringComparison.Ordinal)
        || name.StartsWith("System.Runtime.Serialization.", StringComparison.Ordinal)
        || name.StartsWith("System.Runtime.InteropServices.NativeLibrary.", StringComparison.Ordinal)
        || (
            name.StartsWith("System.Reflection.", StringComparison.Ordinal)
            && !name.EndsWith("Attribute..ctor", StringComparison.Ordinal)
        );

    /// <summary>Every member of another library that a library refers to.</summary>
    private static IEnumerable<string> References(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        MetadataReader metadata = file.GetMetadataReader();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue; // of a generic type, or an array
            TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            yield return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}."
                + $"{metadata.GetString(member.Name)}";
        }
    }

    /// <summary>The names of all that a described object, or an attribute of it, would call.</summary>
    private static IEnumerable<string> Names(PickleObject described) =>
        (described.State as PickleDict)
            ?.Entries.Select(entry => entry.Value)
            .OfType<PickleObject>()
            .SelectMany(Names)
            .Append(described.TypeName)
        ?? [described.TypeName];
}
