#!/usr/bin/env python3
"""A look-alike: ordinary JSON-RPC whose methods happen to be called login, submit and job. It is no mining.

Usage: json_rpc_client.py HOST PORT. Prints what came back, if anything did; a refused connection is no failure.
"""
import json
import socket
import sys

CALLS = [
    ("login", {"user": "ci", "password": "secret", "client": "build-bot"}),
    ("submit", {"form": "release-notes", "fields": {"title": "1.2.0", "draft": True}}),
    ("job", {"name": "nightly", "state": "queued"}),
]

try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as connection:
        for number, (method, parameters) in enumerate(CALLS, 1):
            call = {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
            connection.sendall(json.dumps(call).encode() + b"\n")
        connection.shutdown(socket.SHUT_WR)
        print("answered", len(connection.makefile("rb").read()))
except OSError as error:
    print("refused", error.__class__.__name__)
