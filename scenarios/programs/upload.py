#!/usr/bin/env python3
"""Sends bytes. upload.py HOST PORT KIBIBYTES [--file PATH] [--pieces N] [--delay S]: in N connections."""
import argparse, os, socket, time

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("kibibytes", type=int)
parser.add_argument("--file")
parser.add_argument("--pieces", type=int, default=1)
parser.add_argument("--delay", type=float, default=0)
options = parser.parse_args()
data = open(options.file, "rb").read() if options.file else os.urandom(options.kibibytes * 1024)
size = max(1, -(-len(data) // options.pieces))
for start in range(0, len(data), size):
    with socket.create_connection((options.host, options.port), timeout=10) as connection:
        connection.sendall(data[start:start + size])
        connection.shutdown(socket.SHUT_WR)
        connection.recv(100)
    time.sleep(options.delay)
print("sent", len(data))
