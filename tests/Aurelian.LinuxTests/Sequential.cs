using Xunit.Sdk;
using Xunit.v3;

// These tests make namespaces, cgroups and kernel hooks and measure what arrives: side by side they would only wait for
// one another on two cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
