#!/usr/bin/python3
"""Runs the Secret Service and the keyring's client, each in a process of its own, without importing anew what they need:
that takes Python ten times as long as what most tests do with them.

Started with a Unix socket as its standard input. A request is a message of JSON:

    {"run": "mock_secret_service", "arguments": [...], "environment": {...}}    with three descriptors; answers {"pid": …}
    {"wait": pid}                                                               answers {"status": exit status}

The status is that of `os.waitstatus_to_exitcode`. It ends with its socket.
"""

import json
import os
import socket
import sys
import traceback

import keyring_client
import mock_secret_service

PROGRAMS = {module.__name__: module.main for module in (keyring_client, mock_secret_service)}


def run(program, arguments, environment, descriptors):
    """In the child: the program, from its first line to its end."""
    os.setsid()
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    status = 1
    try:
        PROGRAMS[program](*arguments)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main():
    channel = socket.socket(fileno=os.dup(0))
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, 1 << 20, 3)
        if not message:
            return
        asked = json.loads(message)
        if "wait" in asked:
            answer = {"status": os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])}
        else:
            pid = os.fork()
            if pid == 0:
                channel.close()
                run(asked["run"], asked["arguments"], asked["environment"], descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            answer = {"pid": pid}
        channel.send(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
