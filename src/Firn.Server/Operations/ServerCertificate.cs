using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Firn.Server.Operations;

/// <summary>
/// The certificate that Kestrel's configuration names by a file (<c>Kestrel:Certificates:Default</c>), with its chain.
/// Kestrel reads it once; this one is read again when the file changes.
/// </summary>
internal static class ServerCertificate
{
    private const string Section = "Kestrel:Certificates:Default";

    /// <summary>The certificate under watch; null where the configuration names no file (a store, or none).</summary>
    /// <exception cref="InvalidDataException">The files hold no certificate with its private key.</exception>
    public static WatchedFile<SslStreamCertificateContext>? Watch(IConfiguration configuration)
    {
        IConfigurationSection section = configuration.GetSection(Section);
        if (section["Path"] is not { Length: > 0 } path)
            return null;
        string? key = section["KeyPath"],
            password = section["Password"];
        path = Path.GetFullPath(path, AppContext.BaseDirectory);
        string[] files = string.IsNullOrEmpty(key) ? [path] : [path, Path.GetFullPath(key, AppContext.BaseDirectory)];
        return new WatchedFile<SslStreamCertificateContext>(files, contents => Make(files, contents, password));
    }

    private static SslStreamCertificateContext Make(string[] files, byte[][] contents, string? password)
    {
        try
        {
            bool pem = contents.Length > 1 || contents[0].AsSpan().IndexOf("-----BEGIN"u8) >= 0;
            X509Certificate2Collection chain = [];
            X509Certificate2 own;
            if (pem)
            {
                string certificates = Encoding.UTF8.GetString(contents[0]),
                    key = Encoding.UTF8.GetString(contents[^1]);
                own = key.Contains("ENCRYPTED PRIVATE KEY", StringComparison.Ordinal)
                    ? X509Certificate2.CreateFromEncryptedPem(certificates, key, password)
                    : X509Certificate2.CreateFromPem(certificates, key);
                chain.ImportFromPem(certificates);
            }
            else
            {
                chain = X509CertificateLoader.LoadPkcs12Collection(contents[0], password);
                own =
                    chain.FirstOrDefault(c => c.HasPrivateKey)
                    ?? throw new CryptographicException("there is no private key in it");
            }
            if (OperatingSystem.IsWindows())
                // its TLS wants a key of the system's own
                own = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
            return SslStreamCertificateContext.Create(own, chain, offline: true);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{string.Join(" and ", files)}: no certificate with its private key: {error.Message.TrimEnd('.')}. "
                    + $"Expected PEM (Path and KeyPath) or PKCS #12 (Path and Password).",
                error
            );
        }
    }
}
