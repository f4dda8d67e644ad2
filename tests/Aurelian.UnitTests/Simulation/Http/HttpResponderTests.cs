using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Http;

public sealed class HttpResponderTests : IAsyncDisposable
{
    private readonly TestService _service = new(SimulatedServices.Http(HttpSite.Of(
        new Dictionary<string, HttpPage> { ["/hello"] = HttpPage.Text("hi\n") })));

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_page_is_served_with_its_length()
    {
        string answer = await _service.AskAsync("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 3\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhi\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_requests_share_a_connection()
    {
        string answer = await _service.AskAsync(
            "GET /hello?x=1 HTTP/1.1\r\n\r\nHEAD /hello HTTP/1.1\r\n\r\nGET /none HTTP/1.1\r\n\r\n");

        Assert.Equal(2, answer.Split("200 OK").Length - 1);
        Assert.Equal(1, answer.Split("hi\n").Length - 1);
        Assert.Contains("404 Not Found", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /hello HTTP/1.1\r\n\r\n", "405")]
    [InlineData("nonsense\r\n\r\n", "400")]
    [InlineData("\r\n\r\n", "400")]
    [InlineData("GET /hello SMTP/1.0\r\n\r\n", "400")]
    public async Task What_is_not_fetching_is_refused(string request, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status}", await _service.AskAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task A_head_without_end_is_not_answered() =>
        Assert.Equal("", await _service.AskAsync("GET /hello HTTP/1.1\r\nHost: a\r\n"));
}
