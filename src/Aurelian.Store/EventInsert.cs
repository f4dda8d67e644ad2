using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Aurelian.Events;
using SQLitePCL;

namespace Aurelian.Store;

/// <summary>
/// The one statement that a run executes for each of its events, with the library's own calls: bytes go from the event
/// to the page without a text or a box between.
/// </summary>
internal sealed class EventInsert : IDisposable
{
    private const int TimeLength = 33; // 2026-11-25T12:00:00.0000000Z and room

    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private readonly Dictionary<Type, byte[]> _kinds = [];
    private readonly ArrayBufferWriter<byte> _fact = new(1024);
    private readonly Utf8JsonWriter _json;
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private byte[] _text = new byte[512];

    internal EventInsert(sqlite3 database)
    {
        _database = database;
        _json = new Utf8JsonWriter(_fact, Options);
        Check(raw.sqlite3_prepare_v2(database, """
            INSERT INTO event (seq, time, mono_ns, episode, call, sandbox, pid, kind, fact)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, out _statement));
    }

    internal void Execute(Event each)
    {
        Check(raw.sqlite3_bind_int64(_statement, 1, each.Seq));
        Span<byte> time = stackalloc byte[TimeLength];
        each.Time.UtcDateTime.TryFormat(time, out int length, "O", CultureInfo.InvariantCulture);
        Check(raw.sqlite3_bind_text(_statement, 2, time[..length]));
        Check(raw.sqlite3_bind_int64(_statement, 3, each.MonotonicNs));
        Bind(4, each.Subject.Episode?.Value);
        Bind(5, each.Subject.Call?.Value);
        Bind(6, each.Subject.Sandbox?.Value);
        Check(each.Subject.Pid is { } pid
            ? raw.sqlite3_bind_int(_statement, 7, pid)
            : raw.sqlite3_bind_null(_statement, 7));
        Check(raw.sqlite3_bind_text(_statement, 8, Kind(each.Fact)));
        _fact.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, each.Fact, EventJson.Default.Fact);
        Check(raw.sqlite3_bind_text(_statement, 9, _fact.WrittenSpan));
        int result = raw.sqlite3_step(_statement);
        _ = raw.sqlite3_reset(_statement);
        Check(result == raw.SQLITE_DONE ? raw.SQLITE_OK : result);
    }

    public void Dispose()
    {
        _statement.Dispose();
        _json.Dispose();
    }

    private void Bind(int place, string? text)
    {
        if (text is null)
        {
            Check(raw.sqlite3_bind_null(_statement, place));
            return;
        }

        if (Encoding.UTF8.GetMaxByteCount(text.Length) is var most && most > _text.Length)
        {
            _text = new byte[most];
        }

        int length = Encoding.UTF8.GetBytes(text, _text);
        Check(raw.sqlite3_bind_text(_statement, place, _text.AsSpan(0, length)));
    }

    private byte[] Kind(Fact fact)
    {
        Type type = fact.GetType();
        if (!_kinds.TryGetValue(type, out byte[]? kind))
        {
            _kinds[type] = kind = Encoding.UTF8.GetBytes(type.Name);
        }

        return kind;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new StoreException(
                StoreFailure.CannotWrite,
                $"The timeline cannot be written: {raw.sqlite3_errmsg(_database).utf8_to_string()}");
        }
    }
}
