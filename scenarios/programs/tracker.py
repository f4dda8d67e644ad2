#!/usr/bin/env python3
"""A WebSocket client as experiment trackers are. tracker.py HOST PORT SECONDS EVERY [--tls] [--train]"""
import base64, hashlib, json, math, os, socket, ssl, struct, sys, time

host, port, seconds, every = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])


def connect():
    connection = socket.create_connection((host, port), timeout=10)
    if "--tls" in sys.argv:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = context.wrap_socket(connection, server_hostname=host)
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall((f"GET /run HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1)
    assert b" 101 " in head, head
    return connection


def send(connection, message):
    data, mask = json.dumps(message).encode(), os.urandom(4)
    head = b"\x81" + (bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data)))
    connection.sendall(head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(data)))
    connection.recv(4096)


connection, end, step, loss = connect(), time.time() + seconds, 0, 1.0
while time.time() < end:
    pause = time.time() + every
    while time.time() < min(pause, end):
        if "--train" in sys.argv:
            for _ in range(2000):
                loss = loss * 0.999999 + math.sin(step) * 1e-9
                step += 1
        else:
            time.sleep(0.1)
    send(connection, {"step": step, "loss": loss, "lr": 1e-4, "time": time.time(), "host": "worker-0"})
    print(f"step {step} loss {loss:.4f}", flush=True)
