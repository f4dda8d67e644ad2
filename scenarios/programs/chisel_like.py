#!/usr/bin/env python3
"""Asks for a WebSocket as chisel does. chisel_like.py HOST PORT"""
import socket, sys, time

with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as connection:
    connection.sendall((f"GET / HTTP/1.1\r\nHost: {sys.argv[1]}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                        "Sec-WebSocket-Protocol: chisel-v3\r\n\r\n").encode())
    time.sleep(5)
