using System.Security.Cryptography;
using System.Text;

namespace Firn.Data;

/// <summary>Hash of labeled rows in order; see <see cref="Data.DataSource"/>.</summary>
internal sealed class RowHash : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _bytes = new byte[1024];

    public void Add(LabeledText row)
    {
        int needed =
            Encoding.UTF8.GetMaxByteCount(row.Label.Length) + Encoding.UTF8.GetMaxByteCount(row.Text.Length) + 2;
        if (_bytes.Length < needed)
            _bytes = new byte[2 * needed];
        int length = Encoding.UTF8.GetBytes(row.Label, _bytes);
        _bytes[length++] = 0;
        length += Encoding.UTF8.GetBytes(row.Text, _bytes.AsSpan(length));
        _bytes[length++] = (byte)'\n';
        _hash.AppendData(_bytes, 0, length);
    }

    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
