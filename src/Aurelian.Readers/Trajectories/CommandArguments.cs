namespace Aurelian.Readers;

/// <summary>The command in a tool call's arguments: a member of their object, else the whole text.</summary>
internal sealed class CommandArguments
{
    private const int CommandMax = 16_384, Members = 6;

    private readonly JsonFields _fields = new("command", "cmd", "code", "input", "script", "path");

    /// <param name="arguments">In UTF-8, without the escapes of what they stood in.</param>
    internal string Of(ReadOnlySpan<byte> arguments)
    {
        if (arguments.StartsWith((byte)'{') && _fields.TryRead(arguments))
        {
            JsonRow row = new(_fields, arguments);
            for (int slot = 0; slot < Members; slot++)
            {
                if (row.Text(slot, CommandMax) is { } command)
                {
                    return command;
                }
            }
        }

        return _fields.Recent.Text(arguments, CommandMax);
    }
}
