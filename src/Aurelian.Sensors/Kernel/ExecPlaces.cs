using System.Text;

namespace Aurelian.Sensors;

/// <summary>
/// Paths as the kernel's side writes them: names from the leaf up, each with its NUL; an empty one ends.
/// </summary>
internal static class ExecPlaces
{
    private const string Memfd = "memfd:";

    /// <summary>The next path, from the root down; <c>memfd:NAME</c> for what is in no folder.</summary>
    internal static string Take(ref ReadOnlySpan<byte> places)
    {
        Span<byte> path = stackalloc byte[places.Length + 1];
        int at = path.Length;
        while (!places.IsEmpty)
        {
            int length = places.IndexOf((byte)0);
            ReadOnlySpan<byte> name = length < 0 ? places : places[..length];
            places = places[Math.Min(places.Length, name.Length + 1)..];
            if (name.IsEmpty)
            {
                break;
            }

            at -= name.Length;
            name.CopyTo(path[at..]);
            path[--at] = (byte)'/';
        }

        string read = at == path.Length ? "/" : Encoding.UTF8.GetString(path[at..]);
        return read.StartsWith('/' + Memfd, StringComparison.Ordinal) && read.IndexOf('/', 1) < 0 ? read[1..] : read;
    }
}
