namespace Aurelian.Firewall;

/// <summary>Finds the end of a chunked body (RFC 9112 §7.1) without keeping it. Trailers are refused.</summary>
internal sealed class ChunkReader
{
    private enum Place
    {
        Size,
        Extension,
        SizeEnd,
        Data,
        DataReturn,
        DataEnd,
        LastReturn,
        LastEnd,
    }

    private const int DigitsMax = 8;

    private Place _place = Place.Size;
    private long _left;
    private int _digits;

    internal bool IsDone { get; private set; }

    internal bool IsBroken { get; private set; }

    /// <summary>How many of the bytes belong to the body.</summary>
    internal int Read(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (at < bytes.Length && !IsDone && !IsBroken)
        {
            if (_place == Place.Data)
            {
                int taken = (int)Math.Min(_left, bytes.Length - at);
                _left -= taken;
                at += taken;
                _place = _left == 0 ? Place.DataReturn : Place.Data;
            }
            else
            {
                Step(bytes[at++]);
            }
        }

        return at;
    }

    private void Step(byte each)
    {
        switch (_place)
        {
            case Place.Size when char.IsAsciiHexDigit((char)each) && _digits++ < DigitsMax:
                _left = (_left * 16) + HexValue(each);
                break;
            case Place.Size when each == ';' && _digits > 0:
                _place = Place.Extension;
                break;
            case Place.Size or Place.Extension when each == '\r' && _digits > 0:
                _place = Place.SizeEnd;
                break;
            case Place.Extension when each is not (byte)'\n':
                break;
            case Place.SizeEnd when each == '\n':
                _place = _left > 0 ? Place.Data : Place.LastReturn;
                _digits = 0;
                break;
            case Place.DataReturn when each == '\r':
                _place = Place.DataEnd;
                break;
            case Place.DataEnd when each == '\n':
                _place = Place.Size;
                break;
            case Place.LastReturn when each == '\r':
                _place = Place.LastEnd;
                break;
            case Place.LastEnd when each == '\n':
                IsDone = true;
                break;
            default:
                IsBroken = true;
                break;
        }
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
