/* Sockets: who made them, whom they reach, and whose packets they send. */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "causes.h"

SEC("cgroup/sock_create")
int on_socket(struct bpf_sock *socket)
{
    struct owner owner = { .cgroup = bpf_get_current_cgroup_id(), .pid = (__u32)(bpf_get_current_pid_tgid() >> 32) };
    __u64 cookie = bpf_get_socket_cookie(socket);
    bpf_map_update_elem(&sockets, &cookie, &owner, BPF_ANY);
    return ALLOW;
}

static __always_inline void fill_address(struct record *record, struct bpf_sock_addr *context, int six)
{
    record->family = six ? 10 : 2;
    record->port = bpf_ntohs((__u16)context->user_port);
    record->protocol = context->protocol;
    __u32 *words = (__u32 *)record->address;
    if (six) {
        words[0] = context->user_ip6[0];
        words[1] = context->user_ip6[1];
        words[2] = context->user_ip6[2];
        words[3] = context->user_ip6[3];
    } else {
        words[0] = context->user_ip4;
    }
}

static __always_inline int on_address(struct bpf_sock_addr *context, __u32 kind, int six)
{
    struct record record = {
        .kind = kind, .pid = (__u32)(bpf_get_current_pid_tgid() >> 32), .cgroup = bpf_get_current_cgroup_id(),
        .stamp = bpf_ktime_get_ns(),
    };
    use_socket(bpf_get_socket_cookie(context), record.cgroup, record.pid);
    fill_address(&record, context, six);
    if (kind == KIND_DATAGRAM) {
        struct target target = { .cgroup = record.cgroup, .port = record.port };
        __u8 yes = 1;
        __builtin_memcpy(target.address, record.address, sizeof target.address);
        if (bpf_map_lookup_elem(&told, &target))
            return ALLOW;
        bpf_map_update_elem(&told, &target, &yes, BPF_ANY);
    }
    if (may_tell(record.cgroup))
        tell(&record, sizeof record, AT_ONCE);
    return ALLOW;
}

SEC("cgroup/connect4")
int on_connect4(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_CONNECT, 0);
}

SEC("cgroup/connect6")
int on_connect6(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_CONNECT, 1);
}

SEC("cgroup/sendmsg4")
int on_datagram4(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_DATAGRAM, 0);
}

SEC("cgroup/sendmsg6")
int on_datagram6(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_DATAGRAM, 1);
}

SEC("cgroup/bind4")
int on_bind4(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_BIND, 0);
}

SEC("cgroup/bind6")
int on_bind6(struct bpf_sock_addr *context)
{
    return on_address(context, KIND_BIND, 1);
}

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_state, struct sock *socket, int before, int after)
{
    __u64 cgroup = bpf_get_current_cgroup_id();
    if (after != TCP_LISTEN_STATE || !may_tell(cgroup))
        return 0;
    struct record record = {
        .kind = KIND_LISTEN, .pid = (__u32)(bpf_get_current_pid_tgid() >> 32), .cgroup = cgroup,
        .stamp = bpf_ktime_get_ns(), .protocol = IPPROTO_TCP,
    };
    record.family = BPF_CORE_READ(socket, __sk_common.skc_family);
    record.port = BPF_CORE_READ(socket, __sk_common.skc_num);
    *(__u32 *)record.address = BPF_CORE_READ(socket, __sk_common.skc_rcv_saddr);
    tell(&record, sizeof record, AT_ONCE);
    return 0;
}

/* Ties the packet on the wire to the process behind its socket: the first of each TCP connection, each UDP one. */
SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *packet)
{
    __u8 head[20], ports[14];
    if (packet->protocol != bpf_htons(0x0800) || bpf_skb_load_bytes(packet, 0, head, sizeof head) != 0)
        return ALLOW;
    __u32 offset = (head[0] & 0xF) * 4u;
    struct tuple tuple = { .protocol = head[9] };
    if (tuple.protocol == IPPROTO_TCP) {
        if (bpf_skb_load_bytes(packet, offset, ports, sizeof ports) != 0 || (ports[13] & 0x12) != 0x02)
            return ALLOW;
    } else if (tuple.protocol != IPPROTO_UDP || bpf_skb_load_bytes(packet, offset, ports, 4) != 0) {
        return ALLOW;
    }
    __builtin_memcpy(&tuple.source, head + 12, 4);
    __builtin_memcpy(&tuple.destination, head + 16, 4);
    __builtin_memcpy(&tuple.source_port, ports, 2);
    __builtin_memcpy(&tuple.destination_port, ports + 2, 2);
    __u64 cookie = bpf_get_socket_cookie(packet);
    struct owner *known = bpf_map_lookup_elem(&sockets, &cookie);
    struct owner owner = { .cgroup = bpf_skb_cgroup_id(packet) };
    if (known)
        owner = *known;
    bpf_map_update_elem(&owners, &tuple, &owner, BPF_ANY);
    return ALLOW;
}

/* Before it is known whether anybody listens: an attempt at a socket of the host's is told too. */
SEC("cgroup/connect_unix")
int on_connect_unix(struct bpf_sock_addr *context)
{
    struct bpf_sock_addr_kern *asked = bpf_cast_to_kern_ctx(context);
    struct local_record record = { .head = {
        .kind = KIND_LOCAL_CONNECT, .pid = (__u32)(bpf_get_current_pid_tgid() >> 32),
        .cgroup = bpf_get_current_cgroup_id(), .stamp = bpf_ktime_get_ns(),
    } };
    int length = asked->uaddrlen - (int)sizeof(short);
    if (length <= 0 || !may_tell(record.head.cgroup))
        return ALLOW;
    __u32 bounded = length > SUN_PATH_MAX ? SUN_PATH_MAX : (__u32)length;
    void *path = (char *)asked->uaddr + sizeof(short);
    if (bpf_probe_read_kernel(record.path, SUN_PATH_MAX, path) == 0)
        record.head.path_length = bounded;
    tell(&record, sizeof record, AT_ONCE);
    return ALLOW;
}

#endif
