using System.Text;

namespace Aurelian.Readers;

/// <summary>
/// Cuts the values of named members out of JSON of any size, one at a time and in the file's order: of an array its
/// elements, of anything else the value. Lines of objects, one great object or an array of them, all the same.
/// </summary>
/// <remarks>
/// With <c>byLine</c> an object never goes on behind its line, and a line that holds no wanted value or is not closed
/// is told as one that was cut. It only counts brackets and quotes, so that a damaged value costs itself and not the
/// file; the values are checked by whoever parses them. The empty name stands for the elements of an array at the top.
/// </remarks>
internal sealed class JsonElements(Stream stream, bool byLine, int elementMax, params string[] names)
{
    /// <summary>A step of an agent with all that its command printed.</summary>
    internal const int ElementMax = 16 * 1024 * 1024;

    private const int KeyMax = 64;

    private readonly byte[][] _names = [.. names.Select(Encoding.UTF8.GetBytes)];
    private readonly byte[] _key = new byte[KeyMax];
    private byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _end;
    private int _keyLength = -1;
    private bool _expectsValue;
    private int _arrayOf = -1;
    private bool _started;
    private int _top = -1;
    private byte _lastOfLine;
    private bool _lineHeld;
    private bool _lineTold;
    private long _line = 1;

    /// <summary>The line that the value read last began on, from 1.</summary>
    internal long Line { get; private set; } = 1;

    /// <summary>The value read last was longer than the bound, or the stream ended in it.</summary>
    internal bool WasCut { get; private set; }

    /// <param name="name">Which of the names, from 0.</param>
    /// <param name="element">Its bytes, until the next call; empty when it was cut.</param>
    internal bool TryNext(out int name, out ReadOnlySpan<byte> element)
    {
        element = default;
        name = -1;
        WasCut = false;
        while (TryPeek(out byte next))
        {
            if (next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or (byte)',')
            {
                bool damaged = next == '\n' && byLine && EndLine();
                _arrayOf = next == '\n' && byLine && _arrayOf != _top ? -1 : _arrayOf;
                Step();
                if (damaged)
                {
                    return true;
                }

                continue;
            }

            _lastOfLine = next;
            if (next == ':')
            {
                _expectsValue = _keyLength >= 0;
                Step();
            }
            else if (_arrayOf >= 0)
            {
                if (next == ']')
                {
                    _arrayOf = -1;
                    Step();
                    continue;
                }

                name = _arrayOf;
                element = Cut();
                return true;
            }
            else if (TryBegin(next, out name))
            {
                element = Cut();
                return true;
            }
        }

        return byLine && EndLine();
    }

    /// <summary>True where the line that ends here is damaged and nobody was told.</summary>
    private bool EndLine()
    {
        bool damaged = _lastOfLine != 0 && !_lineTold && _top < 0
            && (!_lineHeld || _arrayOf >= 0 || _lastOfLine != (byte)'}');
        (_lastOfLine, _lineHeld, _lineTold, _keyLength, _expectsValue) = (0, false, false, -1, false);
        WasCut = damaged;
        Line = damaged ? _line : Line;
        return damaged;
    }

    /// <summary>True when a wanted value begins here.</summary>
    private bool TryBegin(byte next, out int name)
    {
        name = -1;
        bool atTop = !_started;
        _started = true;
        if (_expectsValue || (atTop && next == '['))
        {
            int wanted = Find(_expectsValue ? _key.AsSpan(0, _keyLength) : default);
            (_expectsValue, _keyLength) = (false, -1);
            if (wanted >= 0 && next == '[')
            {
                _arrayOf = wanted;
                _top = atTop ? wanted : _top;
                Step();
                return false;
            }

            name = wanted;
            if (wanted >= 0)
            {
                return true;
            }
        }

        if (next == '"')
        {
            ReadKey();
        }
        else
        {
            Step();
        }

        return false;
    }

    private int Find(ReadOnlySpan<byte> key)
    {
        for (int index = 0; index < _names.Length; index++)
        {
            if (key.SequenceEqual(_names[index]))
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Passes a text, and keeps it where it may be a wanted name.</summary>
    private void ReadKey()
    {
        Step();
        int length = 0;
        bool escaped = false;
        while (TryPeek(out byte next))
        {
            if (next == '\n' && byLine)
            {
                break;
            }

            Step();
            if (next == '"' && !escaped)
            {
                break;
            }

            escaped = next == '\\' && !escaped;
            if (length < KeyMax)
            {
                _key[length] = next;
            }

            length++;
        }

        _keyLength = length is > 0 and <= KeyMax ? length : -1;
    }

    /// <summary>The value that begins at the next byte, whole.</summary>
    private ReadOnlySpan<byte> Cut()
    {
        _buffer.AsSpan(_at, _end - _at).CopyTo(_buffer);
        (_end, _at) = (_end - _at, 0);
        (Line, _lineHeld, _lastOfLine) = (_line, true, (byte)'}');
        int depth = 0, at = 0;
        bool inText = false, escaped = false;
        while (true)
        {
            if (at == _end && !Fill())
            {
                (WasCut, _lineTold) = (true, true);
                _at = _end;
                return default;
            }

            byte each = _buffer[at];
            if (each == '\n' && byLine)
            {
                // A line ends its object, whatever is still open in it: the next one is whole again.
                WasCut |= depth > 0 || inText;
                _lineTold |= WasCut;
                (_arrayOf, _keyLength, _expectsValue) = (_top, -1, false);
                return Take(at);
            }

            if (inText)
            {
                inText = each != '"' || escaped;
                escaped = each == '\\' && !escaped;
            }
            else if (each is (byte)'}' or (byte)']')
            {
                if (--depth <= 0)
                {
                    // A bare value ends before the bracket of what lies around it.
                    return Take(depth < 0 ? at : at + 1);
                }
            }
            else if (each == ',' && depth == 0)
            {
                return Take(at);
            }
            else
            {
                inText = each == '"';
                depth += each is (byte)'{' or (byte)'[' ? 1 : 0;
            }

            if (++at > elementMax)
            {
                (WasCut, _lineTold) = (true, true);
                Take(at);
                _buffer.AsSpan(at, _end - at).CopyTo(_buffer);
                (_end, _at, at) = (_end - at, 0, 0);
            }
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        _line += byLine ? 0 : _buffer.AsSpan(0, length).Count((byte)'\n');
        _at = length;
        return WasCut ? default : _buffer.AsSpan(0, length);
    }

    private bool TryPeek(out byte next)
    {
        next = 0;
        if (_at == _end)
        {
            (_at, _end) = (0, 0);
            if (!Fill())
            {
                return false;
            }
        }

        next = _buffer[_at];
        return true;
    }

    private void Step() => _line += _buffer[_at++] == '\n' ? 1 : 0;

    private bool Fill()
    {
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
