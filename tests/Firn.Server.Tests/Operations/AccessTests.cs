using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Firn.Server.Operations;
using Firn.Server.Wire.OpenInference;
using Firn.Server.Wire.Serving;
using Grpc.Core;

namespace Firn.Server.Tests.Operations;

public sealed class AccessTests : IDisposable
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Body = "{\"instances\":[\"good day\"]}";
    private readonly TestModels _models = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("firn-keys-").FullName;
    private readonly string _file;

    public AccessTests()
    {
        _models.Add(TestModels.Make(1), 1);
        _file = Path.Combine(_folder, "keys");
    }

    public void Dispose()
    {
        _models.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task OnlyAnAdminChangesWhatIsServed()
    {
        string client = Key("client", null),
            admin = Key("ops", ApiRoles.Admin);
        await using RunningServer server = await StartAsync();
        var service = new ModelService.ModelServiceClient(server.Channel);
        var repository = new GRPCInferenceService.GRPCInferenceServiceClient(server.Channel);
        Metadata asClient = new() { { "x-api-key", client } },
            asAdmin = new() { { "x-api-key", admin } };
        var reload = new ReloadConfigRequest
        {
            Config = new ModelServerConfig { ModelConfigList = new ModelConfigList() },
        };
        var unload = new RepositoryModelUnloadRequest { ModelName = "tweets" };
        Assert.Equal(
            StatusCode.PermissionDenied,
            Assert.Throws<RpcException>(() => service.HandleReloadConfigRequest(reload, asClient)).StatusCode
        );
        Assert.Equal(
            StatusCode.Unauthenticated,
            Assert.Throws<RpcException>(() => service.HandleReloadConfigRequest(reload)).StatusCode
        );
        Assert.Equal(
            StatusCode.PermissionDenied,
            Assert.Throws<RpcException>(() => repository.RepositoryModelUnload(unload, asClient)).StatusCode
        );
        foreach (
            string path in new[]
            {
                "/v2/repository/index",
                "/v2//repository/index",
                "/v2/repository/models/tweets/unload",
                "/v2/repository/models/tweets/load/",
            }
        )
        {
            Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(server, path, client));
            Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, path, null));
        }
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, client, Body));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, admin, Body));

        Assert.Single(repository.RepositoryIndex(new RepositoryIndexRequest(), asAdmin).Models);
        repository.RepositoryModelUnload(unload, asAdmin);
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(server, Predict, client, Body));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, "/v2/repository/models/tweets/load", admin));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, client, Body));
        string metrics = await server.GetAsync("/metrics");
        Assert.Contains("firn_refused_total{code=\"403\",key=\"client\"} 6\n", metrics, StringComparison.Ordinal);
        Assert.Contains("firn_refused_total{code=\"401\",key=\"\"} 5\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetricsAreOpenUntilAKeyIsForThem()
    {
        string client = Key("client", null);
        await using RunningServer server = await StartAsync();
        Assert.Contains("firn_", await server.GetAsync("/metrics"), StringComparison.Ordinal);
        string prometheus = Key("prometheus", ApiRoles.Metrics);
        await RunningServer.UntilAsync(
            () => Status(server, "/metrics", null) == HttpStatusCode.Unauthorized,
            "the new file of keys"
        );
        Assert.Equal(HttpStatusCode.OK, Status(server, "/monitoring/prometheus/metrics", prometheus));
        Assert.Equal(HttpStatusCode.Forbidden, Status(server, "/monitoring/prometheus/metrics", client));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(server, Predict, prometheus, Body));
        Assert.Equal(HttpStatusCode.OK, Status(server, "/readyz", null));
    }

    [Fact]
    public async Task AChangedFileOfKeysCountsAndABrokenOneDoesNot()
    {
        string old = Key("old", null);
        DateTime time = File.GetLastWriteTimeUtc(_file);
        await using RunningServer server = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, old, Body));
        await File.WriteAllTextAsync(_file, "name without a hash\n", TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, old, Body));
        File.Delete(_file);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(server, Predict, old, Body));
        // Another key of the same length, with the time that the file had before.
        string fresh = Key("new", null);
        File.SetLastWriteTimeUtc(_file, time);
        await RunningServer.UntilAsync(
            async () => await PostAsync(server, Predict, fresh, Body) == HttpStatusCode.OK,
            "the new key"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(server, Predict, old, Body));
    }

    [Theory]
    [InlineData("a HASH root\n", "line 1: 'root' is no role")]
    [InlineData(
        "# one\n\na HASH predict,metrics\nb HASH admin\n",
        "line 4: this key stands in the file already, as 'a'"
    )]
    [InlineData("a HASH predict admin\n", "line 1: expected")]
    [InlineData("a 00\n", "line 1: expected")]
    public void ALineThatIsNoKeyIsNamed(string content, string part)
    {
        File.WriteAllText(_file, content.Replace("HASH", new string('0', 64), StringComparison.Ordinal));
        Assert.Contains(
            part,
            Assert.Throws<InvalidDataException>(() => ApiKeys.Load(_file)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void AFileWithoutRolesIsAsItWas()
    {
        (string key, string line) = ApiKeys.Create("tester");
        File.WriteAllText(_file, string.Join(' ', line.Split(' ')[..2]) + "\r\n");
        Assert.Equal(new ApiKey("tester", ApiRoles.Predict), ApiKeys.Load(_file).Find(key));
        (key, line) = ApiKeys.Create("ops", ApiRoles.Metrics | ApiRoles.Admin);
        Assert.EndsWith(" metrics,admin", line, StringComparison.Ordinal);
        File.WriteAllText(_file, line);
        Assert.True(ApiKeys.Load(_file).Find(key)!.May(ApiRoles.Predict));
    }

    [Fact]
    public async Task ForwardedAddressesAreBelievedFromNamedProxiesOnly()
    {
        async Task<int> RefusedAsync(params IPNetwork[] proxies)
        {
            await using RunningServer server = await RunningServer.StartAsync(
                _models.Root,
                s => s with { RateLimit = 2, TrustedProxies = proxies }
            );
            int refused = 0;
            for (int i = 0; i < 8; i++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, Predict)
                {
                    Content = new StringContent(Body),
                };
                request.Headers.Add("X-Forwarded-For", $"198.51.100.{i}");
                using HttpResponseMessage answer = await server.Http.SendAsync(
                    request,
                    TestContext.Current.CancellationToken
                );
                refused += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
            }
            return refused;
        }
        Assert.True(await RefusedAsync() > 0);
        Assert.True(await RefusedAsync(IPNetwork.Parse("10.0.0.0/8")) > 0);
        Assert.Equal(0, await RefusedAsync(IPNetwork.Parse("127.0.0.0/8")));
    }

    [Fact]
    public async Task PagesOfNamedOriginsMayCallAndOthersMayNot()
    {
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { CorsOrigins = ["https://app.example.org"] }
        );
        async Task<HttpResponseMessage> PreflightAsync(string origin)
        {
            using var request = new HttpRequestMessage(HttpMethod.Options, Predict);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Method", "POST");
            request.Headers.Add("Access-Control-Request-Headers", "content-type");
            return await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }
        using HttpResponseMessage ours = await PreflightAsync("https://app.example.org"),
            theirs = await PreflightAsync("https://evil.example.org");
        Assert.Equal("https://app.example.org", ours.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(theirs.Headers.Contains("Access-Control-Allow-Origin"));
        // Without keys, a page could still send a plain POST: what changes the server looks at the origin itself.
        using var unload = new HttpRequestMessage(HttpMethod.Post, "/v2/repository/models/tweets/unload");
        unload.Headers.Add("Origin", "https://evil.example.org");
        using HttpResponseMessage refused = await server.Http.SendAsync(unload, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Fact]
    public async Task AnOldConnectionEndsWithItsNextAnswer()
    {
        async Task<bool?> EndsAsync(TimeSpan age)
        {
            await using RunningServer server = await RunningServer.StartAsync(
                _models.Root,
                s => s with { MaxConnectionAge = age }
            );
            (HttpStatusCode status, _, HttpResponseMessage answer) = await server.PostAsync(Predict, Body);
            Assert.Equal(HttpStatusCode.OK, status);
            return answer.Headers.ConnectionClose;
        }
        Assert.NotEqual(true, await EndsAsync(TimeSpan.Zero));
        Assert.NotEqual(true, await EndsAsync(TimeSpan.FromHours(1)));
        Assert.True(await EndsAsync(TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task AChangedCertificateIsServedAndABrokenOneIsNot()
    {
        string certificate = Path.Combine(_folder, "tls.crt"),
            key = Path.Combine(_folder, "tls.key"),
            settings = Path.Combine(_folder, "settings.json");
        WriteCertificate(certificate, key, "CN=first");
        await File.WriteAllTextAsync(
            settings,
            JsonSerializer.Serialize(
                new Dictionary<string, string>
                {
                    ["Kestrel:Certificates:Default:Path"] = certificate,
                    ["Kestrel:Certificates:Default:KeyPath"] = key,
                }
            ),
            TestContext.Current.CancellationToken
        );
        await using RunningServer server = await RunningServer.StartAsync(
            _models.Root,
            s => s with { Tls = true, SettingsFile = settings, FileInterval = TimeSpan.FromMilliseconds(20) }
        );
        Assert.Equal("CN=first", await SubjectAsync(server));
        await File.WriteAllTextAsync(
            certificate,
            "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n",
            TestContext.Current.CancellationToken
        );
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal("CN=first", await SubjectAsync(server));
        WriteCertificate(certificate, key, "CN=second");
        await RunningServer.UntilAsync(async () => await SubjectAsync(server) == "CN=second", "the new certificate");
    }

    private static void WriteCertificate(string certificate, string key, string subject)
    {
        using var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 made = new CertificateRequest(subject, pair, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(1)
        );
        File.WriteAllText(certificate, made.ExportCertificatePem());
        File.WriteAllText(key, pair.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string> SubjectAsync(RunningServer server)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Server.RestPort, TestContext.Current.CancellationToken);
#pragma warning disable CA5359 // the certificate that the test made itself is looked at, not trusted
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost" },
            TestContext.Current.CancellationToken
        );
        return tls.RemoteCertificate!.Subject;
    }

    private Task<RunningServer> StartAsync() =>
        RunningServer.StartAsync(
            _models.Root,
            s => s with { ApiKeys = _file, FileInterval = TimeSpan.FromMilliseconds(20) }
        );

    /// <summary>Adds a key to the file; without roles, in the form that files had before there were any.</summary>
    private string Key(string name, ApiRoles? roles)
    {
        (string key, string line) = ApiKeys.Create(name, roles ?? ApiRoles.Predict);
        File.AppendAllText(_file, (roles is null ? string.Join(' ', line.Split(' ')[..2]) : line) + "\n");
        return key;
    }

    private static HttpStatusCode Status(RunningServer server, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage answer = server.Http.Send(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PostAsync(
        RunningServer server,
        string path,
        string? key,
        string body = ""
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage answer = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
