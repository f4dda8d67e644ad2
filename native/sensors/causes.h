/* Which call set another one in motion: what lineage cannot show. Each pair is told once, so that two calls that talk
 * all day cost two records.
 */
#ifndef CAUSES_H
#define CAUSES_H

#include "records.h"

#define AF_UNIX_FAMILY 1
#define AF_INET_FAMILY 2
#define AF_INET6_FAMILY 10
#define SUN_PATH_MAX 108
#define INTERRUPTIBLE 1u            /* it waits for somebody's doing, not for a lock or a disk */
#define THREAD_STACK 16384          /* bytes of a task's kernel stack */

struct cause {
    __u64 from;
    __u64 to;
    __u32 kind;
    __u32 what; /* the woken process; the signal */
};

struct sender {
    __u64 cgroup;
    __u32 pid;
    __u32 descriptors;
};

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, struct cause);
    __type(value, __u8);
} causes SEC(".maps");

struct { /* receiving end of a local socket (its address in the kernel) → who wrote to it last */
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, __u64);
    __type(value, struct sender);
} senders SEC(".maps");

/* An interrupt works on the back of whoever was running: that one did nothing. One from the kernel's own code has a
 * stack of its own; one from user space works on the task's, but then no system call is under way. (The preemption
 * count would say it in a word, but most kernels hide it from BPF.)
 */
static __always_inline int is_system_call(void *context)
{
    struct task_struct *current = (struct task_struct *)bpf_get_current_task_btf();
    __u64 stack = (__u64)BPF_CORE_READ(current, stack), here = 0;
    /* Through memory: the verifier computes with no context's address, but it reads one. */
    if (bpf_probe_read_kernel(&here, sizeof here, &context) != 0 || here - stack >= THREAD_STACK)
        return 0;
    return (long)BPF_CORE_READ((struct pt_regs___kernel *)bpf_task_pt_regs(current), orig_ax) >= 0;
}

static __always_inline void tell_cause(__u32 kind, __u64 from, __u64 to, __u32 pid, __u32 flags)
{
    if (from == to)
        return;
    __u32 *one = bpf_map_lookup_elem(&calls, &from), *other = bpf_map_lookup_elem(&calls, &to);
    struct cause cause = { .from = from, .to = to, .kind = kind, .what = kind == KIND_WOKEN ? pid : flags };
    __u8 yes = 1;
    if (!one || !other || *one != *other || bpf_map_lookup_elem(&causes, &cause))
        return;
    bpf_map_update_elem(&causes, &cause, &yes, BPF_ANY);
    if (!may_tell(to))
        return;
    struct record record = {
        .kind = kind, .pid = pid, .cgroup = to, .stamp = bpf_ktime_get_ns(), .other = from, .flags = flags,
    };
    tell(&record, sizeof record, LATER);
}

/* Remembers who uses a socket; one that another call made was passed. */
static __always_inline void use_socket(__u64 cookie, __u64 cgroup, __u32 pid)
{
    struct owner *before = bpf_map_lookup_elem(&sockets, &cookie);
    if (before && before->cgroup == cgroup && before->pid == pid)
        return;
    if (before)
        tell_cause(KIND_PASSED, before->cgroup, cgroup, pid, 0);
    struct owner now = { .cgroup = cgroup, .pid = pid };
    bpf_map_update_elem(&sockets, &cookie, &now, BPF_ANY);
}

/* Somebody's doing ended somebody else's wait: a pipe or FIFO was written, a lock in shared memory released, a watched
 * file changed, a message left. */
SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *woken)
{
    __u64 from = bpf_get_current_cgroup_id();
    if (!bpf_map_lookup_elem(&calls, &from) || !(BPF_CORE_READ(woken, __state) & INTERRUPTIBLE) || !is_system_call(ctx))
        return 0;
    tell_cause(KIND_WOKEN, from, cgroup_of(woken), BPF_CORE_READ(woken, tgid), 0);
    return 0;
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int number, struct kernel_siginfo *info, struct task_struct *target)
{
    __u64 from = bpf_get_current_cgroup_id();
    if (!bpf_map_lookup_elem(&calls, &from) || !is_system_call(ctx))
        return 0;
    tell_cause(KIND_SIGNALLED, from, cgroup_of(target), BPF_CORE_READ(target, tgid), (__u32)number);
    return 0;
}

/* Whether the message that was just queued carries descriptors. Its receiver may have been faster; then only the
 * message is known. */
static __always_inline int carries_descriptors(struct sock *receiver)
{
    struct sk_buff *last = BPF_CORE_READ(receiver, sk_receive_queue.prev);
    if (!last || (void *)last == (void *)&receiver->sk_receive_queue)
        return 0;
    struct unix_skb_parms *parts = (struct unix_skb_parms *)__builtin_preserve_access_index(&last->cb);
    return BPF_CORE_READ(parts, fp) != 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(on_send, struct sock *socket, int length)
{
    __u64 cgroup = bpf_get_current_cgroup_id();
    __u32 pid = (__u32)(bpf_get_current_pid_tgid() >> 32);
    if (length <= 0 || !bpf_map_lookup_elem(&calls, &cgroup))
        return 0;
    __u16 family = socket->__sk_common.skc_family;
    if (family == AF_INET_FAMILY || family == AF_INET6_FAMILY) {
        use_socket(bpf_get_socket_cookie(socket), cgroup, pid);
    } else if (family == AF_UNIX_FAMILY) {
        struct sock *peer = BPF_CORE_READ((struct unix_sock *)socket, peer);
        __u64 key = (__u64)peer;
        if (!peer)
            return 0;
        struct sender now = { .cgroup = cgroup, .pid = pid, .descriptors = carries_descriptors(peer) };
        bpf_map_update_elem(&senders, &key, &now, BPF_ANY);
    }
    return 0;
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(on_receive, struct sock *socket, int length)
{
    __u64 cgroup = bpf_get_current_cgroup_id();
    __u32 pid = (__u32)(bpf_get_current_pid_tgid() >> 32);
    if (length <= 0 || !bpf_map_lookup_elem(&calls, &cgroup))
        return 0;
    __u16 family = socket->__sk_common.skc_family;
    if (family == AF_INET_FAMILY || family == AF_INET6_FAMILY) {
        use_socket(bpf_get_socket_cookie(socket), cgroup, pid);
    } else if (family == AF_UNIX_FAMILY) {
        __u64 key = (__u64)socket;
        struct sender *last = bpf_map_lookup_elem(&senders, &key);
        if (last)
            tell_cause(last->descriptors ? KIND_PASSED : KIND_MESSAGE, last->cgroup, cgroup, pid,
                       last->descriptors ? 1 : 0);
    }
    return 0;
}

#endif
