/* Processes: fork, exec with argv, exit. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include "records.h"

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
    __u64 cgroup = cgroup_of(child);
    __u32 pid = child->tgid;
    if (child->pid != child->tgid || !bpf_map_lookup_elem(&calls, &cgroup))
        return 0;
    bpf_map_update_elem(&born, &pid, &cgroup, BPF_ANY);
    if (!may_tell(cgroup))
        return 0;
    struct record record = {
        .kind = KIND_FORK, .pid = child->tgid, .cgroup = cgroup, .stamp = bpf_ktime_get_ns(), .parent = parent->tgid,
    };
    tell(&record, sizeof record);
    return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *program)
{
    __u64 cgroup = cgroup_of(task);
    __u32 zero = 0;
    if (!may_tell(cgroup))
        return 0;
    struct exec_record *record = bpf_map_lookup_elem(&scratch, &zero);
    if (!record)
        return 0;
    __builtin_memset(&record->head, 0, sizeof record->head);
    record->head.kind = KIND_EXEC;
    record->head.other = (__u32)bpf_get_current_uid_gid();
    record->head.pid = task->tgid;
    record->head.cgroup = cgroup;
    record->head.stamp = bpf_ktime_get_ns();
    record->head.parent = BPF_CORE_READ(task, real_parent, tgid);
    long length = bpf_probe_read_kernel_str(record->path, sizeof record->path, BPF_CORE_READ(program, filename));
    record->head.path_length = length > 0 ? (__u32)length : 0;
    if (BPF_CORE_READ(program, file, f_inode, i_nlink) == 0)
        record->head.flags |= 2;
    unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
    __u64 wanted = end - start;
    if (wanted > ARGUMENTS_MAX) {
        wanted = ARGUMENTS_MAX;
        record->head.flags |= 1;
    }
    record->head.length = 0;
    if (wanted > 0 && wanted <= ARGUMENTS_MAX
        && bpf_probe_read_user(record->arguments, wanted, (void *)start) == 0)
        record->head.length = (__u32)wanted;
    /* The ring takes a variable length only with a bound that the verifier can see. */
    __u64 size = sizeof record->head + PATH_LENGTH_MAX + (record->head.length & 0xFFF);
    if (size <= sizeof *record)
        tell(record, size);
    return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
    __u64 cgroup = cgroup_of(task);
    if (task->pid != task->tgid || !may_tell(cgroup))
        return 0;
    struct record record = {
        .kind = KIND_EXIT, .pid = task->tgid, .cgroup = cgroup, .stamp = bpf_ktime_get_ns(),
        .parent = (__u32)task->exit_code,
    };
    tell(&record, sizeof record);
    return 0;
}

#endif
