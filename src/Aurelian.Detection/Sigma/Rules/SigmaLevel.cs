using System.Text.Json.Serialization;

namespace Aurelian.Detection;

[JsonConverter(typeof(JsonStringEnumConverter<SigmaLevel>))]
public enum SigmaLevel
{
    [JsonStringEnumMemberName("informational")] Informational,
    [JsonStringEnumMemberName("low")] Low,
    [JsonStringEnumMemberName("medium")] Medium,
    [JsonStringEnumMemberName("high")] High,
    [JsonStringEnumMemberName("critical")] Critical,
}

/// <summary>How mature a rule's author says that it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SigmaStatus>))]
public enum SigmaStatus
{
    [JsonStringEnumMemberName("stable")] Stable,
    [JsonStringEnumMemberName("test")] Test,
    [JsonStringEnumMemberName("experimental")] Experimental,
    [JsonStringEnumMemberName("deprecated")] Deprecated,
    [JsonStringEnumMemberName("unsupported")] Unsupported,
}

/// <summary>Whose a rule is, and so what its level may do (docs/decisions/0018).</summary>
public enum SigmaTrust
{
    /// <summary>In this repository: high contains where its status is stable.</summary>
    Ours,
    /// <summary>The user's: suspect at most.</summary>
    Suspects,
    /// <summary>The user's, who said that they contain.</summary>
    Contains,
}
