#!/usr/bin/env python3
"""Looks for peers as a Bitcoin node does: one after another, on the network's own port. peers.py COUNT"""
import random, socket, sys

random.seed(1)
for _ in range(int(sys.argv[1])):
    peer = f"{random.choice(['203.0.113', '198.51.100', '192.0.2'])}.{random.randrange(1, 255)}"
    with socket.socket() as connection:
        connection.settimeout(0.2)
        if connection.connect_ex((peer, 8333)) == 0:
            try:
                connection.sendall(b"\xf9\xbe\xb4\xd9version\0\0\0\0\0")
            except OSError:
                pass
