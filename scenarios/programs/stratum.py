#!/usr/bin/env python3
"""A stand-in for a miner: a pool's words, and SHA-256 over a toy header that no coin ever had. Worth nothing.

stratum.py HOST PORT [--dialect stratum|xmr|eth] [--tls] [--http] [--spaced] [--pieces N] [--delay S]
           [--seconds S] [--chat SECONDS-BETWEEN] [--silent]
"""
import argparse, hashlib, json, os, socket, ssl, sys, time

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("--dialect", default="stratum", choices=["stratum", "xmr", "eth"])
parser.add_argument("--tls", action="store_true")
parser.add_argument("--http", action="store_true")
parser.add_argument("--spaced", action="store_true")
parser.add_argument("--pieces", type=int, default=0, help="bytes a write")
parser.add_argument("--delay", type=float, default=0, help="seconds before anything is said")
parser.add_argument("--seconds", type=float, default=20, help="how long it computes")
parser.add_argument("--chat", type=float, default=5, help="seconds between shares")
parser.add_argument("--silent", action="store_true")
options = parser.parse_args()

WORKER = "bc1qaurelianworthless000000000000000000000.rig1"
XMR_WALLET = "48Worthess" + "Abcdefghijkmnopqrstuvwxyz123456789" + "ABCDEFGHJKLMNPQRSTUVWXYZ" \
    + "123456789abcdefghijkmnopqrs"


def first_words():
    if options.dialect == "xmr":
        return {"id": 1, "method": "login", "params": {"login": XMR_WALLET, "pass": "x", "agent": "toy/1.0"}}
    if options.dialect == "eth":
        return {"id": 1, "method": "eth_submitLogin", "params": ["0x" + "00" * 19 + "01", "x"]}
    return {"id": 1, "method": "mining.subscribe", "params": ["toy-worker/1.0"]}


def encode(message):
    text = json.dumps(message)
    if options.spaced:
        text = text.replace("{", "{ \t").replace(":", "  :\t").replace(",", " ,  ")
    body = text.encode() + b"\n"
    if options.http:
        head = f"POST / HTTP/1.1\r\nHost: {options.host}\r\nContent-Type: application/json\r\n"
        return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    return body


def say(connection, message):
    data = encode(message)
    step = options.pieces or len(data)
    for start in range(0, len(data), step):
        connection.sendall(data[start:start + step])
        if options.pieces:
            time.sleep(0.02)


def compute(until):
    counter = 0
    while time.time() < until:
        for _ in range(2000):
            hashlib.sha256(b"toy:%d" % counter).digest()
            counter += 1


time.sleep(options.delay)
end = time.time() + options.seconds
number = 2
while time.time() < end:
    try:
        connection = socket.create_connection((options.host, options.port), timeout=10)
        if options.tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = context.wrap_socket(connection, server_hostname=options.host)
        say(connection, first_words())
        connection.settimeout(1)
        if options.dialect == "stratum":
            say(connection, {"id": number, "method": "mining.authorize", "params": [WORKER, "x"]})
        while time.time() < end:
            compute(min(end, time.time() + options.chat))
            number += 1
            say(connection, {"id": number, "method": "mining.submit",
                             "params": [WORKER, "job", "00000000", "%08x" % number, "%08x" % number]})
            try:
                if not connection.recv(4096):
                    break
            except TimeoutError:
                pass
    except OSError as error:
        if not options.silent:
            print("again:", error, file=sys.stderr)
        compute(min(end, time.time() + 1))
