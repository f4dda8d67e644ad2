#!/usr/bin/env python3
"""A stand-in for a miner: speaks a pool's dialects and computes SHA-256 over a toy header that no coin ever had.

Worth nothing to anybody. Usage: miner_stratum.py HOST PORT [--dialect stratum|xmr|eth|getwork] [--shares N]
[--worker NAME] [--spaced] [--http] [--slowly]. Exits 0 after N accepted shares; prints what the pool answered.
"""
import argparse
import hashlib
import itertools
import json
import socket
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("host")
parser.add_argument("port", type=int)
parser.add_argument("--dialect", default="stratum", choices=["stratum", "xmr", "eth", "getwork"])
parser.add_argument("--shares", type=int, default=3)
parser.add_argument("--worker", default="bc1qaurelianworthless000000000000000000000.rig1")
parser.add_argument("--spaced", action="store_true", help="whitespace wherever JSON allows it")
parser.add_argument("--http", action="store_true", help="the same JSON inside HTTP POSTs")
parser.add_argument("--slowly", action="store_true", help="a few bytes at a time")
arguments = parser.parse_args()


def encode(message):
    text = json.dumps(message)
    if arguments.spaced:
        text = text.replace("{", "{ \t").replace(":", "  :\t").replace(",", " ,  ").replace("[", "[  ")
    body = text.encode() + b"\n"
    if arguments.http:
        head = f"POST / HTTP/1.1\r\nHost: {arguments.host}\r\nContent-Type: application/json\r\n"
        return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    return body


class Pool:
    def __init__(self):
        self.socket = socket.create_connection((arguments.host, arguments.port), timeout=10)
        self.lines = self.socket.makefile("r")
        self.ids = itertools.count(1)
        self.pushed = []

    def ask(self, method, parameters):
        number = next(self.ids)
        data = encode({"id": number, "method": method, "params": parameters})
        if arguments.slowly:
            for start in range(0, len(data), 7):
                self.socket.sendall(data[start:start + 7])
                time.sleep(0.01)
        else:
            self.socket.sendall(data)
        for line in self.lines:
            message = json.loads(line)
            if message.get("id") == number:
                return message
            self.pushed.append(message)
        sys.exit("the pool hung up")

    def newest(self, method, wait):
        """The latest pushed message of that method; with wait, reads on until there is one."""
        while wait and not any(message.get("method") == method for message in self.pushed):
            line = self.lines.readline()
            if not line:
                sys.exit("the pool hung up")
            self.pushed.append(json.loads(line))
        found = [message["params"] for message in self.pushed if message.get("method") == method]
        return found[-1] if found else None


def mine_stratum(pool):
    extranonce1 = pool.ask("mining.subscribe", ["toy-worker/1.0"])["result"][1]
    pool.ask("mining.authorize", [arguments.worker, "x"])
    difficulty = pool.newest("mining.set_difficulty", wait=True)[0]
    pool.newest("mining.notify", wait=True)
    target = 0xFFFFFFFF // difficulty
    accepted = 0
    for counter in itertools.count():
        job = pool.newest("mining.notify", wait=False)
        nonce = f"{counter:08x}"
        header = f"{job[1]}:{extranonce1}:00000000:{job[7]}:{nonce}".encode()
        if int.from_bytes(hashlib.sha256(header).digest()[:4], "big") <= target:
            answer = pool.ask("mining.submit", [arguments.worker, job[0], "00000000", job[7], nonce])
            accepted += answer["result"] is True
            if accepted >= arguments.shares:
                return accepted


def mine_xmr(pool):
    login = {"login": arguments.worker, "pass": "x", "agent": "toy-worker/1.0"}
    result = pool.ask("login", login)["result"]
    accepted, job = 0, result["job"]
    for counter in itertools.count():
        job = pool.newest("job", wait=False) or job
        target = int.from_bytes(bytes.fromhex(job["target"]), "little")
        blob = bytearray.fromhex(job["blob"])
        blob[39:43] = counter.to_bytes(4, "big")
        digest = hashlib.sha256(blob).digest()
        if int.from_bytes(digest[28:], "little") <= target:
            share = {"id": job["id"], "job_id": job["job_id"], "nonce": f"{counter:08x}", "result": digest.hex()}
            answer = pool.ask("submit", share)
            accepted += (answer.get("result") or {}).get("status") == "OK"
            if accepted >= arguments.shares:
                return accepted


def mine_eth(pool):
    pool.ask("eth_submitLogin", ["0x" + "00" * 19 + "01", "x"])
    pool.ask("eth_getWork", [])
    return pool.ask("eth_submitWork", ["0x0000000000000001", "0x" + "11" * 32, "0x" + "22" * 32])


def mine_getwork(pool):
    return pool.ask("getwork", [])


dialects = {"stratum": mine_stratum, "xmr": mine_xmr, "eth": mine_eth, "getwork": mine_getwork}
print("accepted", dialects[arguments.dialect](Pool()))
