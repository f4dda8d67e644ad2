using System.Net;

namespace Aurelian.Training.Serving;

/// <param name="Name">What clients call the model; null: the folder's name.</param>
/// <param name="Saves">Folder for what clients save.</param>
/// <param name="Remote">Whether addresses beyond this machine may be listened on.</param>
/// <param name="Token">What clients must send, behind <c>tml-</c> or as a bearer; null: nothing.</param>
internal sealed record ServeOptions(
    string Folder, string Listen, string? Name, string Saves, bool Remote, string? Token, int Threads)
{
    /// <summary>Training requests name no user: whoever reaches the port may train, sample and fill the disk.</summary>
    internal IPEndPoint Endpoint()
    {
        if (!IPEndPoint.TryParse(Listen, out IPEndPoint? endpoint) || !Listen.Contains(':', StringComparison.Ordinal))
        {
            throw TrainingException.BadInput($"--listen '{Listen}': an address and a port are wanted, 127.0.0.1:7411");
        }

        if (IPAddress.IsLoopback(endpoint.Address))
        {
            return endpoint;
        }

        return !Remote
            ? throw TrainingException.BadInput(
                $"--listen {Listen} can be reached from other machines: add --allow-remote if that is meant")
            : Token is null
                ? throw TrainingException.BadInput(
                    "--allow-remote needs a key: set AURELIAN_TOKEN, which clients send as 'tml-' + token")
                : endpoint;
    }
}
