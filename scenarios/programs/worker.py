#!/usr/bin/env python3
"""Computes something worthless at full load and says nothing. worker.py SECONDS [PROCESSES]"""
import hashlib, os, sys, time

for _ in range(int(sys.argv[2]) - 1 if len(sys.argv) > 2 else 0):
    if os.fork() == 0:
        break
end, digest = time.time() + float(sys.argv[1]), b"toy"
while time.time() < end:
    for _ in range(2000):
        digest = hashlib.sha256(digest).digest()
