using System.Text.Json.Nodes;
using Aurelian.Events;
using Aurelian.Simulation;
using Microsoft.Extensions.Time.Testing;

namespace Aurelian.UnitTests.Simulation.Pool;

public sealed class StratumSessionTests
{
    private const string Worker = "bc1qworthless.rig1";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly PoolDesk _desk;
    private readonly StratumSession _session;
    private string _extranonce1 = "";
    private JsonArray _job = [];

    public StratumSessionTests()
    {
        _desk = new PoolDesk(new SimulationConfig { ShareDifficulty = 64 }, _time);
        Assert.True(Endpoint.TryParse("127.0.0.1:40000", out Endpoint client));
        _session = new StratumSession(_desk, client);
    }

    [Fact]
    public void A_worker_gets_a_difficulty_and_a_job_once_it_is_authorised()
    {
        Subscribe();
        IReadOnlyList<string> replies = _session.Answer(Request("mining.authorize", Worker, "x"));

        Assert.Equal(3, replies.Count);
        Assert.True(Parse(replies[0])["result"]!.GetValue<bool>());
        Assert.Equal("mining.set_difficulty", Parse(replies[1])["method"]!.GetValue<string>());
        Assert.Equal(64u, Parse(replies[1])["params"]![0]!.GetValue<uint>());
        Assert.Equal("mining.notify", Parse(replies[2])["method"]!.GetValue<string>());
        Assert.Equal(9, Parse(replies[2])["params"]!.AsArray().Count);
    }

    [Fact]
    public void A_share_that_was_worked_for_is_accepted_and_in_the_ledger()
    {
        Join();

        Assert.True(Parse(Submit(Work(0))[0])["result"]!.GetValue<bool>());
        ShareAccount account = Assert.Single(_desk.Ledger.Read());
        Assert.Equal((Worker, 1L, 0L), (account.Worker, account.Accepted, account.Rejected));
        Assert.Equal(_time.GetUtcNow(), account.FirstAt);
    }

    [Fact]
    public void A_share_that_nobody_worked_for_is_refused_and_counted_as_such()
    {
        Join();

        Assert.Equal(23, ErrorOf(Submit(NotWork())));
        Assert.Equal((0L, 1L), Assert.Single(_desk.Ledger.Read()) is var account
            ? (account.Accepted, account.Rejected)
            : default);
    }

    [Fact]
    public void The_same_share_counts_once()
    {
        Join();
        string nonce = Work(0);
        Submit(nonce);

        Assert.Equal(22, ErrorOf(Submit(nonce)));
        Assert.Equal(1, Assert.Single(_desk.Ledger.Read()).Accepted);
    }

    [Fact]
    public void A_new_job_comes_after_some_shares_and_ends_the_old_one()
    {
        Join();
        string old = _job[0]!.GetValue<string>();
        uint from = 0;
        IReadOnlyList<string> replies = [];
        for (int share = 0; share < PoolDesk.SharesPerJob; share++)
        {
            string nonce = Work(from);
            from = Convert.ToUInt32(nonce, 16) + 1;
            replies = Submit(nonce);
        }

        Assert.Equal("mining.notify", Parse(replies[1])["method"]!.GetValue<string>());
        Assert.NotEqual(old, Parse(replies[1])["params"]![0]!.GetValue<string>());
        Assert.Equal(21, ErrorOf(Submit(Work(from))));
    }

    [Fact]
    public void Nobody_submits_without_authorisation()
    {
        Subscribe();

        Assert.Equal(24, ErrorOf(_session.Answer(Request("mining.submit", Worker, "0001", "00", "00", "00"))));
        Assert.Empty(_desk.Ledger.Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":1,"method":7}""")]
    [InlineData("""{"id":{"a":[]},"method":"mining.submit","params":{"x":1}}""")]
    [InlineData("""{"id":1,"method":"mining.authorize","params":[[],{}]}""")]
    [InlineData("""{"id":1,"id":2,"method":"x"}""")]
    public void Whatever_a_client_says_is_answered_by_a_refusal(string line) =>
        Assert.NotEqual(0, ErrorOf(_session.Answer(line)));

    private void Subscribe()
    {
        JsonNode result = Parse(Assert.Single(_session.Answer(Request("mining.subscribe", "toy/1.0"))))["result"]!;
        _extranonce1 = result[1]!.GetValue<string>();
    }

    private void Join()
    {
        Subscribe();
        _job = Parse(_session.Answer(Request("mining.authorize", Worker, "x"))[2])["params"]!.AsArray();
    }

    private IReadOnlyList<string> Submit(string nonce) => _session.Answer(
        Request("mining.submit", Worker, _job[0]!.GetValue<string>(), "00000000", _job[7]!.GetValue<string>(), nonce));

    private string Work(uint from) => Enumerable.Range((int)from, 100_000).Select(Nonce).First(IsShare);

    private string NotWork() => Enumerable.Range(0, 100_000).Select(Nonce).First(nonce => !IsShare(nonce));

    private bool IsShare(string nonce) => ToyWork.IsShare(
        ToyWork.Header(_job[1]!.GetValue<string>(), _extranonce1, "00000000", _job[7]!.GetValue<string>(), nonce), 64);

    private static string Nonce(int value) => value.ToString("x8", null);

    private static string Request(string method, params string[] parameters) => new JsonObject
    {
        ["id"] = 1,
        ["method"] = method,
        ["params"] = new JsonArray([.. parameters.Select(parameter => JsonValue.Create(parameter))]),
    }.ToJsonString();

    private static JsonNode Parse(string line) => JsonNode.Parse(line)!;

    private static int ErrorOf(IReadOnlyList<string> replies) =>
        Parse(Assert.Single(replies))["error"]?[0]!.GetValue<int>() ?? 0;
}
