"""A server that misbehaves on purpose: the path of a request says how.

usage: hostile.py [--tls CERTIFICATE KEY]

It prints its port, serves on 127.0.0.1 until its standard input closes, and keeps count: `/count/PATH` tells how often
`/PATH` was asked for. Paths:

/ok /html /json /empty /doctype /truncated     a body of that kind, with status 200
/echo                                          the request itself as the body
/huge /chunked /headers                        too much: one body, an endless chunked one, endless headers
/redirect /drip /silent /reset /close          other ways not to answer
/kept                                          answers, then drops the connection as soon as it is used again
/status/N                                      an XML error with status N
/then/N,M,.../NAME                             status N first, M next, ...; the last one again and again
"""
import socket
import ssl
import struct
import sys
import threading
import time
from email.utils import formatdate

counts = {}
lock = threading.Lock()

KINDS = {
    "ok": ("text/xml", b"<ok>yes</ok>"),
    "html": ("text/html", b"<html><body><p>Log in to the network</body></html>"),
    "json": ("application/json", b'{"message": "no"}'),
    "empty": ("text/xml", b""),
    "doctype": ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
    "truncated": ("text/xml", b"<GetSessionTokenResponse><GetSessionTokenResult>"),
}
ERROR = (b"<ErrorResponse><Error><Code>ServiceUnavailable</Code><Message>later</Message></Error>"
         b"<RequestId>r-1</RequestId></ErrorResponse>")
CALLER = (b"<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111111111111:user/a</Arn>"
          b"<UserId>AIDA</UserId><Account>111111111111</Account></GetCallerIdentityResult>"
          b"</GetCallerIdentityResponse>")


def read_request(connection):
    """The head and the body of a request; None where the client is gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, body = data.split(b"\r\n\r\n", 1)
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, value = line.split(b":", 1)
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            return None
        body += piece
    return head, body


def reply(connection, status, kind, body, extra=""):
    head = (f"HTTP/1.1 {status} Reason\r\nDate: {formatdate(usegmt=True)}\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n{extra}\r\n")
    connection.sendall(head.encode() + body)


def answer(connection, head, body):
    """Answers one request; whether the connection stays open."""
    path = head.split(b" ")[1].decode().split("?")[0].strip("/")
    with lock:
        seen = counts[path] = counts.get(path, 0) + 1
    first, _, rest = path.partition("/")
    if first == "count":
        with lock:
            reply(connection, 200, "text/plain", str(counts.get(rest, 0)).encode())
    elif first in KINDS:
        reply(connection, 200, *KINDS[first])
    elif first == "echo":
        reply(connection, 200, "text/plain", head + b"\r\n\r\n" + body)
    elif first == "huge":
        reply(connection, 200, "text/xml", b"x" * 300_000)
    elif first == "chunked":
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"1000\r\n" + b"x" * 0x1000 + b"\r\n")
    elif first == "headers":
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")
    elif first == "redirect":
        reply(connection, 302, "text/html", b"", "Location: /ok\r\n")
    elif first == "drip":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.1)
    elif first == "silent":
        time.sleep(30)
    elif first == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False
    elif first == "close" or (first == "kept" and seen > 1):
        return False
    elif first == "kept":
        reply(connection, 200, "text/plain", b"first")
    elif first == "status":
        reply(connection, int(rest), "text/xml", ERROR)
    elif first == "then":
        statuses = rest.split("/")[0].split(",")
        status = int(statuses[min(seen, len(statuses)) - 1])
        reply(connection, status, "text/xml", CALLER if status == 200 else ERROR)
    else:
        reply(connection, 404, "text/xml", ERROR)
    return True


def serve(connection, context):
    try:
        if context:
            connection = context.wrap_socket(connection, server_side=True)
        with connection:
            while True:
                request = read_request(connection)
                if request is None or not answer(connection, *request):
                    return
    except OSError:
        pass


def wait_for_the_end():
    sys.stdin.read()
    import os
    os._exit(0)


def main():
    context = None
    if sys.argv[1:2] == ["--tls"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=wait_for_the_end, daemon=True).start()
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, context), daemon=True).start()


main()
