using System.Net;

namespace Firn.Server.Tests.Rest;

/// <summary>Methods that a path has, that it does not have, and that HTTP does not have.</summary>
public sealed class VerbTests(MalformedRequestTests.Fixture fixture) : IClassFixture<MalformedRequestTests.Fixture>
{
    private const string Predict = "/v1/models/tweets:predict";
    private const string Infer = "/v2/models/tweets/infer";

    [Theory]
    [InlineData("GET", Predict, "POST")]
    [InlineData("DELETE", "/v1/models/tweets", "GET, HEAD")]
    [InlineData("POST", "/v1/models/tweets/metadata", "GET, HEAD")]
    [InlineData("HEAD", Predict, "POST")]
    [InlineData("OPTIONS", Predict, "POST")]
    [InlineData("POST", "/v1/models", "GET, HEAD")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    [InlineData("PUT", "/readyz", "GET, HEAD")]
    [InlineData("POST", "/metrics", "GET, HEAD")]
    [InlineData("DELETE", "/", "GET, HEAD")]
    [InlineData("GET", "/v2/repository/index", "POST")]
    [InlineData("GET", "/v2/repository/models/tweets/unload", "POST")]
    [InlineData("GET", Infer, "POST")]
    [InlineData("POST", "/v2/health/live", "GET, HEAD")]
    public async Task WrongVerbs(string verb, string path, string allowed)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);
        using HttpResponseMessage answer = await fixture.Server.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allowed.Split(", "), answer.Content.Headers.Allow);
        if (verb != "HEAD")
            Assert.Contains(
                allowed.Replace(", ", " or ", StringComparison.Ordinal),
                MalformedRequestTests.ErrorOf(
                    await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
                ),
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData(Predict)]
    [InlineData("/v2")]
    [InlineData("/healthz")]
    public async Task AMethodThatHttpDoesNotHaveIs501(string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod("FROB"), path);
        using HttpResponseMessage answer = await fixture.Server.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/tweets")]
    [InlineData("/v1/models/tweets/metadata")]
    [InlineData("/v2/models/tweets/config")]
    [InlineData("/openapi.json")]
    [InlineData("/metrics")]
    public async Task HeadAnswersLikeGetWithoutABody(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage answer = await fixture.Server.Http.SendAsync(
            request,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
