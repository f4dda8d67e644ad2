using Aurelian.Events;
using Microsoft.Data.Sqlite;

namespace Aurelian.Store;

/// <summary>
/// Appends to a run's timeline. When <see cref="Append"/> returns, the batch survives the end of this process however
/// it came (write-ahead log, one transaction a batch); with <c>durable</c> a loss of power too.
/// </summary>
public sealed class TimelineWriter : IDisposable
{
    internal const int SchemaVersion = 1;

    private readonly SqliteConnection _connection;
    private readonly EventInsert _insert;

    private TimelineWriter(SqliteConnection connection)
    {
        _connection = connection;
        _insert = new EventInsert(connection.Handle!);
    }

    /// <param name="pagesMax">For tests of a full disk: pages of 4 KiB; null: as many as the disk holds.</param>
    public static TimelineWriter Create(string path, bool durable, int? pagesMax = null)
    {
        try
        {
            SqliteConnection connection = new(new SqliteConnectionStringBuilder
            {
                DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false,
            }.ToString());
            connection.Open();
            Execute(connection, $"""
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = {(durable ? "FULL" : "NORMAL")};
                BEGIN;
                PRAGMA user_version = {SchemaVersion};
                CREATE TABLE event (
                    seq INTEGER PRIMARY KEY, time TEXT NOT NULL, mono_ns INTEGER NOT NULL, episode TEXT, call TEXT,
                    sandbox TEXT, pid INTEGER, kind TEXT NOT NULL, fact TEXT NOT NULL);
                CREATE TABLE run (id TEXT NOT NULL);
                COMMIT;
                """);
            if (pagesMax is { } pages)
            {
                Execute(connection, $"PRAGMA max_page_count = {pages};");
            }

            return new TimelineWriter(connection);
        }
        catch (SqliteException exception)
        {
            throw CannotWrite(exception);
        }
    }

    /// <summary>All of the batch or none.</summary>
    public void Append(IReadOnlyList<Event> batch)
    {
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            foreach (Event each in batch)
            {
                if (each.Seq == 1 && each.Subject.Run is { } run)
                {
                    Name(run, transaction);
                }

                _insert.Execute(each);
            }

            transaction.Commit();
        }
        catch (SqliteException exception)
        {
            throw CannotWrite(exception);
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Name(RunId run, SqliteTransaction transaction)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "INSERT INTO run (id) VALUES ($id)";
        command.Parameters.AddWithValue("$id", run.Value);
        command.ExecuteNonQuery();
    }

    private static void Execute(SqliteConnection connection, string text)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static StoreException CannotWrite(SqliteException exception) => new(
        StoreFailure.CannotWrite, $"The timeline cannot be written: {exception.Message}", exception);
}
