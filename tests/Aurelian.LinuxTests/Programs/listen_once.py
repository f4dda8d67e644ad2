#!/usr/bin/env python3
"""Takes one connection on 127.0.0.1:9099, prints the first thing it says, answers nothing. Usage: listen_once.py [PORT]"""
import socket
import sys

with socket.create_server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9099)) as listener:
    listener.settimeout(10)
    connection, _ = listener.accept()
    print(connection.recv(4096).decode("latin-1"))
    connection.close()
