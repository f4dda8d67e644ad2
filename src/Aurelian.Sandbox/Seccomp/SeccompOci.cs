using System.Text.Json.Nodes;

namespace Aurelian.Sandbox;

/// <summary>The same profile in the OCI specification's words, for the runtime's own process.</summary>
internal static class SeccompOci
{
    private const int NotPermitted = 1, NoSuchCall = 38;

    internal static JsonObject Build(bool tracingConfined) => new()
    {
        ["defaultAction"] = "SCMP_ACT_ERRNO",
        ["defaultErrnoRet"] = NotPermitted,
        ["architectures"] = new JsonArray(Architecture()),
        ["syscalls"] = new JsonArray(
        [
            Rule(SeccompProfile.Allowed(tracingConfined), "SCMP_ACT_ALLOW"),
            Absent(),
            .. SeccompProfile.Conditional.Select(rule => Conditional(rule, "SCMP_ACT_ALLOW")),
            .. SeccompProfile.Pretended.Select(Pretended),
        ]),
    };

    private static JsonObject Pretended(ConditionalRule rule)
    {
        JsonObject pretended = Conditional(rule, "SCMP_ACT_ERRNO");
        pretended["errnoRet"] = 0;
        return pretended;
    }

    private static JsonObject Absent()
    {
        JsonObject rule = Rule([SeccompProfile.Absent], "SCMP_ACT_ERRNO");
        rule["errnoRet"] = NoSuchCall;
        return rule;
    }

    private static JsonObject Conditional(ConditionalRule rule, string action)
    {
        JsonObject conditional = Rule([rule.Syscall], action);
        conditional["args"] = new JsonArray([.. rule.Tests.Select(Test)]);
        return conditional;
    }

    private static JsonObject Test(ArgumentTest test) => test.Comparison == Comparison.MaskedEqual
        ? new JsonObject
        {
            ["index"] = test.Index, ["value"] = test.Mask, ["valueTwo"] = test.Value, ["op"] = "SCMP_CMP_MASKED_EQ",
        }
        : new JsonObject
        {
            ["index"] = test.Index, ["value"] = test.Value,
            ["op"] = test.Comparison == Comparison.Equal ? "SCMP_CMP_EQ" : "SCMP_CMP_NE",
        };

    private static JsonObject Rule(IEnumerable<string> names, string action) => new()
    {
        ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name!)]),
        ["action"] = action,
    };

    private static string Architecture() => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "SCMP_ARCH_X86_64",
        System.Runtime.InteropServices.Architecture.Arm64 => "SCMP_ARCH_AARCH64",
        var other => throw new SandboxException(SandboxFailure.Missing, $"No seccomp profile for {other}."),
    };
}
