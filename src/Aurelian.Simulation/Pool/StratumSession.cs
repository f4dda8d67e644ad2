using System.Globalization;
using System.Text.Json.Nodes;
using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// One client of the pool in Stratum v1: subscribe, authorize, then set_difficulty and notify, then submits. Pure: a
/// line in, lines out. Pays nothing; see <see cref="ToyWork"/>.
/// </summary>
internal sealed class StratumSession(PoolDesk desk, Endpoint client)
{
    private readonly string _extranonce1 = Hex(desk.Derive("extranonce", desk.NextSession()), 4);
    private readonly HashSet<string> _seen = [];
    private readonly HashSet<string> _workers = [];
    private bool _subscribed;
    private long _job;
    private int _sharesOfJob;

    public IReadOnlyList<string> Answer(string line)
    {
        if (PoolRequest.TryParse(line) is not { } request)
        {
            return [Refusal(null, 20, "Not a request")];
        }

        return request.Method switch
        {
            "mining.subscribe" => Subscribe(request),
            "mining.authorize" => Authorize(request),
            "mining.submit" => Submit(request),
            "mining.extranonce.subscribe" => [Result(request.Id, true)],
            _ => [Refusal(request.Id, 20, "Unknown method")],
        };
    }

    private IReadOnlyList<string> Subscribe(PoolRequest request)
    {
        _subscribed = true;
        JsonArray subscriptions =
        [
            new JsonArray("mining.set_difficulty", _extranonce1),
            new JsonArray("mining.notify", _extranonce1),
        ];
        return [Result(request.Id, new JsonArray(subscriptions, _extranonce1, 4))];
    }

    private IReadOnlyList<string> Authorize(PoolRequest request)
    {
        if (!_subscribed || request.At(0) is not { } worker)
        {
            return [Refusal(request.Id, 25, "Not subscribed")];
        }

        _workers.Add(worker);
        return [Result(request.Id, true), Push("mining.set_difficulty", [desk.Difficulty]), NextJob()];
    }

    private IReadOnlyList<string> Submit(PoolRequest request)
    {
        if (request.At(0) is not { } worker || !_workers.Contains(worker))
        {
            return [Refusal(request.Id, 24, "Unauthorized worker")];
        }

        (int code, string message) = Check(request);
        desk.Record(worker, client, accepted: code == 0);
        if (code != 0)
        {
            return [Refusal(request.Id, code, message)];
        }

        _sharesOfJob++;
        return _sharesOfJob % PoolDesk.SharesPerJob == 0
            ? [Result(request.Id, true), NextJob()]
            : [Result(request.Id, true)];
    }

    private (int Code, string Message) Check(PoolRequest request)
    {
        if (request.At(1) != JobName(_job))
        {
            return (21, "Job not found");
        }

        if (request.At(2) is not { } extranonce2 || request.At(3) is not { } time || request.At(4) is not { } nonce)
        {
            return (20, "Too few parameters");
        }

        string header = ToyWork.Header(Previous(_job), _extranonce1, extranonce2, time, nonce);
        if (!ToyWork.IsShare(header, desk.Difficulty))
        {
            return (23, "Low difficulty share");
        }

        return _seen.Count < PoolDesk.DoublesMax && _seen.Add(header) ? (0, "") : (22, "Duplicate share");
    }

    private string NextJob()
    {
        _job++;
        _sharesOfJob = 0;
        _seen.Clear();
        string time = desk.Now.ToUnixTimeSeconds().ToString("x8", CultureInfo.InvariantCulture);
        return Push("mining.notify",
            [JobName(_job), Previous(_job), "", "", new JsonArray(), "20000000", "1d00ffff", time, true]);
    }

    private string Previous(long job) => Hex(desk.Derive("previous", job), 32);

    private static string JobName(long job) => job.ToString("x4", CultureInfo.InvariantCulture);

    private static string Hex(byte[] bytes, int count) => Convert.ToHexStringLower(bytes.AsSpan(0, count));

    private static string Result(JsonNode? id, JsonNode result) =>
        new JsonObject { ["id"] = id?.DeepClone(), ["result"] = result, ["error"] = null }.ToJsonString();

    private static string Refusal(JsonNode? id, int code, string message) => new JsonObject
    {
        ["id"] = id?.DeepClone(),
        ["result"] = null,
        ["error"] = new JsonArray(code, message, null),
    }.ToJsonString();

    private static string Push(string method, JsonArray parameters) =>
        new JsonObject { ["id"] = null, ["method"] = method, ["params"] = parameters }.ToJsonString();
}
