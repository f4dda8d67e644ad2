#!/usr/bin/env python3
"""Asks a cloud's metadata service for credentials, by its address. Usage: metadata_by_address.py [ADDRESS]"""
import sys
import urllib.request

address = sys.argv[1] if len(sys.argv) > 1 else "169.254.169.254"
path = "/latest/meta-data/iam/security-credentials/"
try:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    print(opener.open(f"http://{address}{path}", timeout=4).read().decode())
except OSError as error:
    print("refused", error)
