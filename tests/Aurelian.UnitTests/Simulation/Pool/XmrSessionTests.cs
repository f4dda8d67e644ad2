using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Aurelian.Events;
using Aurelian.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Simulation.Pool;

public sealed class XmrSessionTests
{
    private const string Wallet = "48worthlesswallet";

    private readonly PoolDesk _desk = new(new SimulationConfig { ShareDifficulty = 32 }, new FakeTimeProvider());
    private readonly XmrSession _session;

    public XmrSessionTests()
    {
        Assert.True(Endpoint.TryParse("127.0.0.1:40000", out Endpoint client));
        _session = new XmrSession(_desk, client);
    }

    [Fact]
    public void A_login_is_answered_with_a_job()
    {
        JsonNode result = Login();

        Assert.Equal("OK", result["status"]!.GetValue<string>());
        Assert.Equal(ToyWork.BlobLength * 2, result["job"]!["blob"]!.GetValue<string>().Length);
        Assert.Equal(8, result["job"]!["target"]!.GetValue<string>().Length);
    }

    [Fact]
    public void A_share_that_was_worked_for_is_accepted_once()
    {
        string submit = Work(Login()["job"]!);

        Assert.Equal("OK", Parse(_session.Answer(submit)[0])["result"]!["status"]!.GetValue<string>());
        Assert.Equal("Duplicate share", ErrorOf(submit));
        ShareAccount account = Assert.Single(_desk.Ledger.Read());
        Assert.Equal((Wallet, 1L, 1L), (account.Worker, account.Accepted, account.Rejected));
    }

    [Fact]
    public void A_result_that_is_not_the_hash_of_the_blob_is_refused()
    {
        Login();

        Assert.Equal("Low difficulty share", ErrorOf(Submit("0001", "00000000", new string('0', 64))));
    }

    [Fact]
    public void Only_a_logged_in_client_is_served()
    {
        Assert.Equal("Unauthenticated", ErrorOf("""{"id":1,"method":"getjob","params":{}}"""));
        Assert.Equal("Unauthenticated", ErrorOf(Submit("0001", "00000000", "00")));
        Assert.Equal("Missing login", ErrorOf("""{"id":1,"method":"login","params":{"pass":"x"}}"""));
    }

    [Fact]
    public void A_client_may_ask_for_its_job_and_keep_the_connection_alive()
    {
        JsonNode job = Login()["job"]!;

        Assert.Equal(
            job["blob"]!.GetValue<string>(),
            Parse(_session.Answer("""{"id":2,"method":"getjob"}""")[0])["result"]!["blob"]!.GetValue<string>());
        Assert.Equal(
            "KEEPALIVED",
            Parse(_session.Answer("""{"id":3,"method":"keepalived"}""")[0])["result"]!["status"]!.GetValue<string>());
    }

    private JsonNode Login() => Parse(Assert.Single(_session.Answer(
        $$$"""{"id":1,"method":"login","params":{"login":"{{{Wallet}}}","pass":"x","agent":"toy/1.0"}}""")))["result"]!;

    private static string Work(JsonNode job)
    {
        byte[] blob = Convert.FromHexString(job["blob"]!.GetValue<string>());
        for (uint nonce = 0; nonce < 100_000; nonce++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(ToyWork.BlobNonceOffset), nonce);
            byte[] hash = SHA256.HashData(blob);
            if (BinaryPrimitives.ReadUInt32LittleEndian(hash.AsSpan(28)) <= uint.MaxValue / 32)
            {
                return Submit(
                    job["job_id"]!.GetValue<string>(), nonce.ToString("x8", null), Convert.ToHexStringLower(hash));
            }
        }

        throw new InvalidOperationException("No share among 100,000 hashes.");
    }

    private static string Submit(string job, string nonce, string result) => new JsonObject
    {
        ["id"] = 2,
        ["method"] = "submit",
        ["params"] = new JsonObject { ["id"] = "1", ["job_id"] = job, ["nonce"] = nonce, ["result"] = result },
    }.ToJsonString();

    private string ErrorOf(string line) =>
        Parse(Assert.Single(_session.Answer(line)))["error"]!["message"]!.GetValue<string>();

    private static JsonNode Parse(string line) => JsonNode.Parse(line)!;
}
