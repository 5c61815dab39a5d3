namespace Firn.Interop.Hdf5;

/// <summary>
/// Reads HDF5 files as h5py and Keras write them (HDF5 File Format Specification 3.0): superblocks 0 to 3, both forms
/// of object headers, groups in trees and in messages, attributes of texts, arrays in one piece or in deflated pieces.
/// What the newest libraries write on request only is refused by name. Small on purpose: a damaged or hostile file
/// costs no more memory and time than its length, and no other file is ever opened by a name in it.
/// </summary>
internal sealed class Hdf5File : IDisposable
{
    private const int FirstSize = 96;
    private readonly Dictionary<ulong, Hdf5Object> _objects = [];

    private Hdf5File(Hdf5Input input)
    {
        Input = input;
        Heap = new Hdf5Heap(input);
        Root = new Hdf5Group(this, Object(ReadStart(input)));
    }

    /// <summary>How every file begins.</summary>
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    public Hdf5Input Input { get; }

    public Hdf5Heap Heap { get; }

    public Hdf5Group Root { get; }

    /// <summary>Opens a file; the input is disposed of with it, also where it cannot be opened.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or damaged.</exception>
    public static Hdf5File Open(Hdf5Input input)
    {
        try
        {
            return new Hdf5File(input);
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    public Hdf5Object Object(ulong address)
    {
        if (!_objects.TryGetValue(address, out Hdf5Object? header))
            _objects.Add(address, header = Hdf5Object.Read(Input, address));
        return header;
    }

    public void Dispose() => Input.Dispose();

    /// <summary>Reads the superblock, which says where the root group is.</summary>
    private static ulong ReadStart(Hdf5Input input)
    {
        byte[] bytes = input.Describing(0, (ulong)Math.Min(FirstSize, input.Length), "the start of the file");
        var fields = new Hdf5Cursor(bytes, input, 0);
        fields.Expect(Signature, "the start of an HDF5 file");
        int version = fields.Byte();
        bool old = version <= 1;
        if (version > 3)
            throw input.Unsupported(8, $"the file has version {version} of HDF5");
        fields.Skip(old ? 4 : 0);
        int offsets = fields.Byte(),
            lengths = fields.Byte();
        if (offsets != 8 || lengths != 8)
            throw input.Unsupported(9, $"addresses have {offsets} bytes and lengths {lengths}");
        fields.Skip(old ? 9 + (version == 1 ? 4 : 0) : 1);
        ulong start = fields.UInt64();
        fields.Skip(8);
        ulong end = fields.UInt64();
        if (start != 0)
            throw input.Unsupported(0, "a user block stands before the file");
        if (end > (ulong)input.Length)
        {
            throw new InvalidDataException(
                $"{input.Path}: byte {input.Length}: the file ends here and should have "
                    + $"{end} bytes. It was cut short; fetch it again."
            );
        }
        fields.Skip(old ? 16 : 0); // the driver's block and the root's name
        return fields.UInt64();
    }
}
