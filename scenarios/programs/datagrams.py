#!/usr/bin/env python3
"""Honest datagrams: the time, another resolver, a call's STUN, a game's state. datagrams.py HOST SECONDS"""
import os, socket, struct, sys, time

host, end, turn = sys.argv[1], time.time() + float(sys.argv[2]), 0
question = b"\x12\x34\1\0\0\1" + bytes(6) + b"\4pypi\3org\0" + b"\0\1\0\1"
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    while time.time() < end:
        # 148 bytes that begin with a one, as WireGuard's do.
        state = struct.pack("<II35f", 1, turn, *(turn * 0.5 + at for at in range(35)))
        stun = struct.pack(">HHI", 1, 0, 0x2112A442) + os.urandom(12)
        for port, datagram in ((123, b"\x23" + bytes(47)), (53, question), (3478, stun), (27015, state)):
            try:
                client.sendto(datagram, (host, port))
            except OSError:
                pass
        turn += 1
        time.sleep(5 if turn % 2 else 0.2)
