using System.Collections.Immutable;
using System.Net;
using System.Reflection;
using Aurelian.Events;
using Aurelian.Response;
using Aurelian.Store;
using Microsoft.Data.Sqlite;

namespace Aurelian.UnitTests.Store;

public sealed class TimelineTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aurelian-store-").FullName;

    private string File => Path.Combine(_folder, "timeline.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_kind_of_fact_comes_back_as_it_was()
    {
        Event[] events = [.. typeof(Fact).GetNestedTypes().Where(type => !type.IsAbstract)
            .Select((type, index) => new Event(
                index + 1, DateTimeOffset.UnixEpoch.AddTicks(index), index,
                new Subject(new RunId("r"), null, new EpisodeId("e1"), new ToolCallId("e1.c1"), new SandboxId("e1"), 7),
                (Fact)Make(type)!))];

        using (TimelineWriter writer = TimelineWriter.Create(File, durable: false))
        {
            writer.Append(events);
        }

        using TimelineReader reader = TimelineReader.Open(File);
        Assert.Equal(events.Select(Text), reader.Read().Select(Text));
        Assert.True(events.Length > 30);
    }

    [Fact]
    public void Whatever_a_sandbox_says_is_kept_and_breaks_nothing()
    {
        string hostile = "\u001b[2J\0\"'</script>\ud800" + new string('x', 10_000);

        using (TimelineWriter writer = TimelineWriter.Create(File, durable: true))
        {
            writer.Append([new Event(1, default, 1, default, new Fact.AgentStepped(1, hostile))]);
        }

        using TimelineReader reader = TimelineReader.Open(File);
        Fact.AgentStepped read = Assert.IsType<Fact.AgentStepped>(Assert.Single(reader.Read()).Fact);
        Assert.StartsWith("\u001b[2J\0\"'</script>", read.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_refuses_the_whole_batch_and_keeps_what_was_acknowledged()
    {
        using (TimelineWriter writer = TimelineWriter.Create(File, durable: false, pagesMax: 40))
        {
            writer.Append([Big(1)]);
            StoreException full = Assert.Throws<StoreException>(() =>
                writer.Append([.. Enumerable.Range(2, 100).Select(seq => Big(seq))]));
            Assert.Equal(StoreFailure.CannotWrite, full.Reason);
        }

        using TimelineReader reader = TimelineReader.Open(File);
        Assert.Equal(1, Assert.Single(reader.Read()).Seq);
    }

    [Fact]
    public void A_file_that_is_no_timeline_is_said_to_be_none()
    {
        System.IO.File.WriteAllText(File, "something else, long enough to be looked at as a database header");

        Assert.Equal(StoreFailure.NotFound, Assert.Throws<StoreException>(() => TimelineReader.Open(File)).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRAGMA journal_mode = WAL")]
    public void A_timeline_whose_writer_was_killed_before_its_first_event_is_empty(string done)
    {
        using (SqliteConnection connection = new($"Data Source={File};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = done;
            command.ExecuteNonQuery();
        }

        using TimelineReader reader = TimelineReader.Open(File);
        Assert.Empty(reader.Read());
        Assert.Equal(RunEnding.Missing, RunRecord.Summarise(reader.Read(), null).Ending);
    }

    [Theory]
    [InlineData(0, RunEnding.Whole)]
    [InlineData(1, RunEnding.BrokenOff)]
    [InlineData(null, RunEnding.Missing)]
    public void A_run_says_how_it_ended(int? code, RunEnding ending)
    {
        Event[] events =
        [
            new(1, default, 1, default, new Fact.RunStarted("", "", "", "")),
            .. code is { } given ? new[] { new Event(2, default, 2, default, new Fact.RunEnded(given)) } : [],
        ];

        Assert.Equal(ending, RunRecord.Summarise(events, null).Ending);
    }

    private static Event Big(long seq) => new(seq, default, seq, default, new Fact.AgentStepped(1, new string('x',
        4000)));

    private static string Text(Event each) => $"{each.Seq} {each.Time:O} {each.MonotonicNs} {each.Subject} "
        + $"{each.Fact.GetType().Name} {EventJson.Write(each.Fact)}";

    /// <summary>Some value of any type that facts are made of.</summary>
    private static object? Make(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(string) ? "text \"quoted\" ä"
            : plain == typeof(bool) ? true
            : plain == typeof(Endpoint) ? new Endpoint(IPAddress.Parse("2001:db8::1"), 443)
            : plain == typeof(DateTimeOffset) ? DateTimeOffset.UnixEpoch.AddDays(1)
            : plain == typeof(ImmutableArray<string>) ? ImmutableArray.Create("a", "")
            : plain == typeof(ImmutableArray<long>) ? ImmutableArray.Create(1L, 2L)
            : plain == typeof(double) ? 0.5
            : plain.IsEnum ? Enum.GetValues(plain).GetValue(Enum.GetValues(plain).Length - 1)
            : plain.IsPrimitive ? Convert.ChangeType(3, plain, System.Globalization.CultureInfo.InvariantCulture)
            : plain == typeof(Finding) ? new Finding
            {
                Rule = "r", RuleVersion = 2, Category = Category.Tunnel, Severity = Severity.High, Confidence = 0.5,
                Subject = new Subject(Pid: 3), Evidence = [1], Explanation = "e", CompletedAtNs = 9,
            }
            : Construct(plain);
    }

    private static object Construct(Type type)
    {
        ConstructorInfo constructor = type.GetConstructors().MaxBy(each => each.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(parameter => Make(parameter.ParameterType))]);
    }
}
