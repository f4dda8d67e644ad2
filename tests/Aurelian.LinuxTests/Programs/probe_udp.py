#!/usr/bin/env python3
"""Probes a network with one UDP datagram for each address and port.

Usage: probe_udp.py NETWORK PORT[,PORT…] [COUNT]. Prints how many datagrams the kernel took.
"""
import ipaddress
import itertools
import socket
import sys

ports = [int(port) for port in sys.argv[2].split(",")]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 32
sent = 0
for address, port in itertools.islice(itertools.product(ipaddress.ip_network(sys.argv[1]).hosts(), ports), count):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.sendto(b"probe", (str(address), port))
            sent += 1
        except OSError:
            pass
print("sent", sent)
