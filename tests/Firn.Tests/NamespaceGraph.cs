using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Firn.Tests;

/// <summary>
/// Which namespaces of a compiled library know which: by base types, members, attributes and the code of methods. The
/// compiler's own helper types count as the type that they stand in.
/// </summary>
internal sealed class NamespaceGraph
{
    private static readonly Dictionary<int, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => (int)(ushort)code.Value);

    private readonly MetadataReader _metadata;
    private readonly Dictionary<(string From, string To), SortedSet<string>> _edges = [];

    private NamespaceGraph(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        _metadata = file.GetMetadataReader();
        foreach (TypeDefinitionHandle handle in _metadata.TypeDefinitions)
            Read(file, handle);
    }

    /// <summary>Each edge with the types on its near side that make it.</summary>
    public IReadOnlyDictionary<(string From, string To), SortedSet<string>> Edges => _edges;

    public static NamespaceGraph Of(Assembly assembly) => new(assembly.Location);

    /// <summary>Groups of namespaces that know each other in circles.</summary>
    public IReadOnlyList<string[]> Cycles()
    {
        string[] nodes =
        [
            .. _edges.Keys.SelectMany(e => new[] { e.From, e.To }).Distinct().Order(StringComparer.Ordinal),
        ];
        Dictionary<string, HashSet<string>> reached = nodes.ToDictionary(n => n, Reached);
        return
        [
            .. nodes
                .Where(n => reached[n].Contains(n))
                .GroupBy(n =>
                    string.Join(' ', nodes.Where(o => o == n || (reached[n].Contains(o) && reached[o].Contains(n))))
                )
                .Select(group => group.ToArray()),
        ];
    }

    private HashSet<string> Reached(string from)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([from]);
        while (open.TryPop(out string? at))
        {
            foreach ((string start, string to) in _edges.Keys)
            {
                if (start == at && seen.Add(to))
                    open.Push(to);
            }
        }
        return seen;
    }

    private void Read(PEReader file, TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        (string from, string name) = PlaceOf(handle);
        Note(from, name, type.BaseType);
        foreach (InterfaceImplementationHandle i in type.GetInterfaceImplementations())
            Note(from, name, _metadata.GetInterfaceImplementation(i).Interface);
        foreach (FieldDefinitionHandle f in type.GetFields())
            NoteBlob(from, name, _metadata.GetFieldDefinition(f).Signature);
        foreach (MethodDefinitionHandle m in type.GetMethods())
        {
            MethodDefinition method = _metadata.GetMethodDefinition(m);
            NoteBlob(from, name, method.Signature);
            if (method.RelativeVirtualAddress == 0)
                continue;
            MethodBodyBlock body = file.GetMethodBody(method.RelativeVirtualAddress);
            if (!body.LocalSignature.IsNil)
                NoteBlob(from, name, _metadata.GetStandaloneSignature(body.LocalSignature).Signature);
            foreach (int token in Tokens(body.GetILReader()))
                Note(from, name, MetadataTokens.EntityHandle(token));
        }
    }

    private static List<int> Tokens(BlobReader code)
    {
        var tokens = new List<int>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            OpCode operation = OpCodesByValue[value == 0xFE ? 0xFE00 | code.ReadByte() : value];
            switch (operation.OperandType)
            {
                case OperandType.InlineMethod
                or OperandType.InlineField
                or OperandType.InlineType
                or OperandType.InlineTok:
                    tokens.Add(code.ReadInt32());
                    break;
                case OperandType.InlineSwitch:
                    int cases = code.ReadInt32();
                    code.Offset += 4 * cases;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }
        return tokens;
    }

    private void Note(string from, string name, EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                string to = PlaceOf((TypeDefinitionHandle)handle).Namespace;
                if (to != from && to.Length > 0 && from.Length > 0)
                {
                    if (!_edges.TryGetValue((from, to), out SortedSet<string>? types))
                        _edges[(from, to)] = types = new SortedSet<string>(StringComparer.Ordinal);
                    types.Add($"{name} -> {PlaceOf((TypeDefinitionHandle)handle).Name}");
                }
                break;
            case HandleKind.MethodDefinition:
                Note(from, name, _metadata.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Note(from, name, _metadata.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Note(from, name, _metadata.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                MethodSpecification instance = _metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                Note(from, name, instance.Method);
                NoteBlob(from, name, instance.Signature);
                break;
            case HandleKind.TypeSpecification:
                var provider = new Names();
                _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(provider, null);
                Note(from, name, provider);
                break;
        }
    }

    /// <summary>
    /// The types that a signature of a member, of locals or of an instance of a generic method names.
    /// </summary>
    private void NoteBlob(string from, string name, BlobHandle signature)
    {
        var provider = new Names();
        BlobReader reader = _metadata.GetBlobReader(signature);
        var decoder = new SignatureDecoder<object?, object?>(provider, _metadata, null);
        SignatureHeader header = _metadata.GetBlobReader(signature).ReadSignatureHeader();
        switch (header.Kind)
        {
            case SignatureKind.Field:
                decoder.DecodeFieldSignature(ref reader);
                break;
            case SignatureKind.Method or SignatureKind.Property:
                decoder.DecodeMethodSignature(ref reader);
                break;
            case SignatureKind.LocalVariables:
                decoder.DecodeLocalSignature(ref reader);
                break;
            case SignatureKind.MethodSpecification:
                decoder.DecodeMethodSpecificationSignature(ref reader);
                break;
        }
        Note(from, name, provider);
    }

    private void Note(string from, string name, Names provider)
    {
        foreach (TypeDefinitionHandle type in provider.Found)
            Note(from, name, type);
    }

    private (string Namespace, string Name) PlaceOf(TypeDefinitionHandle handle)
    {
        TypeDefinition type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return (_metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    /// <summary>Collects the types of a signature.</summary>
    private sealed class Names : ISignatureTypeProvider<object?, object?>
    {
        public List<TypeDefinitionHandle> Found { get; } = [];

        public object? GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
        {
            Found.Add(handle);
            return null;
        }

        public object? GetTypeFromSpecification(
            MetadataReader reader,
            object? genericContext,
            TypeSpecificationHandle handle,
            byte rawTypeKind
        ) => reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        public object? GetArrayType(object? elementType, ArrayShape shape) => null;

        public object? GetByReferenceType(object? elementType) => null;

        public object? GetFunctionPointerType(MethodSignature<object?> signature) => null;

        public object? GetGenericInstantiation(
            object? genericType,
            System.Collections.Immutable.ImmutableArray<object?> typeArguments
        ) => null;

        public object? GetGenericMethodParameter(object? genericContext, int index) => null;

        public object? GetGenericTypeParameter(object? genericContext, int index) => null;

        public object? GetModifiedType(object? modifier, object? unmodifiedType, bool isRequired) => null;

        public object? GetPinnedType(object? elementType) => null;

        public object? GetPointerType(object? elementType) => null;

        public object? GetPrimitiveType(PrimitiveTypeCode typeCode) => null;

        public object? GetSZArrayType(object? elementType) => null;

        public object? GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            null;
    }
}
