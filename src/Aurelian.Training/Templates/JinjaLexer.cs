using System.Globalization;
using System.Text;

namespace Aurelian.Training.Templates;

internal enum JinjaTokenKind
{
    /// <summary>Template text outside tags.</summary>
    Text,

    /// <summary>Start of <c>{{</c>.</summary>
    OutputStart,

    /// <summary>Start of <c>{%</c>.</summary>
    StatementStart,

    /// <summary>End of either.</summary>
    TagEnd,

    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    internal bool Is(string text) => Kind is JinjaTokenKind.Operator or JinjaTokenKind.Name && Text == text;

    internal string Shown => Kind == JinjaTokenKind.End ? "the end" : $"'{Text}'";
}

/// <summary>
/// Parts a template into tokens, with the white space rules that chat templates are published for: <c>trim_blocks</c>,
/// <c>lstrip_blocks</c> and the signs <c>-</c> and <c>+</c>.
/// </summary>
internal sealed class JinjaLexer
{
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "(", ")", "[", "]", "{", "}",
        ".", ",", ":", "|",
    ];

    private readonly string _source;
    private readonly List<JinjaToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private bool _lineStarts = true;
    private bool _stripNext;

    private JinjaLexer(string source)
    {
        string text = source.ReplaceLineEndings("\n");
        _source = text.EndsWith('\n') ? text[..^1] : text;
    }

    internal static List<JinjaToken> Tokens(string source)
    {
        JinjaLexer lexer = new(source);
        while (lexer._at < lexer._source.Length)
        {
            lexer.Next();
        }

        lexer._tokens.Add(new JinjaToken(JinjaTokenKind.End, "", lexer._line));
        return lexer._tokens;
    }

    private void Next()
    {
        int tag = FindTag();
        string text = _source[_at..(tag < 0 ? _source.Length : tag)];
        char kind = tag < 0 ? ' ' : _source[tag + 1];
        char sign = tag >= 0 && tag + 2 < _source.Length ? _source[tag + 2] : ' ';
        int line = _line;
        Move(text.Length);
        if (_stripNext)
        {
            text = text.TrimStart();
        }

        if (sign == '-')
        {
            text = text.TrimEnd();
        }
        else if (kind is '%' or '#' && sign != '+')
        {
            text = WithoutIndent(text);
        }

        if (text.Length > 0)
        {
            _tokens.Add(new JinjaToken(JinjaTokenKind.Text, text, line));
        }

        _stripNext = false;
        _lineStarts = false;
        if (tag >= 0)
        {
            Move(sign is '-' or '+' ? 3 : 2);
            Tag(kind);
        }
    }

    private int FindTag()
    {
        for (int at = _at; (at = _source.IndexOf('{', at)) >= 0 && at + 1 < _source.Length; at++)
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Blanks between a line's start and a statement are no text.</summary>
    private string WithoutIndent(string text)
    {
        int start = text.LastIndexOf('\n') + 1;
        return (start > 0 || _lineStarts) && string.IsNullOrWhiteSpace(text[start..]) ? text[..start] : text;
    }

    private void Tag(char kind)
    {
        if (kind == '#')
        {
            int end = _source.IndexOf("#}", _at, StringComparison.Ordinal);
            if (end < 0)
            {
                throw new JinjaException("a comment has no end", _line);
            }

            bool strips = _source[end - 1] == '-';
            Move(end + 2 - _at);
            AfterTag(strips, trimsLine: true);
            return;
        }

        _tokens.Add(new JinjaToken(
            kind == '{' ? JinjaTokenKind.OutputStart : JinjaTokenKind.StatementStart, "{" + kind, _line));
        string closing = kind == '{' ? "}}" : "%}";
        int depth = 0;
        while (true)
        {
            SkipBlanks();
            if (_at >= _source.Length)
            {
                throw new JinjaException($"'{closing}' is missing", _line);
            }

            ReadOnlySpan<char> rest = _source.AsSpan(_at);
            bool strips = rest[0] is '-' or '+' && rest[1..].StartsWith(closing, StringComparison.Ordinal);
            if (depth == 0 && (strips || rest.StartsWith(closing, StringComparison.Ordinal)))
            {
                bool minus = strips && rest[0] == '-';
                bool plus = strips && rest[0] == '+';
                _tokens.Add(new JinjaToken(JinjaTokenKind.TagEnd, closing, _line));
                Move(strips ? 3 : 2);
                AfterTag(minus, trimsLine: kind == '%' && !plus);
                return;
            }

            JinjaToken token = Symbol(rest);
            depth += token.Kind != JinjaTokenKind.Operator ? 0
                : token.Text is "(" or "[" or "{" ? 1 : token.Text is ")" or "]" or "}" ? -1 : 0;
            _tokens.Add(token);
        }
    }

    private void AfterTag(bool strips, bool trimsLine)
    {
        _stripNext = strips;
        if (!strips && trimsLine && _at < _source.Length && _source[_at] == '\n')
        {
            Move(1);
            _lineStarts = true;
        }
    }

    private JinjaToken Symbol(ReadOnlySpan<char> rest)
    {
        int line = _line;
        if (rest[0] is '"' or '\'')
        {
            return new JinjaToken(JinjaTokenKind.String, ReadString(rest[0]), line);
        }

        int length = 0;
        if (char.IsLetter(rest[0]) || rest[0] == '_')
        {
            while (length < rest.Length && (char.IsLetterOrDigit(rest[length]) || rest[length] == '_'))
            {
                length++;
            }

            string name = rest[..length].ToString();
            Move(length);
            return new JinjaToken(JinjaTokenKind.Name, name, line);
        }

        if (char.IsAsciiDigit(rest[0]))
        {
            while (length < rest.Length && (char.IsAsciiDigit(rest[length])
                || (rest[length] == '.' && length + 1 < rest.Length && char.IsAsciiDigit(rest[length + 1]))))
            {
                length++;
            }

            string number = rest[..length].ToString();
            Move(length);
            return new JinjaToken(
                number.Contains('.', StringComparison.Ordinal) ? JinjaTokenKind.Float : JinjaTokenKind.Integer,
                number, line);
        }

        foreach (string candidate in Operators)
        {
            if (rest.StartsWith(candidate, StringComparison.Ordinal))
            {
                Move(candidate.Length);
                return new JinjaToken(JinjaTokenKind.Operator, candidate, line);
            }
        }

        throw new JinjaException($"'{rest[0]}' is not understood", line);
    }

    private string ReadString(char quote)
    {
        StringBuilder text = new();
        int line = _line;
        for (Move(1); _at < _source.Length && _source[_at] != quote; Move(1))
        {
            if (_source[_at] != '\\' || _at + 1 >= _source.Length)
            {
                text.Append(_source[_at]);
                continue;
            }

            Move(1);
            text.Append(Escaped(_source[_at], line));
        }

        if (_at >= _source.Length)
        {
            throw new JinjaException("a text has no closing quote", line);
        }

        Move(1);
        return text.ToString();
    }

    private string Escaped(char letter, int line)
    {
        switch (letter)
        {
            case 'n': return "\n";
            case 't': return "\t";
            case 'r': return "\r";
            case 'b': return "\b";
            case 'f': return "\f";
            case '\\' or '\'' or '"': return letter.ToString();
            case '\n': return "";
            case 'u' or 'x':
                int digits = letter == 'u' ? 4 : 2;
                if (_at + digits < _source.Length && ushort.TryParse(_source.AsSpan(_at + 1, digits),
                    NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
                {
                    Move(digits);
                    return ((char)code).ToString();
                }

                throw new JinjaException($"'\\{letter}' wants {digits} hexadecimal digits", line);
            default: return "\\" + letter;
        }
    }

    private void SkipBlanks()
    {
        while (_at < _source.Length && char.IsWhiteSpace(_source[_at]))
        {
            Move(1);
        }
    }

    private void Move(int count)
    {
        _line += _source.AsSpan(_at, count).Count('\n');
        _at += count;
    }
}
