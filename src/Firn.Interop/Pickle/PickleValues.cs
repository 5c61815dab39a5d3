namespace Firn.Interop.Pickle;

/// <summary>
/// A name that a pickle mentions, such as <c>numpy.ndarray</c>. It is a name and no more: nothing is looked up or
/// called by it.
/// </summary>
/// <param name="Module">Module as written.</param>
/// <param name="Name">Name within it, with dots where it is nested.</param>
public sealed record PickleGlobal(string Module, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>
/// An object as a pickle describes it: what would be called, with which arguments, and the state it would be given. It
/// is never made.
/// </summary>
/// <param name="type">What would be called.</param>
/// <param name="arguments">Its arguments.</param>
public sealed class PickleObject(object? type, object?[] arguments)
{
    // Made when they are asked for: a damaged file can hold an object in every byte or two.
    private List<object?>? _items;
    private PickleDict? _entries;

    /// <summary>What would be called: a <see cref="PickleGlobal"/> in every file that Python writes.</summary>
    public object? Type { get; } = type;

    /// <summary>The arguments it would be called with.</summary>
    public IReadOnlyList<object?> Arguments { get; } = arguments;

    /// <summary>What <c>__setstate__</c> would be given, or the object's attributes; null for none.</summary>
    public object? State { get; internal set; }

    /// <summary>Items that would be appended: of a subclass of list.</summary>
    public IList<object?> Items => _items ??= [];

    /// <summary>Items that would be set: of a subclass of dict, such as OrderedDict.</summary>
    public PickleDict Entries => _entries ??= new PickleDict();

    /// <summary>The class, as <c>module.Name</c>.</summary>
    public string TypeName => Type?.ToString() ?? "None";

    /// <summary>An attribute of the state, where that is a dictionary.</summary>
    public bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return State switch
        {
            PickleDict attributes => attributes.TryGet(name, out value),
            object?[] { Length: 2 } both => (both[1] is PickleDict slots && slots.TryGet(name, out value))
                || (both[0] is PickleDict own && own.TryGet(name, out value)),
            _ => false,
        };
    }
}

/// <summary>A Python dict, in its order.</summary>
public sealed class PickleDict
{
    private Dictionary<string, int>? _byName;
    private List<KeyValuePair<object?, object?>>? _entries;

    /// <summary>The entries, in the order in which they were set.</summary>
    public IReadOnlyList<KeyValuePair<object?, object?>> Entries =>
        _entries ?? (IReadOnlyList<KeyValuePair<object?, object?>>)[];

    /// <summary>The value of a key that is a string.</summary>
    public bool TryGet(string key, out object? value)
    {
        value = null;
        if (_byName is null || !_byName.TryGetValue(key, out int at))
            return false;
        value = _entries![at].Value;
        return true;
    }

    internal void Set(object? key, object? value)
    {
        _entries ??= [];
        if (key is string name)
        {
            _byName ??= new Dictionary<string, int>(StringComparer.Ordinal);
            if (_byName.TryGetValue(name, out int at))
            {
                _entries[at] = new KeyValuePair<object?, object?>(key, value);
                return;
            }
            _byName.Add(name, _entries.Count);
        }
        _entries.Add(new KeyValuePair<object?, object?>(key, value));
    }
}

/// <summary>A Python set or frozenset.</summary>
/// <param name="Items">Its items as they came.</param>
public sealed record PickleSet(IList<object?> Items);
