using Xunit.Sdk;
using Xunit.v3;

// Native tensors are counted for the whole process, and the cores belong to others as well.
[assembly: Parallelization(Mode = ParallelMode.None)]
