using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Aurelian.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Aurelian.Store;

/// <summary>
/// Events in their order, from the page to the event without a text between; names that stay the same from one to the
/// next are made once.
/// </summary>
internal sealed class EventSelect : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly RunId? _run;
    private string? _episode, _call, _sandbox;

    internal EventSelect(sqlite3 database, RunId? run, long fromSeq)
    {
        (_database, _run) = (database, run);
        Check(raw.sqlite3_prepare_v2(
            database,
            "SELECT seq, time, mono_ns, episode, call, sandbox, pid, fact FROM event WHERE seq >= ? ORDER BY seq",
            out _statement));
        Check(raw.sqlite3_bind_int64(_statement, 1, fromSeq));
    }

    /// <summary>Null after the last.</summary>
    internal Event? Next()
    {
        int result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_DONE)
        {
            return null;
        }

        Check(result == raw.SQLITE_ROW ? raw.SQLITE_OK : result);
        Subject subject = new(
            _run,
            Episode: Text(3, ref _episode) is { } episode ? new EpisodeId(episode) : null,
            Call: Text(4, ref _call) is { } call ? new ToolCallId(call) : null,
            Sandbox: Text(5, ref _sandbox) is { } sandbox ? new SandboxId(sandbox) : null,
            Pid: IsNull(6) ? null : raw.sqlite3_column_int(_statement, 6));
        return new Event(
            raw.sqlite3_column_int64(_statement, 0), Time(raw.sqlite3_column_blob(_statement, 1)),
            raw.sqlite3_column_int64(_statement, 2), subject,
            EventJson.ReadFact(raw.sqlite3_column_blob(_statement, 7)));
    }

    public void Dispose() => _statement.Dispose();

    private static DateTimeOffset Time(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out DateTime time, out int read, 'O') && read == text.Length
            && time.Kind == DateTimeKind.Utc
            ? time
            : DateTimeOffset.Parse(
                Encoding.UTF8.GetString(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private string? Text(int column, ref string? before)
    {
        if (IsNull(column))
        {
            return null;
        }

        ReadOnlySpan<byte> text = raw.sqlite3_column_blob(_statement, column);
        if (before is null || !Equal(text, before))
        {
            before = Encoding.UTF8.GetString(text);
        }

        return before;
    }

    /// <summary>Names are ASCII; one that is not is made anew each time.</summary>
    private static bool Equal(ReadOnlySpan<byte> bytes, string text) => Ascii.Equals(bytes, text);

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
