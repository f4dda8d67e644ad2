using System.Buffers.Text;

namespace Aurelian.Readers;

/// <summary>
/// Moments as logs spell them: RFC 3339 and its relatives, or seconds, milli-, micro- or nanoseconds since 1970, told
/// apart by their size. Without a zone it is taken for the report's, and the report says that some had none.
/// </summary>
internal static class Stamps
{
    private const long SecondNs = 1_000_000_000;
    private const int YearMin = 1970, YearMax = 2200;

    /// <summary>Nanoseconds from 1970 to the first year that no log has.</summary>
    private const long NsMax = 7_258_118_400 * SecondNs;

    internal static bool TryRead(ReadOnlySpan<byte> text, ReadReport report, out long ns)
    {
        text = text.Trim((byte)' ');
        return text.Length >= 16 && text[4] is (byte)'-' or (byte)'/' && text[7] == text[4] && text[13] == ':'
            ? TryDate(text, report, out ns)
            : TryEpoch(text, out ns);
    }

    internal static DateTimeOffset ToUtc(long ns) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(ns, 0, NsMax) / TimeSpan.NanosecondsPerTick);

    private static bool TryEpoch(ReadOnlySpan<byte> text, out long ns)
    {
        ns = 0;
        if (!Utf8Parser.TryParse(text, out long whole, out int read) || whole < 0)
        {
            return false;
        }

        long unit = whole switch
        {
            < 100_000_000_000 => SecondNs,
            < 100_000_000_000_000 => 1_000_000,
            < 100_000_000_000_000_000 => 1000,
            _ => 1,
        };
        ReadOnlySpan<byte> rest = text[read..];
        if (whole >= NsMax / unit || (!rest.IsEmpty && rest[0] != '.') || !TryFraction(ref rest, out long fraction)
            || !rest.IsEmpty)
        {
            return false;
        }

        ns = (whole * unit) + (fraction / (SecondNs / unit));
        return true;
    }

    private static bool TryDate(ReadOnlySpan<byte> text, ReadReport report, out long ns)
    {
        ns = 0;
        if (!Number(text, 0, 4, out int year) || !Number(text, 5, 2, out int month) || !Number(text, 8, 2, out int day)
            || !Number(text, 11, 2, out int hour) || !Number(text, 14, 2, out int minute)
            || !Second(text, out int second, out int read) || year is < YearMin or >= YearMax || month is < 1 or > 12
            || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[read..];
        if (!TryFraction(ref rest, out long fraction) || !TryZone(rest, report, out int zoneMinutes))
        {
            return false;
        }

        long seconds = (new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks)
            / TimeSpan.TicksPerSecond;
        seconds += (hour * 3600) + ((minute - zoneMinutes) * 60) + second;
        ns = (seconds * SecondNs) + fraction;
        return ns >= 0;
    }

    /// <summary>A time may end with its minute.</summary>
    private static bool Second(ReadOnlySpan<byte> text, out int second, out int read)
    {
        bool has = text.Length >= 19 && text[16] == ':';
        second = 0;
        read = has ? 19 : 16;
        return !has || Number(text, 17, 2, out second);
    }

    /// <summary><c>.123456789</c>: digits beyond the ninth are dropped.</summary>
    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out long ns)
    {
        ns = 0;
        if (rest.IsEmpty || rest[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        long unit = SecondNs / 10;
        int at = 1;
        for (; at < rest.Length && char.IsAsciiDigit((char)rest[at]); at++)
        {
            ns += (rest[at] - '0') * unit;
            unit /= 10;
        }

        rest = rest[at..];
        return at > 1;
    }

    private static bool TryZone(ReadOnlySpan<byte> rest, ReadReport report, out int minutes)
    {
        minutes = 0;
        rest = rest.TrimStart((byte)' ');
        if (rest.IsEmpty)
        {
            report.NaiveTimes = true;
            minutes = (int)report.Zone.TotalMinutes;
            return true;
        }

        if (rest.SequenceEqual("Z"u8) || rest.SequenceEqual("UTC"u8))
        {
            return true;
        }

        int colon = rest.Length == 6 && rest[3] == ':' ? 1 : 0;
        if (rest[0] is not ((byte)'+' or (byte)'-') || rest.Length != 5 + colon || !Number(rest, 1, 2, out int hours)
            || !Number(rest, 3 + colon, 2, out minutes))
        {
            return false;
        }

        minutes = ((hours * 60) + minutes) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool Number(ReadOnlySpan<byte> text, int at, int digits, out int number)
    {
        number = 0;
        for (int index = at; index < at + digits; index++)
        {
            if (!char.IsAsciiDigit((char)text[index]))
            {
                return false;
            }

            number = (number * 10) + text[index] - '0';
        }

        return true;
    }
}
