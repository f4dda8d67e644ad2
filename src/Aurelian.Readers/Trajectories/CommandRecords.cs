namespace Aurelian.Readers;

/// <summary>Commands as JSON: objects with a <c>command</c>, a line each or in one array.</summary>
internal sealed class CommandRecords(bool inArray) : JsonRecords(
    inArray, "command", "cmd", "timestamp", "time", "tool", "exit_code")
{
    private const int Command = 0, ShortCommand = 1, Timestamp = 2, Time = 3, Tool = 4, ExitCode = 5;

    private TrajectoryTeller? _teller;

    public override string Kind => "commands";

    protected override string? Read(in JsonRow row, long number, ReadReport report, List<Reading> readings)
    {
        if ((row.Text(Command, 16_384) ?? row.Text(ShortCommand, 16_384)) is not { } command)
        {
            return "without a command";
        }

        _teller ??= new TrajectoryTeller(report, Kind);
        _teller.Record = number;
        if (row.TryStamp(Timestamp, report, out long ns) || row.TryStamp(Time, report, out ns))
        {
            _teller.At(ns);
        }

        _teller.Called(row.Text(Tool, 64) ?? "bash", command);
        _teller.Returned(row.Has(ExitCode) ? row.Int(ExitCode) : null, 0, null);
        readings.AddRange(_teller.Readings);
        _teller.Readings.Clear();
        return null;
    }
}
