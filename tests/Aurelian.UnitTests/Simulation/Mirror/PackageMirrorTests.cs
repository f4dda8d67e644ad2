using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Aurelian.Simulation;

namespace Aurelian.UnitTests.Simulation.Mirror;

public sealed class PackageMirrorTests
{
    private readonly HttpSite _site = PackageMirror.Site();

    [Fact]
    public void The_index_leads_to_every_package_and_the_page_to_its_file_with_its_hash()
    {
        Assert.All(PackageMirror.Wheels, wheel =>
        {
            string name = wheel.Name.Replace('_', '-');
            Assert.Contains($"\"/simple/{name}/\"", Text("/simple/"), StringComparison.Ordinal);
            string page = Text($"/simple/{name}/");
            Assert.Contains($"/packages/{wheel.FileName}#sha256={wheel.Sha256}", page, StringComparison.Ordinal);
            byte[] file = _site.Find($"/packages/{wheel.FileName}")!.Body.ToArray();
            Assert.Equal(wheel.Sha256, Convert.ToHexStringLower(SHA256.HashData(file)));
        });
    }

    [Fact]
    public void A_wheel_records_the_hash_of_each_of_its_files()
    {
        Wheel wheel = PackageMirror.Wheels[0];
        using ZipArchive archive = new(new MemoryStream(wheel.Bytes));
        string record = Read(archive.GetEntry($"{wheel.Name}-{wheel.Version}.dist-info/RECORD")!);

        Assert.Equal(4, archive.Entries.Count);
        Assert.All(archive.Entries, entry => Assert.Contains($"{entry.FullName},", record, StringComparison.Ordinal));
        string module = Read(archive.GetEntry($"{wheel.Name}/__init__.py")!);
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(module)))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
        Assert.Contains($"sha256={hash},", record, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_content_gives_the_same_wheel() => Assert.Equal(
        Wheel.Build("a", "1.0", "s", "x = 1\n").Sha256, Wheel.Build("a", "1.0", "s", "x = 1\n").Sha256);

    [Fact]
    public async Task The_mirror_speaks_TLS_with_its_own_certificate()
    {
        using X509Certificate2 certificate =
            SimulatedCertificate.Create([SimulatedNames.Mirror], TimeProvider.System.GetUtcNow());
        await using TestService service = new(SimulatedServices.Https(_site, certificate));
        using TcpClient client = await service.ConnectAsync();
        await using SslStream tls = new(client.GetStream());
        X509Certificate? seen = null;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = SimulatedNames.Mirror,
                RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                {
                    seen = shown;
                    return errors == SslPolicyErrors.RemoteCertificateChainErrors;
                },
            },
            TestContext.Current.CancellationToken);

        await tls.WriteAsync("GET /simple/ HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        using StreamReader reader = new(tls);

        string answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("slugline", answer, StringComparison.Ordinal);
        Assert.Equal(certificate.GetCertHashString(), seen!.GetCertHashString());
    }

    private string Text(string path) => Encoding.UTF8.GetString(_site.Find(path)!.Body.Span);

    private static string Read(ZipArchiveEntry entry)
    {
        using StreamReader reader = new(entry.Open());
        return reader.ReadToEnd();
    }
}
