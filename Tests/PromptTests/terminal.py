"""Runs a program in a pseudo-terminal, as a shell would, and says in JSON what came of it.

terminal.py '{"command": […], "variables": {…}, "place": "front", "steps": [["see", TEXT], ["type", TEXT],
["signal", NAME], ["run", COMMAND], ["await", COMMAND], …], "ahead": TEXT, "raw": BOOL, "display": BOOL}'

The place is "front" (a job in the foreground), "back" (one in the background), "leader" (the session leader itself),
"none" (a session without a terminal). A signal goes to the session leader. The program's standard output is a pipe, as under an SDK.
What is ahead was typed before the program starts. With a display there is an X server, which the commands see too; a
command that is awaited is run until it succeeds.
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import tty

LIMIT = 90


def main():
    order = json.loads(sys.argv[1])
    server = start_display(order) if order.get("display") else None
    try:
        print(json.dumps(run(order)))
    finally:
        if server:
            server.terminate()
            server.wait()


def start_display(order):
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-noreset", "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    number = b""
    while not number.endswith(b"\n"):
        chunk = os.read(reading, 16)
        if not chunk:
            raise RuntimeError("no X server")
        number += chunk
    os.environ["DISPLAY"] = order["variables"]["DISPLAY"] = ":" + number.decode().strip()
    return server


def run(order):
    master, slave = pty.openpty()
    if order.get("raw"):
        tty.setraw(slave)
    os.write(master, order.get("ahead", "").encode())
    before = termios.tcgetattr(slave)
    reading, writing = os.pipe()
    shell = os.fork()
    if shell == 0:
        os.close(master)
        os.close(reading)
        become_session(order, slave, writing)
    os.close(writing)
    screen = follow(order["steps"], master, shell)
    output = b""
    while chunk := os.read(reading, 4096):
        output += chunk
    _, status = os.waitpid(shell, 0)
    screen += drain(master)
    after = termios.tcgetattr(slave)
    return {
        "screen": screen.decode(errors="replace"),
        "output": output.decode(),
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "sane": before == after,
        "left": left(slave),
    }


def left(slave):
    """What a shell would read now, half lines too."""
    tty.setraw(slave, termios.TCSANOW)
    os.set_blocking(slave, False)
    try:
        return os.read(slave, 4096).decode()
    except BlockingIOError:
        return ""


def become_session(order, slave, output):
    os.setsid()
    # The thread of the tests that started this may have been made while another held signals.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    # Another test may ignore SIGHUP for a moment, and what runs the tests may ignore others.
    for each in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    place = order["place"]
    if place != "none":
        import fcntl
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(null if place == "none" else slave, 2)
    if place in ("leader", "none"):
        start(order)
    # The shell of the session: it starts a job, and hands it the terminal or not.
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    for each in (signal.SIGINT, signal.SIGTSTP):
        signal.signal(each, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        if place == "front":
            os.tcsetpgrp(2, os.getpid())
        for each in (signal.SIGINT, signal.SIGTSTP, signal.SIGTTOU):
            signal.signal(each, signal.SIG_DFL)
        start(order)
    os.close(1)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        # `fg`, after a moment.
        os.tcsetpgrp(2, os.getpgrp())
        time.sleep(0.3)
        os.tcsetpgrp(2, job)
        os.killpg(job, signal.SIGCONT)
    os.tcsetpgrp(2, os.getpgrp())
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(0)


def start(order):
    # Where there is a toolchain, Swift's runtime would take SIGQUIT for a crash to tell of, and let the process go on.
    variables = {
        "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no",
    } | order["variables"]
    # What whoever runs the tests left open is not the program's doing.
    os.closerange(3, 1024)
    os.execve(order["command"][0], order["command"], variables)


def follow(steps, master, shell):
    """Sees and types, one after the other; what is not seen in time ends the program."""
    screen = b""
    start = 0
    for kind, text in steps:
        if kind == "type":
            time.sleep(0.2)
            os.write(master, text.encode())
            continue
        if kind == "signal":
            os.kill(shell, getattr(signal, "SIG" + text))
            continue
        if kind == "run":
            subprocess.run(text, shell=True, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT)
            continue
        deadline = time.monotonic() + LIMIT
        if kind == "await":
            while subprocess.run(text, shell=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
                if time.monotonic() > deadline:
                    os.kill(shell, signal.SIGKILL)
                    return screen + b"\n<not in time: " + text.encode() + b">"
                screen += drain(master)
            continue
        while text.encode() not in screen[start:]:
            if time.monotonic() > deadline:
                os.kill(shell, signal.SIGKILL)
                return screen + b"\n<not seen: " + text.encode() + b">"
            screen += drain(master)
        start = screen.index(text.encode(), start) + len(text.encode())
    return screen


def drain(master):
    seen = b""
    while select.select([master], [], [], 0.1)[0]:
        try:
            seen += os.read(master, 4096)
        except OSError:
            break
    return seen


main()
