using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Aurelian.Simulation;

/// <summary>The table of everything that listens, but for the SSH relay.</summary>
internal static class SimulatedServices
{
    public static IEnumerable<ServicePlan> All(PoolDesk desk, X509Certificate2 certificate)
    {
        HttpSite mirror = PackageMirror.Site();
        HttpSite git = GitHost.Site();
        HttpSite intranet = InternalSites.Intranet();
        return
        [
            // Real pools often sit on 443 without TLS, so that a port filter lets them pass.
            new("pool", SimulatedAddresses.Pool, 3333, Stratum(desk)),
            new("pool", SimulatedAddresses.Pool, 443, Stratum(desk)),
            new("xmr-pool", SimulatedAddresses.XmrPool, 3333, Xmr(desk)),
            new("xmr-pool", SimulatedAddresses.XmrPool, 14444, Xmr(desk)),
            new("queue", SimulatedAddresses.Queue, 7070, Queue(desk)),
            new("mirror", SimulatedAddresses.Mirror, 80, Http(mirror)),
            new("mirror", SimulatedAddresses.Mirror, 443, Https(mirror, certificate)),
            new("git-host", SimulatedAddresses.GitHost, 80, Http(git)),
            new("git-host", SimulatedAddresses.GitHost, 443, Https(git, certificate)),
            new("intranet", SimulatedAddresses.Intranet, 80, Http(intranet)),
            new("intranet", SimulatedAddresses.Intranet, 8080, Http(intranet)),
            new("cache", SimulatedAddresses.Cache, 6379, Lines(InternalSites.AnswerRedis)),
            new("build-host", SimulatedAddresses.BuildHost, 22, Say("SSH-2.0-simulated\r\n")),
            new("metadata", SimulatedAddresses.Metadata, 80, Http(InternalSites.Metadata())),
        ];
    }

    public static Func<ServiceConnection, CancellationToken, Task> Stratum(PoolDesk desk) =>
        (connection, cancellationToken) => LineService.ServeAsync(
            connection, new StratumSession(desk, connection.Client).Answer, cancellationToken);

    public static Func<ServiceConnection, CancellationToken, Task> Xmr(PoolDesk desk) =>
        (connection, cancellationToken) => LineService.ServeAsync(
            connection, new XmrSession(desk, connection.Client).Answer, cancellationToken);

    public static Func<ServiceConnection, CancellationToken, Task> Queue(PoolDesk desk) =>
        (connection, cancellationToken) => LineService.ServeAsync(
            connection, new QueueSession(desk, connection.Client).Answer, cancellationToken);

    public static Func<ServiceConnection, CancellationToken, Task> Http(HttpSite site) =>
        (connection, cancellationToken) => HttpResponder.ServeAsync(connection.Stream, site, cancellationToken);

    public static Func<ServiceConnection, CancellationToken, Task> Https(HttpSite site, X509Certificate2 certificate) =>
        async (connection, cancellationToken) =>
        {
            await using SslStream tls = new(connection.Stream);
            SslServerAuthenticationOptions options = new() { ServerCertificate = certificate };
            await tls.AuthenticateAsServerAsync(options, cancellationToken);
            await HttpResponder.ServeAsync(tls, site, cancellationToken);
        };

    public static Func<ServiceConnection, CancellationToken, Task> Lines(
        Func<string, IReadOnlyList<string>?> answer) =>
        (connection, cancellationToken) => LineService.ServeAsync(connection, answer, cancellationToken);

    private static Func<ServiceConnection, CancellationToken, Task> Say(string banner) =>
        async (connection, cancellationToken) =>
            await connection.Stream.WriteAsync(Encoding.ASCII.GetBytes(banner), cancellationToken);
}
