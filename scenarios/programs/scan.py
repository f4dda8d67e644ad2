#!/usr/bin/env python3
"""Tries addresses and ports. scan.py NETWORK PORT[,PORT|A-B…] [--count N] [--delay S] [--udp]"""
import argparse, ipaddress, itertools, socket, time

parser = argparse.ArgumentParser()
parser.add_argument("network")
parser.add_argument("ports")
parser.add_argument("--count", type=int, default=64)
parser.add_argument("--delay", type=float, default=0.05)
parser.add_argument("--udp", action="store_true")
options = parser.parse_args()
ports = []
for each in options.ports.split(","):
    first, _, last = each.partition("-")
    ports += range(int(first), int(last or first) + 1)
hosts = [str(host) for host in ipaddress.ip_network(options.network).hosts()] or [options.network]
for host, port in itertools.islice(itertools.product(hosts, ports), options.count):
    if options.udp:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.sendto(b"\0", (host, port))
            except OSError:
                pass
    else:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            probe.connect_ex((host, port))
    time.sleep(options.delay)
