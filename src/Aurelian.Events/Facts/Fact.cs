using System.Text.Json.Serialization;

namespace Aurelian.Events;

/// <summary>
/// What happened: a closed set of cases. A fact is parsed and bounded; it never holds a payload.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(RunStarted), "run-started")]
[JsonDerivedType(typeof(RunEnded), "run-ended")]
[JsonDerivedType(typeof(EpisodeStarted), "episode-started")]
[JsonDerivedType(typeof(EpisodeEnded), "episode-ended")]
[JsonDerivedType(typeof(AgentStepped), "agent-stepped")]
[JsonDerivedType(typeof(ToolCallStarted), "tool-call-started")]
[JsonDerivedType(typeof(ToolCallEnded), "tool-call-ended")]
[JsonDerivedType(typeof(EnvironmentChanged), "environment-changed")]
[JsonDerivedType(typeof(TestConfigurationChanged), "test-configuration-changed")]
[JsonDerivedType(typeof(LeftRunning), "left-running")]
[JsonDerivedType(typeof(BehaviourDrifted), "behaviour-drifted")]
[JsonDerivedType(typeof(ProcessForked), "process-forked")]
[JsonDerivedType(typeof(ProcessExecuted), "process-executed")]
[JsonDerivedType(typeof(ProcessExited), "process-exited")]
[JsonDerivedType(typeof(SyscallRefused), "syscall-refused")]
[JsonDerivedType(typeof(FileOpenedForWriting), "file-opened-for-writing")]
[JsonDerivedType(typeof(FileRead), "file-read")]
[JsonDerivedType(typeof(ProcessTriggered), "process-triggered")]
[JsonDerivedType(typeof(DescriptorPassed), "descriptor-passed")]
[JsonDerivedType(typeof(LocalSocketConnected), "local-socket-connected")]
[JsonDerivedType(typeof(ConnectAttempted), "connect-attempted")]
[JsonDerivedType(typeof(SocketBound), "socket-bound")]
[JsonDerivedType(typeof(SocketListened), "socket-listened")]
[JsonDerivedType(typeof(DatagramSent), "datagram-sent")]
[JsonDerivedType(typeof(DnsAsked), "dns-asked")]
[JsonDerivedType(typeof(FlowOpened), "flow-opened")]
[JsonDerivedType(typeof(ProtocolSeen), "protocol-seen")]
[JsonDerivedType(typeof(FlowClosed), "flow-closed")]
[JsonDerivedType(typeof(FlowMeasured), "flow-measured")]
[JsonDerivedType(typeof(ProbeSeen), "probe-seen")]
[JsonDerivedType(typeof(IcmpSeen), "icmp-seen")]
[JsonDerivedType(typeof(PacketRefused), "packet-refused")]
[JsonDerivedType(typeof(FlowTranslated), "flow-translated")]
[JsonDerivedType(typeof(AlertSeen), "alert-seen")]
[JsonDerivedType(typeof(PolicyInstalled), "policy-installed")]
[JsonDerivedType(typeof(CanaryProbed), "canary-probed")]
[JsonDerivedType(typeof(ResourceSampled), "resource-sampled")]
[JsonDerivedType(typeof(Found), "found")]
[JsonDerivedType(typeof(Contained), "contained")]
[JsonDerivedType(typeof(VerdictGiven), "verdict-given")]
[JsonDerivedType(typeof(CoverageReported), "coverage-reported")]
[JsonDerivedType(typeof(Gap), "gap")]
[JsonDerivedType(typeof(Tick), "tick")]
public abstract partial record Fact
{
    private Fact()
    {
    }
}
