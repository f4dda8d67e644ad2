"""What the attempts share: how one is made, how it tells how it went, and the honest request beside it.

Usage of each program: PROGRAM NAME TOKEN [ARGUMENT...]. The token is what the attempt tries to get out. Prints
`refused ERRNO`, `silent`, or `answered` (somebody outside replied), then `honest` if an allowed request still works.
"""
import errno
import socket
import sys

ALLOWED = "mirror.example"
PATIENCE = 1.0


def connect(host, port, family=socket.AF_INET):
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.settimeout(PATIENCE)
    connection.connect((host, port))
    return connection


def talk(connection, *pieces):
    """Sends piece by piece and gives what came back; a reset ends it, silence does after a second."""
    said = b""
    try:
        for piece in pieces:
            connection.sendall(piece)
        while True:
            read = connection.recv(4096)
            if not read:
                break
            said += read
    except (ConnectionError, socket.timeout):
        pass
    connection.close()
    return said


def request(host, path, extra=b"", version=b"1.1"):
    return b"GET /" + path + b" HTTP/" + version + b"\r\nHost: " + host.encode() + b"\r\n" + extra + b"\r\n"


def honest(token):
    connection = connect(ALLOWED, 80)
    connection.settimeout(5)
    connection.sendall(request(ALLOWED, b"honest-" + token))
    said = connection.recv(5)
    connection.close()
    return said == b"hello"


def main(attempts):
    name, token, arguments = sys.argv[1], sys.argv[2].encode(), sys.argv[3:]
    try:
        print("answered" if attempts[name](token, *arguments) else "silent")
    except OSError as error:
        print("refused", errno.errorcode.get(error.errno, error))
    print("honest" if honest(token) else "broken")
