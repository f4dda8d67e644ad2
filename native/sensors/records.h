/* What is told, the maps that hold what is known, and the budgets. */
#ifndef RECORDS_H
#define RECORDS_H

#include "kernel.h"

#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define ARGUMENTS_MAX 3072
#define PATH_LENGTH_MAX 256
#define LOCAL_PATH_MAX 112 /* sun_path, and a little for the alignment */
#define NS_PER_SECOND 1000000000ull
#define TCP_LISTEN_STATE 10
#define ALLOW 1

enum kind {
    KIND_FORK = 1,
    KIND_EXEC = 2,
    KIND_EXIT = 3,
    KIND_CONNECT = 4,
    KIND_BIND = 5,
    KIND_LISTEN = 6,
    KIND_DATAGRAM = 7,
    KIND_PASSED = 8,
    KIND_MARKER = 9,
    KIND_LOCAL_CONNECT = 10,
    KIND_WOKEN = 11,
    KIND_SIGNALLED = 12,
    KIND_MESSAGE = 13,
};

struct record {
    __u32 kind;
    __u32 pid;
    __u64 cgroup;
    __u64 stamp;
    __u32 parent;  /* fork, exec: the parent; exit: the code as of waitpid */
    __u16 family;
    __u16 port;    /* host order */
    __u8 address[16];
    __u32 protocol;
    __u32 length;  /* of the arguments */
    __u64 other;   /* exec: the user; passed, woken, signalled, message: the other side's cgroup; marker: its number */
    __u32 flags;   /* exec: 1 cut, 2 no name left in any folder; passed: 1 not seen to be a socket; signalled: which */
    __u32 path_length;
};

struct exec_record {
    struct record head;
    char path[PATH_LENGTH_MAX];
    char arguments[ARGUMENTS_MAX];
};

struct local_record {
    struct record head;
    char path[LOCAL_PATH_MAX];
};

struct limit { /* of a sandbox's events; set before anything is attached */
    __u64 per_second;
    __u64 burst;
};

struct budget {
    __u64 tokens;
    __u64 refilled;
    __u64 dropped;
};

struct owner {
    __u64 cgroup;
    __u32 pid;
    __u32 padding;
};

struct tuple {
    __u32 source;
    __u32 destination;
    __u16 source_port; /* network order, all of it */
    __u16 destination_port;
    __u32 protocol;
};

struct target {
    __u64 cgroup;
    __u8 address[16];
    __u32 port;
    __u32 padding;
};

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 20);
} records SEC(".maps");

struct { /* cgroup id → number of its sandbox */
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 65536);
    __type(key, __u64);
    __type(value, __u32);
} calls SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 16384);
    __type(key, __u32);
    __type(value, struct budget);
} budgets SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct limit);
} limits SEC(".maps");

struct { /* what the ring had no room for, of all sandboxes */
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} lost SEC(".maps");

struct { /* socket cookie → who made it, then who used it last */
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, __u64);
    __type(value, struct owner);
} sockets SEC(".maps");

struct { /* connection → who opened it; asked by the proxy when it accepts */
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, struct tuple);
    __type(value, struct owner);
} owners SEC(".maps");

struct { /* process → the call it was born in; asked for writers that may be gone */
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, __u32);
    __type(value, __u64);
} born SEC(".maps");

struct { /* datagram targets told already */
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 65536);
    __type(key, struct target);
    __type(value, __u8);
} told SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct exec_record);
} scratch SEC(".maps");

static __always_inline int may_tell(__u64 cgroup)
{
    __u32 *sandbox = bpf_map_lookup_elem(&calls, &cgroup);
    if (!sandbox)
        return 0;
    __u32 key = *sandbox, zero = 0;
    struct limit *limit = bpf_map_lookup_elem(&limits, &zero);
    struct budget *budget = bpf_map_lookup_elem(&budgets, &key);
    __u64 now = bpf_ktime_get_ns();
    if (!limit)
        return 0;
    if (!budget) {
        struct budget fresh = { .tokens = limit->burst - 1, .refilled = now };
        bpf_map_update_elem(&budgets, &key, &fresh, BPF_NOEXIST);
        return 1;
    }
    /* Refills race between processors by a few events; a budget is no lock. */
    __u64 passed = now - budget->refilled;
    if (passed > NS_PER_SECOND / 100) {
        __u64 tokens = budget->tokens + passed * limit->per_second / NS_PER_SECOND;
        budget->tokens = tokens > limit->burst ? limit->burst : tokens;
        budget->refilled = now;
    }
    if (budget->tokens == 0) {
        __sync_fetch_and_add(&budget->dropped, 1);
        return 0;
    }
    budget->tokens--;
    return 1;
}

static __always_inline void tell(void *record, __u64 size)
{
    if (bpf_ringbuf_output(&records, record, size, 0) != 0) {
        __u32 zero = 0;
        __u64 *count = bpf_map_lookup_elem(&lost, &zero);
        if (count)
            __sync_fetch_and_add(count, 1);
    }
}

static __always_inline __u64 cgroup_of(struct task_struct *task)
{
    return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

#endif
