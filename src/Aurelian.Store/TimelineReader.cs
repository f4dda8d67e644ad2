using Aurelian.Events;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Aurelian.Store;

/// <summary>Reads a run's timeline, also while it is written and after its writer was killed.</summary>
public sealed class TimelineReader : IDisposable
{
    private const int TextMax = 16 * 1024 * 1024;
    private const int Cannot = 14, IoError = 10; // SQLITE_CANTOPEN, SQLITE_IOERR

    private readonly SqliteConnection _connection;
    private readonly bool _isEmpty;
    private readonly RunId? _run;

    private TimelineReader(SqliteConnection connection)
    {
        _connection = connection;
        _isEmpty = Ask("SELECT count(*) FROM sqlite_schema WHERE name = 'run'") is 0L;
        _run = !_isEmpty && Ask("SELECT id FROM run LIMIT 1") is string id ? new RunId(id) : null;
    }

    public static TimelineReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new StoreException(StoreFailure.NotFound, $"{path} does not exist.");
        }

        try
        {
            return Open(path, exclusive: false);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is Cannot or IoError)
        {
            // On a full disk there is no room for the index that readers and a writer share: read it alone.
            return OpenAlone(path);
        }
        catch (SqliteException exception)
        {
            throw NoTimeline(path, exception);
        }
    }

    private static TimelineReader OpenAlone(string path)
    {
        try
        {
            return Open(path, exclusive: true);
        }
        catch (SqliteException exception)
        {
            throw NoTimeline(path, exception);
        }
    }

    private static TimelineReader Open(string path, bool exclusive)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder
        {
            DataSource = Source(path), Mode = SqliteOpenMode.ReadWrite, Pooling = false,
        }.ToString());
        try
        {
            connection.Open();
            // A timeline may come from strangers: no text longer than any that is written, no view in a table's place.
            raw.sqlite3_limit(connection.Handle, raw.SQLITE_LIMIT_LENGTH, TextMax);
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = exclusive
                ? "PRAGMA locking_mode = EXCLUSIVE; PRAGMA user_version"
                : "PRAGMA user_version";
            long version = ReadLast(command);
            DemandTables(command, path);
            return version <= TimelineWriter.SchemaVersion
                ? new TimelineReader(connection)
                : throw new StoreException(
                    StoreFailure.TooNew, $"{path} was written by a later version of Aurelian (schema {version}).");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Ours, or none at all: a writer that was killed before its first event has made no table yet.</summary>
    private static void DemandTables(SqliteCommand command, string path)
    {
        command.CommandText =
            "SELECT count(*) = 0 OR sum(name IN ('event', 'run') AND type = 'table') = 2 FROM sqlite_schema";
        if ((long)command.ExecuteScalar()! == 0)
        {
            throw new StoreException(StoreFailure.NotFound, $"{path} is no timeline: its tables are missing.");
        }
    }

    private static long ReadLast(SqliteCommand command)
    {
        using SqliteDataReader row = command.ExecuteReader();
        long last = 0;
        do
        {
            while (row.Read())
            {
                last = row.GetFieldType(0) == typeof(long) ? row.GetInt64(0) : 0;
            }
        }
        while (row.NextResult());
        return last;
    }

    private static StoreException NoTimeline(string path, SqliteException exception) =>
        new(StoreFailure.NotFound, $"{path} is no timeline: {exception.Message}", exception);

    private object? Ask(string question)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = question;
        return command.ExecuteScalar();
    }

    /// <summary>Events in their order, streamed.</summary>
    public IEnumerable<Event> Read(long fromSeq = 1)
    {
        if (_isEmpty)
        {
            yield break;
        }

        using EventSelect select = new(_connection.Handle!, _run, fromSeq);
        while (select.Next() is { } each)
        {
            yield return each;
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// A database in WAL mode wants to write beside itself even to be read. Where the reader may not, and no log of a
    /// living writer is there, it is read as it stands.
    /// </summary>
    private static string Source(string path)
    {
        string full = Path.GetFullPath(path);
        string log = full + "-wal";
        bool open = File.Exists(log) && new FileInfo(log).Length > 0;
        return open || Native.MayWrite(Path.GetDirectoryName(full)!) ? full
            : $"file:{Uri.EscapeDataString(full).Replace("%2F", "/", StringComparison.Ordinal)}?immutable=1";
    }
}
