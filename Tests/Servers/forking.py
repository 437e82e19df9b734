#!/usr/bin/python3
"""Forks Python programs, each into a process of its own, after importing what they need. Importing it for each program
takes ten times as long as what most tests do with it.

    forking.py [MODULE…]

It imports the modules. Its standard input is a Unix socket, whose messages are JSON:

    {"run": MODULE, "arguments": […], "environment": {…}, "folder": PATH}   with three descriptors; answers {"pid": …}
    {"wait": PID}                                                           answers {"status": …}

It runs the module's `main`. With `-c` in place of a module it runs its first argument as a program, as Python does. The
status is that of `os.waitstatus_to_exitcode`. It exits when the socket is closed.
"""

import importlib
import json
import os
import socket
import sys
import traceback


def run(asked, descriptors):
    """In the child: runs the program and exits."""
    status = 1
    try:
        become(asked, descriptors)
        if asked["run"] == "-c":
            exec(compile(asked["arguments"][0], "<string>", "exec"), {"__name__": "__main__"})
        else:
            sys.modules[asked["run"]].main(*asked["arguments"])
        sys.stdout.flush()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if status and end.code != status:
            print(end.code, file=sys.stderr)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def become(asked, descriptors):
    """Sets up this process as if the program had been started in it."""
    os.setsid()
    os.chdir(asked["folder"])
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = [asked["run"], *asked["arguments"][1 if asked["run"] == "-c" else 0 :]]


def main():
    for module in sys.argv[1:]:
        importlib.import_module(module)
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
                run(asked, descriptors)
            for descriptor in descriptors:
                os.close(descriptor)
            answer = {"pid": pid}
        channel.send(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
