namespace Aurelian.Sandbox;

/// <summary>
/// What is left of a sandbox that has ended: its cgroups with their limits, the nursery in them, and its network slot.
/// No process, no file and no mount of it.
/// </summary>
internal sealed record SandboxShell(string Name, ResourceLimits Limits, NetworkSlot? Slot, WardenChannel? Nursery);
