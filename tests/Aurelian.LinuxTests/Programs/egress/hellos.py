#!/usr/bin/env python3
"""Attempts in the first words of TLS at an address issued for an allowed name. See common.py."""
import struct

from common import connect, main, request, talk

ALLOWED = b"secure.example"
OUTSIDE = "203.0.113.80"


def block(size, body):
    return len(body).to_bytes(size, "big") + body


def extension(kind, body):
    return struct.pack(">H", kind) + block(2, body)


def name(*hosts):
    return extension(0, block(2, b"".join(b"\0" + block(2, host) for host in hosts)))


def message(extensions, token):
    """A ClientHello whose session id is the token, so that it is seen wherever it arrives."""
    body = b"\3\3" + bytes(32) + block(1, token[:32]) + block(2, b"\x13\1\x13\2") + block(1, b"\0") + block(2, extensions)
    return b"\1" + block(3, body)


def records(handshake, *cuts):
    """In one record, or in one for each piece."""
    pieces, at = [], 0
    for cut in (*cuts, len(handshake)):
        pieces.append(handshake[at:cut])
        at = cut
    return b"".join(b"\x16\3\1" + block(2, piece) for piece in pieces if piece)


def say(token, *pieces, host="secure.example", port=443):
    return talk(connect(host, port), *pieces)


def hello(*extensions):
    return lambda token: say(token, records(message(b"".join(extensions), token)))


def split(token):
    whole = message(name(b"evil.example"), token)
    stream = records(whole, *range(1, len(whole), 7))
    return say(token, *[stream[at:at + 1] for at in range(len(stream))])


def again(*between):
    """After an honest hello one for another name, as after a HelloRetryRequest."""
    def attempt(token):
        connection = connect("secure.example", 443)
        connection.sendall(records(message(name(ALLOWED), b"first")))
        connection.recv(5)
        return talk(connection, b"".join(between) + records(message(name(b"evil.example"), token), 1, 3))
    return attempt


def raw_record(token):
    connection = connect("secure.example", 443)
    connection.sendall(records(message(name(ALLOWED), b"first")))
    connection.recv(5)
    return talk(connection, b"\x99\3\3\0\5" + token)


def together(token):
    """A second hello in the same record as the first."""
    return say(token, records(message(name(ALLOWED), b"first") + message(name(b"evil.example"), token)))


main({
    "other-name": hello(name(b"evil.example")),
    "no-name": hello(),
    "two-names": hello(name(ALLOWED, b"evil.example")),
    "two-extensions": hello(name(ALLOWED), name(b"evil.example")),
    "nul": hello(name(ALLOWED + b"\0.evil.example")),
    "address-as-name": hello(name(b"203.0.113.80")),
    "look-alike": hello(name("s\u0435cure.example".encode())),
    "below": hello(name(b"evil." + ALLOWED)),
    "doh": hello(name(b"dns.evil.example"), extension(16, block(2, block(1, b"h2")))),
    "ech": hello(name(ALLOWED), extension(0xFE0D, b"\0" * 40)),
    "ech-draft": hello(name(ALLOWED), extension(0xFE0A, b"\0" * 40)),
    "esni": hello(name(ALLOWED), extension(0xFFCE, b"\0" * 40)),
    "split": split,
    "again": again(),
    "again-after-ccs": again(b"\x14\3\3\0\1\1"),
    "again-after-early-data": again(b"\x14\3\3\0\1\1", b"\x17\3\3\0\5early"),
    "again-after-alert": again(b"\x15\3\3\0\2\1\x5a"),
    "again-after-empty": again(b"\x16\3\3\0\0"),
    "together": together,
    "allowed-name-elsewhere": lambda token: say(token, records(message(name(ALLOWED), token)), host=OUTSIDE),
    "allowed-name-at-denied": lambda token: say(token, records(message(name(ALLOWED), token)), host="evil.example"),
    "no-tls": lambda token: say(token, request("secure.example", token)),
    "ssl2": lambda token: say(token, b"\x80\x2e\1\3\1\0\3\0\0\0\x10" + token),
    "too-long": lambda token: say(token, records(message(name(ALLOWED) + extension(21, bytes(16380)), token), 16000)),
    "unfinished": lambda token: say(token, records(message(name(ALLOWED), token))[:-1]),
    "raw-record": raw_record,
    # The honest ones, however they are cut: answered.
    "honest": hello(name(ALLOWED)),
    "honest-split": lambda token: say(
        token, *[bytes([each]) for each in records(message(name(ALLOWED), token), 1, 3, 9)]),
    "honest-again": lambda token: say(
        token, records(message(name(ALLOWED), b"first")), b"\x14\3\3\0\1\1",
        records(message(name(ALLOWED), token)), b"\x17\3\3\0\4data"),
})
