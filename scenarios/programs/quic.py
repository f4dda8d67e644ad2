#!/usr/bin/env python3
"""Opens QUIC as a client does, its hello over two datagrams. quic.py NAME ADDRESS PORT [--fall-back]
With --fall-back it goes on over TCP, port 80, when nobody answers, as clients that can speak HTTP/3 do."""
import hashlib, hmac, os, socket, struct, sys


def sbox():
    box, p, q = [0] * 256, 1, 1
    while True:
        p ^= (p << 1) ^ (0x11B if p & 0x80 else 0)
        q ^= q << 1
        q ^= q << 2
        q ^= q << 4
        q &= 0xFF
        q ^= 0x09 if q & 0x80 else 0
        box[p] = 0x63 ^ q ^ (q << 1 | q >> 7) & 0xFF ^ (q << 2 | q >> 6) & 0xFF ^ (q << 3 | q >> 5) & 0xFF \
            ^ (q << 4 | q >> 4) & 0xFF
        if p == 1:
            box[0] = 0x63
            return box


BOX = sbox()


def twice(byte):
    return (byte << 1 ^ (0x1B if byte & 0x80 else 0)) & 0xFF


def aes(key, block):
    words, round_constant = [list(key[at:at + 4]) for at in range(0, 16, 4)], 1
    for at in range(4, 44):
        word = words[-1]
        if at % 4 == 0:
            word = [BOX[each] for each in word[1:] + word[:1]]
            word[0] ^= round_constant
            round_constant = twice(round_constant)
        words.append([a ^ b for a, b in zip(words[-4], word)])
    state = [a ^ b for a, b in zip(block, sum(words[:4], []))]
    for turn in range(1, 11):
        state = [BOX[state[(at + at % 4 * 4) % 16]] for at in range(16)]
        if turn < 10:
            mixed = []
            for column in range(0, 16, 4):
                a = state[column:column + 4]
                every = a[0] ^ a[1] ^ a[2] ^ a[3]
                mixed += [a[at] ^ every ^ twice(a[at] ^ a[(at + 1) % 4]) for at in range(4)]
            state = mixed
        state = [a ^ b for a, b in zip(state, sum(words[turn * 4:turn * 4 + 4], []))]
    return bytes(state)


def gcm(key, nonce, plain, associated):
    def product(x, y):
        z = 0
        for bit in range(127, -1, -1):
            z ^= y if x >> bit & 1 else 0
            y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
        return z

    stream = b"".join(aes(key, nonce + struct.pack(">I", count)) for count in range(2, 3 + len(plain) // 16))
    sealed, hidden, mark = bytes(a ^ b for a, b in zip(plain, stream)), int.from_bytes(aes(key, bytes(16)), "big"), 0
    for part in (associated, sealed, struct.pack(">QQ", len(associated) * 8, len(plain) * 8)):
        for at in range(0, len(part), 16):
            mark = product(mark ^ int.from_bytes(part[at:at + 16].ljust(16, b"\0"), "big"), hidden)
    first = int.from_bytes(aes(key, nonce + b"\0\0\0\1"), "big")
    return sealed + (mark ^ first).to_bytes(16, "big")


def expand(secret, label, length):
    label = b"tls13 " + label
    return hmac.new(secret, struct.pack(">HB", length, len(label)) + label + b"\0\1", hashlib.sha256).digest()[:length]


def block(size, data):
    return len(data).to_bytes(size, "big") + data


def hello(name):
    key_share = block(2, b"\0\x1d" + block(2, os.urandom(32)) + b"\x11\xec" + block(2, os.urandom(1216)))
    extensions = {0: block(2, b"\0" + block(2, name.encode())), 16: block(2, block(1, b"h3")), 51: key_share,
                  43: b"\2\3\4", 13: block(2, b"\4\3\x08\4"), 10: block(2, b"\x11\xec\0\x1d"), 57: b""}
    body = b"\3\3" + os.urandom(32) + b"\0" + block(2, b"\x13\1\x13\2") + b"\1\0" + block(
        2, b"".join(kind.to_bytes(2, "big") + block(2, data) for kind, data in extensions.items()))
    return b"\1" + block(3, body)


def packet(connection, number, offset, data):
    initial = hmac.new(bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a"), connection,
                       hashlib.sha256).digest()
    client = expand(initial, b"client in", 32)
    key, nonce, hide = (expand(client, b"quic " + what, size) for what, size in ((b"key", 16), (b"iv", 12), (b"hp", 16)))
    frames = (b"\6" + struct.pack(">HH", 0x4000 | offset, 0x4000 | len(data)) + data).ljust(1170, b"\0")
    header = b"\xc3\0\0\0\1" + block(1, connection) + b"\0\0" \
        + struct.pack(">HI", 0x4000 | 4 + len(frames) + 16, number)
    nonce = nonce[:-1] + bytes([nonce[-1] ^ number])
    whole = bytearray(header + gcm(key, nonce, frames, header))
    mask = aes(hide, bytes(whole[len(header):len(header) + 16]))
    whole[0] ^= mask[0] & 15
    for at in range(4):
        whole[len(header) - 4 + at] ^= mask[1 + at]
    return bytes(whole)


name, address, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
connection, said = os.urandom(8), hello(name)
datagrams = [packet(connection, 0, 0, said[:1100]), packet(connection, 1, 1100, said[1100:])]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(0.5)
    for _ in range(2):
        try:
            for datagram in datagrams:
                client.sendto(datagram, (address, port))
            client.recv(2000)
        except OSError:
            pass
if "--fall-back" in sys.argv:
    with socket.create_connection((address, 80), timeout=5) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        print(client.recv(2000)[:15].decode())
