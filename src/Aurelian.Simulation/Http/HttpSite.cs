using System.Collections.Frozen;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>A fixed set of pages.</summary>
internal sealed class HttpSite
{
    private readonly FrozenDictionary<string, HttpPage> _pages;

    private HttpSite(FrozenDictionary<string, HttpPage> pages) => _pages = pages;

    /// <param name="pages">Path to page; the path is exact, with its leading slash.</param>
    public static HttpSite Of(IEnumerable<KeyValuePair<string, HttpPage>> pages) =>
        new(pages.ToFrozenDictionary(StringComparer.Ordinal));

    public HttpPage? Find(string target)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        return _pages.GetValueOrDefault(query < 0 ? target : target[..query]);
    }
}

internal sealed record HttpPage(string Type, ReadOnlyMemory<byte> Body)
{
    public static HttpPage Text(string text) => new("text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static HttpPage Html(string text) => new("text/html; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static HttpPage Json(string text) => new("application/json", Encoding.UTF8.GetBytes(text));

    public static HttpPage Binary(byte[] bytes) => new("application/octet-stream", bytes);
}
