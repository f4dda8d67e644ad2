using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Aurelian.Sandbox;

namespace Aurelian.LinuxTests.Attacks.Secrets;

/// <summary>
/// Secrets that anybody on the host may read, in uniquely named files and sockets, taken away again at the end.
/// </summary>
internal sealed class Canaries : IDisposable
{
    private static readonly string[] Folders =
        ["/root", "/home", "/etc", "/opt", "/srv", "/var", "/var/lib", "/var/tmp", "/tmp", "/run", "/dev/shm", "/mnt"];

    private readonly List<string> _planted = [];
    private readonly List<Socket> _sockets = [];

    /// <summary>Each canary with where it is, of those that must not be found.</summary>
    internal Dictionary<string, string> Hidden { get; } = [];

    internal static string New() => $"CANARY-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    /// <summary>A canary that somebody else plants, for example in an environment.</summary>
    internal string Hide(string where)
    {
        string canary = New();
        Hidden[canary] = where;
        return canary;
    }

    internal void PlantEverywhere()
    {
        foreach (string folder in Folders)
        {
            string unique = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
            string name = Path.Combine(folder, $"aurelian-test-{unique}");
            Directory.CreateDirectory(name);
            _planted.Add(name);
            File.SetUnixFileMode(name, (UnixFileMode)0x1ED);
            Plant(Path.Combine(name, "secret"));
        }

        string run = _planted.First(each => each.StartsWith("/run/", StringComparison.Ordinal));
        Listen(new UnixDomainSocketEndPoint(Path.Combine(run, "socket")));
        Listen(new UnixDomainSocketEndPoint($"\0aurelian-test-{Guid.NewGuid():n}"));
    }

    internal void Plant(string file)
    {
        File.WriteAllText(file, $"password = {Hide(file)}\n");
        File.SetUnixFileMode(file, (UnixFileMode)0x1A4);
        _planted.Add(file);
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        foreach (string planted in _planted)
        {
            if (File.Exists(planted))
            {
                File.Delete(planted);
            }

            FolderRemoval.Remove(planted);
        }
    }

    /// <summary>A socket of the host that tells its secret to whoever connects, as a credentials helper does.</summary>
    private void Listen(UnixDomainSocketEndPoint place)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _sockets.Add(socket);
        socket.Bind(place);
        if (place.ToString() is { Length: > 0 } path && path[0] == '/')
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        }

        socket.Listen();
        byte[] secret = Encoding.UTF8.GetBytes(Hide($"socket {place}"));
        _ = AnswerAsync(socket, secret);
    }

    private static async Task AnswerAsync(Socket listener, byte[] secret)
    {
        try
        {
            while (true)
            {
                using Socket client = await listener.AcceptAsync();
                await client.SendAsync(secret);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
