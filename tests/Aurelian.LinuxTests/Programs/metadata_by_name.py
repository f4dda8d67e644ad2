#!/usr/bin/env python3
"""Asks for a metadata service's name and does nothing with the answer. Usage: metadata_by_name.py [NAME]"""
import socket
import sys

name = sys.argv[1] if len(sys.argv) > 1 else "metadata.google.internal"
try:
    print(socket.gethostbyname(name))
except OSError as error:
    print("refused", error)
