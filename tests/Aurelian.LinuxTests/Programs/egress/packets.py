#!/usr/bin/env python3
"""Attempts past TCP: datagrams, other protocols, sockets and system calls that make packets. See common.py."""
import ctypes
import mmap
import os
import socket
import struct

from common import ALLOWED, PATIENCE, main

OUTSIDE = "203.0.113.80"
libc = ctypes.CDLL(None, use_errno=True)


def datagram(token, host, port, family=socket.AF_INET, size=0):
    """Sent unconnected, then connected: where it is refused the second send says so."""
    sender = socket.socket(family, socket.SOCK_DGRAM)
    sender.settimeout(0.3)
    payload = token.ljust(size, b"x")
    sender.sendto(payload, (host, port))
    try:
        sender.connect((host, port))
        sender.send(payload)
        return sender.recv(100)
    except socket.timeout:
        return b""


def broadcast(token):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    sender.sendto(token, ("255.255.255.255", 6666))


def multicast(token):
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton("224.0.0.251") + bytes(4))
    sender.sendto(token, ("224.0.0.251", 5353))


def make(family, kind, protocol=0):
    """Only what cannot be made cannot be sent by."""
    def attempt(token):
        made = socket.socket(family, kind, protocol)
        made.settimeout(PATIENCE)
        made.connect((OUTSIDE, 80))
        made.send(token)
        return b"made"
    return attempt


def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(argument) for argument in arguments])
    if result < 0:
        raise OSError(ctypes.get_errno(), "syscall")
    return b"made"


def by_machine_code(token):
    """socket(AF_INET, SOCK_RAW, ICMP) by the 32-bit interface (int 0x80): its numbers are others."""
    code = b"\x53\xb8" + struct.pack("<I", 359) + b"\xbb\2\0\0\0\xb9\3\0\0\0\xba\1\0\0\0\xcd\x80\x5b\xc3"
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    run = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    result = run()
    if result < 0:
        raise OSError(-result, "int 0x80")
    return b"made"


def route(token):
    """RTM_NEWADDR of another source address on eth0, by route netlink."""
    link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
    body = struct.pack("=BBBBi", socket.AF_INET, 32, 0, 0, socket.if_nametoindex("eth0"))
    body += struct.pack("=HH4s", 8, 2, socket.inet_aton("100.64.0.77"))
    link.send(struct.pack("=IHHII", 16 + len(body), 20, 0x605, 1, 0) + body)
    error = struct.unpack_from("=i", link.recv(4096), 16)[0]
    if error:
        raise OSError(-error, "netlink")
    return b"made"


NETLINK = socket.AF_NETLINK
main({
    "udp": lambda token, host, port: datagram(token, host, int(port)),
    "udp-allowed": lambda token, port: datagram(token, socket.gethostbyname(ALLOWED), int(port)),
    "udp-large": lambda token: datagram(token, OUTSIDE, 4444, size=20_000),
    "udp-six": lambda token: datagram(token, "2001:db8::9", 53, socket.AF_INET6),
    "broadcast": broadcast,
    "multicast": multicast,
    "icmp-datagram": make(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
    "icmp-raw": make(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    "icmp-six": make(socket.AF_INET6, socket.SOCK_DGRAM, 58),
    "sctp": make(socket.AF_INET, socket.SOCK_STREAM, 132),
    "sctp-packets": make(socket.AF_INET, socket.SOCK_SEQPACKET, 132),
    "dccp": make(socket.AF_INET, 6, 33),
    "udp-lite": make(socket.AF_INET, socket.SOCK_DGRAM, 136),
    "l2tp": make(socket.AF_INET, socket.SOCK_DGRAM, 115),
    "smc": make(43, socket.SOCK_STREAM),
    "raw-ip": make(socket.AF_INET, socket.SOCK_RAW, 255),
    "packet": make(socket.AF_PACKET, socket.SOCK_RAW, 0x0300),
    "packet-datagram": make(socket.AF_PACKET, socket.SOCK_DGRAM, 0x0300),
    "vsock": make(40, socket.SOCK_STREAM),
    "vsock-datagram": make(40, socket.SOCK_DGRAM),
    "xdp": make(44, socket.SOCK_RAW),
    "kernel-crypto": make(38, socket.SOCK_SEQPACKET),
    "tipc": make(30, socket.SOCK_STREAM),
    "netlink-sockets": make(NETLINK, socket.SOCK_RAW, 4),
    "netlink-netfilter": make(NETLINK, socket.SOCK_RAW, 12),
    "netlink-generic": make(NETLINK, socket.SOCK_RAW, 16),
    "netlink-crypto": make(NETLINK, socket.SOCK_RAW, 21),
    "route": route,
    "io_uring": lambda token: call(425, 4, ctypes.addressof(ctypes.create_string_buffer(120))),
    "x32": lambda token: call(0x40000000 | 41, socket.AF_INET, socket.SOCK_RAW, 1),
    "int80": by_machine_code,
    # unshare and setns would give a network where the agent is its own root.
    "network-namespace": lambda token: call(272, 0x40000000),
    "init-namespace": lambda token: call(308, os.open("/proc/self/ns/net", os.O_RDONLY), 0x40000000),
})
