#!/usr/bin/env python3
"""Begins a handshake again and again, as clients do that nobody answers. vpn.py wireguard|openvpn HOST PORT TIMES
Keys and codes are random bytes: no tunnel can come of it."""
import os, socket, sys, time

kind, there, times = sys.argv[1], (sys.argv[2], int(sys.argv[3])), int(sys.argv[4])
session = os.urandom(8)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    for turn in range(times):
        if kind == "wireguard":
            key = os.urandom(31) + bytes([os.urandom(1)[0] & 0x7F])
            datagram, pause = b"\1\0\0\0" + os.urandom(4) + key + os.urandom(92) + bytes(16), 5.1
        else:
            datagram, pause = b"\x38" + session + bytes(5), 2 << turn
        try:
            client.sendto(datagram, there)
        except OSError:
            pass
        if turn < times - 1:
            time.sleep(pause)
time.sleep(1)
