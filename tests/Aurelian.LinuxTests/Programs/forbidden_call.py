#!/usr/bin/env python3
"""Tries one thing that a coding agent has no honest use for and says whether the kernel let it.

Usage: forbidden_call.py NAME [PID] | --list | --list-of-others. Prints `NAME allowed` or `NAME ERRNO`; exits 0 if it was
refused, 1 if allowed. Those --list-of-others names look into another process (PID; its parent if not given), which
debuggers do too: forbidden between tool calls only. Nothing is done with what is allowed: a socket is closed, a mount is of an empty tmpfs and undone.
"""
import ctypes
import errno
import os
import platform
import socket
import sys

libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"
NUMBERS = {  # x86-64, arm64
    "bpf": (321, 280), "keyctl": (250, 219), "add_key": (248, 217), "io_uring_setup": (425, 425), "ptrace": (101, 117),
    "unshare": (272, 97), "clone3": (435, 435), "process_vm_readv": (310, 270), "userfaultfd": (323, 282),
    "perf_event_open": (298, 241), "mount": (165, 40), "pidfd_getfd": (438, 438),
}
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def call(name, *arguments):
    """Arguments are numbers, or ctypes arrays of which the address is passed."""
    values = [ctypes.addressof(value) if isinstance(value, ctypes.Array) else value for value in arguments]
    result = libc.syscall(ctypes.c_long(NUMBERS[name][ARM]), *[ctypes.c_void_p(value) for value in values])
    if result < 0:
        raise OSError(ctypes.get_errno(), name)
    return result


def clone3_user():
    # struct clone_args: flags first, exit_signal fifth; the child leaves at once.
    fields = (ctypes.c_uint64 * 11)()
    fields[0], fields[4] = CLONE_NEWUSER, 17
    child = call("clone3", fields, ctypes.sizeof(fields))
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def mount_tmpfs():
    if libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")
    libc.umount(b"/tmp")


def other_process():
    return int(sys.argv[2]) if len(sys.argv) > 2 else os.getppid()


def trace_other():
    call("ptrace", 0x4206, other_process(), 0, 0)  # PTRACE_SEIZE: does not stop it and ends with us


def read_other():
    data = (ctypes.c_char * 8)()
    local = (ctypes.c_uint64 * 2)(ctypes.addressof(data), 8)
    with open(f"/proc/{other_process()}/maps") as maps:
        remote = (ctypes.c_uint64 * 2)(int(maps.readline().split("-")[0], 16), 8)
    call("process_vm_readv", other_process(), local, 1, remote, 1, 0)


def make_ring():
    os.close(call("io_uring_setup", 4, (ctypes.c_uint8 * 120)()))


def load_map():
    # BPF_MAP_CREATE of an array with one element.
    attributes = (ctypes.c_uint32 * 18)(2, 4, 4, 1)
    os.close(call("bpf", 0, attributes, ctypes.sizeof(attributes)))


def open_counter():
    os.close(call("perf_event_open", (ctypes.c_uint32 * 32)(1, 128), 0, -1, -1, 0))


TRIES = {
    "packet-socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
    "raw-socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close(),
    "vsock": lambda: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close(),
    "mount": mount_tmpfs,
    "userns": lambda: call("unshare", CLONE_NEWUSER),
    "userns-clone3": clone3_user,
    "netns": lambda: call("unshare", CLONE_NEWNET),
    "bpf": load_map,
    "io_uring": make_ring,
    "keyctl": lambda: call("keyctl", 0, -1, 1),
    "add_key": lambda: call("add_key", *map(ctypes.create_string_buffer, (b"user", b"toy", b"x")), 1, -1),
    "userfaultfd": lambda: os.close(call("userfaultfd", 0)),
    "perf_event_open": open_counter,
}
OTHERS = {"ptrace": trace_other, "process_vm_readv": read_other}

if sys.argv[1].startswith("--list"):
    print("\n".join(TRIES if sys.argv[1] == "--list" else OTHERS))
    sys.exit(0)
try:
    {**TRIES, **OTHERS}[sys.argv[1]]()
    print(sys.argv[1], "allowed")
    sys.exit(1)
except OSError as error:
    print(sys.argv[1], errno.errorcode.get(error.errno, error.errno))
