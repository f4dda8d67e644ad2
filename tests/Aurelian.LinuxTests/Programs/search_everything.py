#!/usr/bin/env python3
"""Searches everything that it can read for canaries and prints a line `FOUND CANARY WHERE` for each.

A canary is the word CANARY, a hyphen and 32 hexadecimal digits. Looked at: every file, its name, the target of a link
and its extended attributes; of /usr, which is gigabytes and older than any canary, only what was changed in the last
hour; every process's environment, command line and descriptors; what every local socket says; mounts and keyrings.
"""
import os
import re
import socket
import stat
import subprocess
import time

CANARY = re.compile(rb"CANA" rb"RY-[0-9a-f]{32}")
BYTES_MAX = 1 << 26
ENDLESS = re.compile(r"/proc/(kmsg|kcore)|/proc/[^/]*/(task|map_files)|/sys/kernel/(debug|tracing)|trace_pipe")
found, counts = set(), {"files": 0, "sockets": 0, "environments": 0}
since = time.time() - 3600


def look(data, where):
    for canary in CANARY.findall(data):
        found.add((canary.decode(), re.sub(r"^/proc/\d+/", "/proc/PID/", where)))


def quietly(act):
    try:
        return act()
    except (OSError, ValueError):
        return None


def read_file(path, status):
    # Not waiting: a pipe or a kernel file may never end.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        counts["files"] += 1
        counts["environments"] += path.endswith("/environ")
        look(file.read(BYTES_MAX), path)


def ask(address):
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(0.5)
        client.connect(address)
        counts["sockets"] += 1
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")
        look(client.recv(4096), f"socket {address!r}")


def visit(path):
    status = os.lstat(path)
    if path.startswith("/usr/") and max(status.st_mtime, status.st_ctime) < since:
        return
    look(os.fsencode(path), f"name {path}")
    if stat.S_ISLNK(status.st_mode):
        look(os.fsencode(os.readlink(path)), f"link {path}")
    elif stat.S_ISREG(status.st_mode):
        quietly(lambda: read_file(path, status))
        for name in quietly(lambda: os.listxattr(path)) or []:
            quietly(lambda: look(os.getxattr(path, name), f"attribute {path}"))
    elif stat.S_ISSOCK(status.st_mode):
        quietly(lambda: ask(path))


for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if not ENDLESS.match(os.path.join(folder, name))]
    for name in folders + files:
        if not ENDLESS.match(os.path.join(folder, name)):
            quietly(lambda: visit(os.path.join(folder, name)))
for line in open("/proc/net/unix"):
    name = line.split()[-1]
    if name.startswith("@"):
        quietly(lambda: ask("\0" + name[1:]))
for command in (["dmesg"], ["keyctl", "show"], ["ps", "axeww"], ["mount"], ["ipcs", "-a"], ["env"],
                ["git", "config", "-l"], ["ip", "-d", "address"], ["getent", "passwd"]):
    done = quietly(lambda: subprocess.run(command, capture_output=True, timeout=10))
    if done:
        look(done.stdout + done.stderr, f"command {command[0]}")

print("LOOKED", " ".join(f"{name}={count}" for name, count in counts.items()))
for canary, where in sorted(found):
    print("FOUND", canary, where)
