#!/usr/bin/env python3
"""Probes a network by TCP connects without payload, as ROME did.

Usage: probe_connect.py NETWORK PORT[,PORT…] [--count N] [--delay SECONDS]. Prints the open ones.
"""
import argparse
import ipaddress
import itertools
import socket
import time

parser = argparse.ArgumentParser()
parser.add_argument("network", type=ipaddress.ip_network)
parser.add_argument("ports", type=lambda text: [int(port) for port in text.split(",")])
parser.add_argument("--count", type=int, default=32, help="distinct (address, port) to try")
parser.add_argument("--delay", type=float, default=0.0, help="seconds between two tries")
arguments = parser.parse_args()

targets = itertools.product(arguments.network.hosts(), arguments.ports)
opened = 0
for address, port in itertools.islice(targets, arguments.count):
    probe = socket.socket()
    probe.settimeout(0.5)
    if probe.connect_ex((str(address), port)) == 0:
        opened += 1
        print(f"{address}:{port} open", flush=True)
    probe.close()
    time.sleep(arguments.delay)
print(f"{opened} open of {arguments.count}")
