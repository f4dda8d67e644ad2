/* Processes: fork, exec with argv, exit. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include "records.h"

/* Writes the names from a file up to its root, as d_path goes: leaf first, each with its NUL, an empty one at the end.
 * Gives where the next may be written; 0 where there is no room. Asking /proc from user space costs more
 * and may come too late.
 */
static __always_inline __u64 write_names(char *places, __u64 at, struct vfsmount *on, struct dentry *file)
{
    struct mount *mount = (void *)on - bpf_core_field_offset(struct mount, mnt);
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        struct dentry *parent = BPF_CORE_READ(file, d_parent);
        if (at >= PLACES_ROOM)
            return 0;
        if (file == BPF_CORE_READ(mount, mnt.mnt_root)) {
            struct mount *below = BPF_CORE_READ(mount, mnt_parent);
            if (below == mount) {
                places[at & (PLACES_ROOM - 1)] = 0;
                return at + 1;
            }
            file = BPF_CORE_READ(mount, mnt_mountpoint);
            mount = below;
            continue;
        }
        long length = bpf_probe_read_kernel_str(
            &places[at & (PLACES_ROOM - 1)], NAME_LENGTH_MAX, BPF_CORE_READ(file, d_name.name));
        if (length <= 1 || length > NAME_LENGTH_MAX)
            return 0;
        at += (__u64)length;
        if (file == parent) { /* in no folder: a memfd */
            if (at >= PLACES_ROOM)
                return 0;
            places[at & (PLACES_ROOM - 1)] = 0;
            return at + 1;
        }
        file = parent;
    }
    return 0;
}

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
    tell(&record, sizeof record, LATER);
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
    struct file *file = BPF_CORE_READ(program, file);
    if (BPF_CORE_READ(file, f_inode, i_nlink) == 0)
        record->head.flags |= NAMELESS;
    __u64 at = write_names(record->places, 0, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
    if (at > 0)
        at = write_names(record->places, at, BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry));
    if (at > 0)
        record->head.flags |= PLACES_KNOWN;
    else
        bpf_probe_read_kernel_str(record->places, sizeof record->places, BPF_CORE_READ(program, filename));
    unsigned long start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
    __u64 wanted = end - start;
    if (wanted > ARGUMENTS_MAX) {
        wanted = ARGUMENTS_MAX;
        record->head.flags |= ARGUMENTS_CUT;
    }
    record->head.length = 0;
    if (wanted > 0 && wanted <= ARGUMENTS_MAX
        && bpf_probe_read_user(record->arguments, wanted, (void *)start) == 0)
        record->head.length = (__u32)wanted;
    /* The ring takes a variable length only with a bound that the verifier can see. */
    __u64 size = sizeof record->head + PLACES_LENGTH_MAX + (record->head.length & 0xFFF);
    if (size <= sizeof *record)
        tell(record, size, LATER);
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
    tell(&record, sizeof record, LATER);
    return 0;
}

#endif
