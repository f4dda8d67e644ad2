namespace Aurelian.Agents;

/// <summary>The loop's tools as a model is told of them.</summary>
public static class AgentTools
{
    public const string SystemPrompt = """
        You are a coding agent. You work in a sandbox, in its working directory, on the user's task. Act by calling
        tools, look at each result, and call submit when the task is done. A turn without a tool call ends your work.
        """;

    /// <summary>Name, description, and the parameters' JSON schema.</summary>
    public static IReadOnlyList<(string Name, string Description, string Schema)> All { get; } =
    [
        ("bash", "Runs a command in the sandbox's shell and gives its output and exit code.", """
            {"type":"object","properties":{"command":{"type":"string"}},"required":["command"]}
            """),
        ("edit", "Views a file, creates one, or replaces a text that occurs exactly once in it.", """
            {"type":"object","properties":{"action":{"type":"string","enum":["view","create","replace"]},
            "path":{"type":"string"},"content":{"type":"string"},"old":{"type":"string"},"new":{"type":"string"}},
            "required":["action","path"]}
            """),
        ("submit", "Says that the task is done; ends the work.", """{"type":"object","properties":{}}"""),
    ];

    /// <summary>What a model is told whose call could not be read.</summary>
    public static string Mend(string problem) =>
        $"No tool was run: {problem}. Write\n<tool_call>\n"
        + $"{{\"name\": \"bash\", \"arguments\": {{\"command\": \"…\"}}}}\n"
        + "</tool_call>";
}
