using System.Text;
using Aurelian.Events;
using Aurelian.Readers;
using Aurelian.UnitTests.Tidy;

namespace Aurelian.UnitTests.Readers;

/// <summary>Bytes through recognition, unpacking and reading, as <c>replay</c> does it.</summary>
internal sealed record Reads(string Kind, IReadOnlyList<Reading> Readings, ReadReport Report)
{
    internal IEnumerable<Fact> Facts => Readings.Select(reading => reading.Observation.Fact);

    internal static Reads Of(byte[] bytes)
    {
        using HeadStream head = Unpacking.Open(new MemoryStream(bytes), 256 * 1024);
        EventReader reader = Recognition.Recognise(head.Head, "none");
        ReadReport report = new();
        return new Reads(reader.Kind, [.. reader.Read(head, report, CancellationToken.None)], report) with
        {
            Kind = reader.Kind, // some formats say what they are only after their header
        };
    }

    internal static Reads Of(params string[] lines) => Of(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\n"));

    internal static Reads OfSample(string name) => Of(SampleBytes(name));

    /// <summary>A small file of our own making, in the form of another tool's.</summary>
    internal static byte[] SampleBytes(string name) =>
        File.ReadAllBytes(Path.Combine(Repository.Root, "tests/Aurelian.UnitTests/Readers/Samples", name));

    internal IEnumerable<T> All<T>() where T : Fact => Facts.OfType<T>();

    internal T One<T>() where T : Fact => Assert.Single(Facts.OfType<T>());

    internal Reading ReadingOf<T>() where T : Fact =>
        Assert.Single(Readings, reading => reading.Observation.Fact is T);
}
