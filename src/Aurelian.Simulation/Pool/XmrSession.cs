using System.Globalization;
using System.Text.Json.Nodes;
using Aurelian.Events;

namespace Aurelian.Simulation;

/// <summary>
/// One client of the pool in the login/job/submit dialect. Pure: a line in, lines out. Pays nothing; the hash is
/// SHA-256, never RandomX; see <see cref="ToyWork"/>.
/// </summary>
internal sealed class XmrSession(PoolDesk desk, Endpoint client)
{
    private readonly long _number = desk.NextSession();
    private readonly HashSet<string> _seen = [];
    private string? _worker;
    private long _job;
    private int _sharesOfJob;

    public IReadOnlyList<string> Answer(string line)
    {
        if (PoolRequest.TryParse(line) is not { } request)
        {
            return [Refusal(null, "Not a request")];
        }

        return request.Method switch
        {
            "login" => Login(request),
            "getjob" when _worker is not null => [Result(request.Id, Job())],
            "submit" when _worker is not null => Submit(request, _worker),
            "keepalived" when _worker is not null =>
                [Result(request.Id, new JsonObject { ["status"] = "KEEPALIVED" })],
            _ => [Refusal(request.Id, "Unauthenticated")],
        };
    }

    private IReadOnlyList<string> Login(PoolRequest request)
    {
        if (request.Named("login") is not { Length: > 0 } worker)
        {
            return [Refusal(request.Id, "Missing login")];
        }

        _worker = worker;
        _job = 1;
        return
        [
            Result(request.Id, new JsonObject { ["id"] = SessionId, ["job"] = Job(), ["status"] = "OK" }),
        ];
    }

    private IReadOnlyList<string> Submit(PoolRequest request, string worker)
    {
        string? mistake = Check(request);
        desk.Record(worker, client, accepted: mistake is null);
        if (mistake is not null)
        {
            return [Refusal(request.Id, mistake)];
        }

        string accepted = Result(request.Id, new JsonObject { ["status"] = "OK" });
        _sharesOfJob++;
        if (_sharesOfJob < PoolDesk.SharesPerJob)
        {
            return [accepted];
        }

        _job++;
        _sharesOfJob = 0;
        _seen.Clear();
        JsonObject push = new() { ["jsonrpc"] = "2.0", ["method"] = "job", ["params"] = Job() };
        return [accepted, push.ToJsonString()];
    }

    private string? Check(PoolRequest request)
    {
        if (request.Named("job_id") != JobName)
        {
            return "Invalid job id";
        }

        if (request.Named("nonce") is not { } nonce || request.Named("result") is not { } result ||
            !ToyWork.IsBlobShare(Blob(), nonce, result, desk.Difficulty))
        {
            return "Low difficulty share";
        }

        return _seen.Count < PoolDesk.DoublesMax && _seen.Add(nonce) ? null : "Duplicate share";
    }

    private JsonObject Job() => new()
    {
        ["blob"] = Convert.ToHexStringLower(Blob()),
        ["job_id"] = JobName,
        ["target"] = ToyWork.TargetHex(desk.Difficulty),
        ["id"] = SessionId,
    };

    private byte[] Blob()
    {
        byte[] blob = new byte[ToyWork.BlobLength];
        for (int part = 0; part * 32 < blob.Length; part++)
        {
            byte[] piece = desk.Derive($"blob-{_number}-{part}", _job);
            piece.AsSpan(0, Math.Min(32, blob.Length - part * 32)).CopyTo(blob.AsSpan(part * 32));
        }

        blob.AsSpan(ToyWork.BlobNonceOffset, 4).Clear();
        return blob;
    }

    private string SessionId => _number.ToString("x8", CultureInfo.InvariantCulture);

    private string JobName => _job.ToString("x4", CultureInfo.InvariantCulture);

    private static string Result(JsonNode? id, JsonNode result) => new JsonObject
    {
        ["id"] = id?.DeepClone(),
        ["jsonrpc"] = "2.0",
        ["error"] = null,
        ["result"] = result,
    }.ToJsonString();

    private static string Refusal(JsonNode? id, string message) => new JsonObject
    {
        ["id"] = id?.DeepClone(),
        ["jsonrpc"] = "2.0",
        ["error"] = new JsonObject { ["code"] = -1, ["message"] = message },
    }.ToJsonString();
}
