using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Aurelian.Simulation;

/// <summary>A self-signed certificate for the simulated internet's TLS services, made anew at each start.</summary>
internal static class SimulatedCertificate
{
    /// <summary>Longer than any run, short enough that a copied one is soon worthless.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(7);

    public static X509Certificate2 Create(IEnumerable<string> names, DateTimeOffset now)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Aurelian simulated internet", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder alternatives = new();
        foreach (string name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(now - TimeSpan.FromHours(1), now + Life);
    }
}
