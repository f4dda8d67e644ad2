using System.Collections.Frozen;

namespace Aurelian.Agents;

/// <summary>Policies by their kind: what stands before the colon of <c>--agent</c>.</summary>
public static class PolicyModels
{
    private delegate (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Loader(string name, string what);

    private static readonly FrozenDictionary<string, Loader> Kinds = new Dictionary<string, Loader>
    {
        ["local"] = LocalPolicy.Load,
        ["openai"] = RemotePolicy.Load,
        ["scripted"] = ScriptedPolicy.Load,
    }.ToFrozenDictionary();

    public static (IPolicyModel? Model, IReadOnlyList<InputError> Errors) Create(string name)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Kinds.TryGetValue(name[..colon], out Loader? load)
            ? load(name, name[(colon + 1)..])
            : (null, [new InputError("--agent", 0,
                $"'{name}' is none of: {string.Join(", ", Kinds.Keys.Order())}:WHAT")]);
    }
}
