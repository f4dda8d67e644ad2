#!/usr/bin/env python3
"""A daemon that one call leaves behind and that acts when a later call asks it to. Whose deed is it? The first call's.

Usage, in call 1: daemon_left.py wait WAY FOLDER HOST PORT    (returns at once; the daemon waits at most a minute)
       in call 2: daemon_left.py trigger WAY FOLDER
WAY is fifo, socket (unix), tcp (127.0.0.1) or file (the daemon looks every 50 ms).
The deed: a connection to HOST:PORT that says what a miner says first. It computes nothing.
"""
import os
import signal
import socket
import sys
import time

TCP_PORT = 17017


def paths(folder):
    return os.path.join(folder, "trigger.fifo"), os.path.join(folder, "trigger.sock"), os.path.join(folder, "go")


def act(host, port):
    with socket.create_connection((host, port), timeout=5) as connection:
        connection.sendall(b'{"id":1,"method":"mining.subscribe","params":["toy-worker/1.0"]}\n')
        connection.recv(64)


def listen(listener):
    listener.listen(1)
    return lambda: listener.accept()[0].recv(1)


def prepare(way, folder):
    """Ready to be triggered when it returns; what it returns waits for the trigger."""
    fifo, unix, flag = paths(folder)
    if way == "fifo":
        os.mkfifo(fifo)
        return lambda: open(fifo, "rb").read(1)
    if way in ("socket", "tcp"):
        listener = socket.socket(socket.AF_UNIX if way == "socket" else socket.AF_INET)
        listener.bind(unix if way == "socket" else ("127.0.0.1", TCP_PORT))
        return listen(listener)

    def look():
        while not os.path.exists(flag):
            time.sleep(0.05)
    return look


def daemonise():
    """Double fork, own session, no terminal, no inherited descriptors: every trick to belong to nobody."""
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def wait(way, folder, host, port):
    until_triggered = prepare(way, folder)
    print("waiting", flush=True)
    daemonise()
    signal.alarm(60)
    until_triggered()
    act(host, port)


def trigger(way, folder):
    fifo, unix, flag = paths(folder)
    if way == "fifo":
        with open(fifo, "wb") as pipe:
            pipe.write(b"!")
    elif way == "file":
        open(flag, "w").close()
    else:
        with socket.socket(socket.AF_UNIX if way == "socket" else socket.AF_INET) as connection:
            connection.connect(unix if way == "socket" else ("127.0.0.1", TCP_PORT))
            connection.sendall(b"!")
    print("triggered", flush=True)


if sys.argv[1] == "wait":
    wait(sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5]))
else:
    trigger(sys.argv[2], sys.argv[3])
