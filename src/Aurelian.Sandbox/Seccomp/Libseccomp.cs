using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Aurelian.Sandbox;

/// <summary>libseccomp 2.5 or later: names to numbers, and the profile as the kernel's filter program.</summary>
internal static unsafe partial class Libseccomp
{
    private const string Library = "libseccomp.so.2";
    private const uint ActionAllow = 0x7FFF0000;
    private const uint ActionNotify = 0x7FC00000;
    private const uint ActionErrno = 0x00050000;
    private const int NotPermitted = 1; // EPERM
    private const int NoSuchCall = 38; // ENOSYS
    private const int AttributeBadArchitecture = 2; // SCMP_FLTATR_ACT_BADARCH
    private const int AttributeOptimize = 8; // SCMP_FLTATR_CTL_OPTIMIZE; 2 is a binary tree
    private const int NumberMax = 1024;

    /// <summary>Names of the native architecture's calls.</summary>
    internal static IEnumerable<string> KnownSyscalls()
    {
        for (int number = 0; number < NumberMax; number++)
        {
            if (NameOf(number) is { } name)
            {
                yield return name;
            }
        }
    }

    internal static string? NameOf(int number)
    {
        nint text = ResolveNumber(NativeArchitecture(), number);
        if (text == 0)
        {
            return null;
        }

        string? name = Marshal.PtrToStringUTF8(text);
        NativeMemory.Free((void*)text);
        return name;
    }

    /// <summary>
    /// The profile as an array of <c>struct sock_filter</c>; what it does not allow it hands to the warden, or
    /// for pid 1, which nobody answers, refuses itself.
    /// </summary>
    internal static byte[] Compile(bool tracingConfined, bool isAnswered = true)
    {
        nint context = Init(isAnswered ? ActionNotify : ActionErrno | NotPermitted);
        if (context == 0)
        {
            throw new SandboxException(SandboxFailure.Missing, "libseccomp cannot make a filter with notification.");
        }

        try
        {
            Check(SetAttribute(
                context, AttributeBadArchitecture, isAnswered ? ActionNotify : ActionErrno | NoSuchCall));
            _ = SetAttribute(context, AttributeOptimize, 2);
            foreach (string name in SeccompProfile.Allowed(tracingConfined))
            {
                Check(AddRule(context, ActionAllow, ResolveName(name), 0, null));
            }

            foreach (ConditionalRule rule in SeccompProfile.Conditional)
            {
                Add(context, ActionAllow, rule);
            }

            foreach (ConditionalRule rule in SeccompProfile.Pretended)
            {
                Add(context, ActionErrno, rule);
            }

            Check(AddRule(context, ActionErrno | NoSuchCall, ResolveName(SeccompProfile.Absent), 0, null));
            return Export(context);
        }
        finally
        {
            Release(context);
        }
    }

    private static void Add(nint context, uint action, ConditionalRule rule)
    {
        ArgumentComparison* tests = stackalloc ArgumentComparison[rule.Tests.Length];
        for (int index = 0; index < rule.Tests.Length; index++)
        {
            ArgumentTest test = rule.Tests[index];
            bool masked = test.Comparison == Comparison.MaskedEqual;
            tests[index] = new ArgumentComparison
            {
                Argument = test.Index,
                Operator = (int)test.Comparison,
                First = masked ? test.Mask : test.Value,
                Second = masked ? test.Value : 0,
            };
        }

        Check(AddRule(context, action, ResolveName(rule.Syscall), (uint)rule.Tests.Length, tests));
    }

    private static byte[] Export(nint context)
    {
        using SafeFileHandle file = new(
            Native.CreateMemoryFile("aurelian-seccomp", Native.MemoryFileCloseOnExec), ownsHandle: true);
        Check(ExportProgram(context, (int)file.DangerousGetHandle()));
        byte[] program = new byte[RandomAccess.GetLength(file)];
        RandomAccess.Read(file, program, 0);
        return program;
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new SandboxException(
                SandboxFailure.Broken, $"libseccomp: {Marshal.GetPInvokeErrorMessage(-result)}.");
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ArgumentComparison
    {
        internal uint Argument;
        internal int Operator;
        internal ulong First;
        internal ulong Second;
    }

    [LibraryImport(Library, EntryPoint = "seccomp_init")]
    private static partial nint Init(uint action);

    [LibraryImport(Library, EntryPoint = "seccomp_release")]
    private static partial void Release(nint context);

    [LibraryImport(Library, EntryPoint = "seccomp_attr_set")]
    private static partial int SetAttribute(nint context, int attribute, uint value);

    [LibraryImport(Library, EntryPoint = "seccomp_arch_native")]
    private static partial uint NativeArchitecture();

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_num_arch")]
    private static partial nint ResolveNumber(uint architecture, int number);

    [LibraryImport(Library, EntryPoint = "seccomp_syscall_resolve_name", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ResolveName(string name);

    [LibraryImport(Library, EntryPoint = "seccomp_rule_add_array")]
    private static partial int AddRule(nint context, uint action, int number, uint count, ArgumentComparison* tests);

    [LibraryImport(Library, EntryPoint = "seccomp_export_bpf")]
    private static partial int ExportProgram(nint context, int descriptor);
}
