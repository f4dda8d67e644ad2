#!/usr/bin/env python3
"""Ordinary JSON-RPC whose methods are called login, submit and job. rpc.py HOST PORT"""
import json, socket, sys

for number, method in enumerate(["login", "submit", "job"]):
    try:
        with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=2) as connection:
            connection.sendall(json.dumps({"jsonrpc": "2.0", "id": number, "method": method,
                                           "params": {"user": "ada", "form": 7}}).encode() + b"\n")
            print(connection.recv(200))
    except OSError as error:
        print(error)
