namespace Aurelian.Readers;

/// <summary>Stands for a file that nobody recognises, and says so.</summary>
internal sealed class UnknownReader : EventReader
{
    public override string Kind => "unknown";

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        report.Note("the beginning", "no format that is known here");
        return [];
    }
}
