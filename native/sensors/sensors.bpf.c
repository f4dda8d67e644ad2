/* What processes of our sandboxes do, told as it happens.
 *
 * Every hook first asks whether the acting cgroup is a tool call's (map `calls`, filled before a call's first process
 * exists); for everybody else on the machine it returns at once. Each sandbox has a budget of events: over it, they are
 * counted and not told, so one that floods blinds nobody but itself.
 */
#include "processes.h"
#include "sockets.h"

char LICENSE[] SEC("license") = "GPL";

/* Run by user space: what the ring holds before this marker happened before the run. */
SEC("syscall")
int mark(__u64 *number)
{
    struct record record = { .kind = KIND_MARKER, .stamp = bpf_ktime_get_ns(), .other = *number };
    tell(&record, sizeof record, AT_ONCE);
    return 0;
}
