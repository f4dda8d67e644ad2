namespace Aurelian.Detection;

/// <summary>
/// Audit's records, as rules for <c>service: auditd</c> ask for them. Our facts are made of the same calls: a start is
/// EXECVE, SYSCALL and PATH, a file opened for writing SYSCALL and PATH, an attempt to connect SYSCALL.
/// </summary>
/// <remarks>
/// The records of one event are asked together, as collectors hand them on that join them. Refused is what would never
/// match: other records, calls that no fact tells, the arguments of calls other than a start (numbers there).
/// </remarks>
internal static class AuditRecords
{
    private static readonly string[] Types = ["EXECVE", "SYSCALL", "PATH"], Calls = ["execve", "execveat", "connect"];

    /// <exception cref="RefusedException">The map asks for what no fact has.</exception>
    internal static void Check(YamlNode.Mapping map)
    {
        string[] types = [.. ValuesOf(map, "type")], calls = [.. ValuesOf(map, "syscall")];
        if (calls.FirstOrDefault(call => !Is(Calls, call)) is { } call)
        {
            throw new RefusedException($"syscall '{call}': no fact tells of that call; there are execve and connect");
        }

        if (Is(calls, "execveat") && !Is(calls, "execve"))
        {
            throw new RefusedException("syscall 'execveat': a start by it and one by execve are the same fact");
        }

        if (types.Length > 0 && !Is(types, "EXECVE") && map.Items.Select(each => Modifiers.Read(each.Key).Field)
            .FirstOrDefault(IsArgument) is { } argument)
        {
            throw new RefusedException($"field '{argument}' of type '{types[0]}': the numbers that a call was given "
                + "are kept by no fact");
        }
    }

    internal static FieldTest OfType(string type) => type.ToUpperInvariant() switch
    {
        "EXECVE" => FieldTests.Is(SigmaField.Argument0, present: true),
        "PATH" => FieldTests.Is(SigmaField.PathName, present: true),
        _ => new FieldTest("SYSCALL", _ => true, null), // Every fact of the source is one of a call.
    };

    private static IEnumerable<string> ValuesOf(YamlNode.Mapping map, string field)
    {
        foreach ((string key, YamlNode node) in map.Items)
        {
            Modifiers how = Modifiers.Read(key);
            if (!how.Field.Equals(field, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            string[] values = [.. map.Texts(key)];
            if (key.Contains('|', StringComparison.Ordinal) || values.Length == 0)
            {
                throw new RefusedException($"'{key}': line {node.Line}: only whole values can be asked for there");
            }

            if (field == "type" && values.FirstOrDefault(value => !Is(Types, value)) is { } type)
            {
                throw new RefusedException($"type '{type}': no fact is made of such records; there are EXECVE, SYSCALL "
                    + "and PATH");
            }

            foreach (string value in values)
            {
                yield return value;
            }
        }
    }

    private static bool IsArgument(string field) =>
        field.Length is 2 or 3 && field[0] is 'a' or 'A' && field.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool Is(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
}
