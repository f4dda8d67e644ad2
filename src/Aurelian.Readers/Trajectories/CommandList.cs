using System.Buffers;
using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// A plain list of shell commands, one a line, <c>#</c> before a comment. Recognised last, by lines that begin as
/// commands do.
/// </summary>
internal sealed class CommandList : EventReader
{
    private const int CommandMax = 64 * 1024, LinesLookedAt = 64;

    private static readonly SearchValues<byte> WordEnds = SearchValues.Create(" \t;|&=("u8);

    private static readonly HashSet<string> Words = [.. """
        apt apt-get awk bash bundle cargo cat cd chmod chown cmake cp curl cut date df diff docker dotnet du echo env
        export find gcc git go grep gunzip gzip head id jq kill kubectl ln ls make mkdir mv nc ncat nmap node nohup npm
        npx openssl perl php ping pip pip3 ps pwd pytest python python3 rm rsync ruby scp screen sed service sh sleep
        socat sort source ssh ssh-keyscan stat strace sudo systemctl tail tar tee tmux touch tr uname unzip vi vim wc
        wget which whoami xargs yarn zip crontab printf sqlite3 uv ip ss ./ xmrig set if for while ngrok chisel frpc
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    public override string Kind => "commands";

    public override IEnumerable<Reading> Read(Stream input, ReadReport report, CancellationToken cancellationToken)
    {
        TrajectoryTeller teller = new(report, Kind);
        LineReader lines = new(input, CommandMax);
        while (TryNext(lines, teller, report))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int index = 0; index < teller.Readings.Count; index++)
            {
                yield return teller.Readings[index];
            }

            teller.Readings.Clear();
        }

        teller.End();
        foreach (Reading reading in teller.Readings)
        {
            yield return reading;
        }
    }

    /// <summary>Most lines of the head begin with a command's name or a path to one.</summary>
    internal static EventReader? Recognise(ReadOnlySpan<byte> head)
    {
        int commands = 0, others = 0;
        ReadOnlySpan<byte> rest = head;
        while (commands + others < LinesLookedAt && Fields.TryNext(ref rest, (byte)'\n', out ReadOnlySpan<byte> line))
        {
            line = line.Trim(" \t\r"u8);
            if (line.IsEmpty || line[0] == '#')
            {
                continue;
            }

            int end = line.IndexOfAny(WordEnds);
            ReadOnlySpan<byte> first = end < 0 ? line : line[..end];
            bool path = first.StartsWith("./"u8) || first.StartsWith("/usr/"u8) || first.StartsWith("/bin/"u8);
            bool command = path || (first.Length <= 32 && Words.Contains(Encoding.ASCII.GetString(first)));
            commands += command ? 1 : 0;
            others += command ? 0 : 1;
        }

        return commands > others && !head.Contains((byte)0) ? new CommandList() : null;
    }

    private static bool TryNext(LineReader lines, TrajectoryTeller teller, ReadReport report)
    {
        if (!lines.TryRead(out ReadOnlySpan<byte> line))
        {
            return false;
        }

        line = line.Trim(" \t"u8);
        teller.Record = lines.Number;
        if (lines.WasTooLong)
        {
            report.Reject("line", lines.Number, "longer than 64 KiB");
        }
        else if (!line.IsEmpty && line[0] != '#')
        {
            teller.Called("bash", Fields.Utf8(line, CommandMax));
            teller.Returned(null, 0, null);
            report.Accept();
        }

        return true;
    }
}
