#!/usr/bin/env python3
"""Watches /proc for processes that are being born in the sandbox while calls start, and takes what it can of them.

Usage: birth_watcher.py STOP_FILE. Prints `seen N`, then each thing that it could read of a process not its own user's
or not yet executed: a descriptor, a root, a memory map, an environment, a command line that names a path of the host.
"""
import os
import sys

seen, taken, me = set(), set(), os.getuid()
while not os.path.exists(sys.argv[1]):
    for pid in [name for name in os.listdir("/proc") if name.isdigit()]:
        place = f"/proc/{pid}/"
        try:
            with open(place + "comm") as comm:
                if comm.read().strip() != "warden" or pid == "1":
                    continue
            seen.add(pid)
            for what in ("root", "cwd", "exe", "fd/3", "ns/mnt"):
                try:
                    taken.add(f"{what} -> {os.readlink(place + what)}")
                except OSError:
                    pass
            for what in ("environ", "maps", "mem", "fd/0", "root/etc/shadow"):
                try:
                    with open(place + what, "rb") as file:
                        # What has ended shows itself empty.
                        taken.update(f"{what}: {part!r}" for part in [file.read(64)] if part)
                except OSError:
                    pass
            with open(place + "cmdline", "rb") as file:
                line = file.read()
            # Between two readings it may have become the call's own program.
            with open(place + "comm") as comm:
                if line.strip(b"\0") and comm.read().strip() == "warden":
                    taken.add(f"cmdline: {line!r}")
        except OSError:
            continue
print("seen", len(seen))
for each in sorted(taken):
    print(each)
