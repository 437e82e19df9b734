#!/usr/bin/env python3
"""Compares warder with other programs that answer a credential_process: side by side, in one home, at one STS.

    WARDER=… .venv/bin/python Benchmarks/peers.py [--env NAME=VALUE]... [--setup SCRIPT] [--cold NAME=COMMAND]...
        [NAME=COMMAND]...

A COMMAND prints credentials of the profile `user`, which has a session by MFA, from its cache; one after --cold makes a
request for the role of the profile `role`. The config holds both profiles as other programs read them. SCRIPT runs in a
shell first: it stores the key, which is in its environment alone, and makes the session, with any code.
AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_STS name the STS. There is no session bus: a program that would start one finds
an address where nothing listens.

docs/performance.md has the arguments for aws-vault.
"""

import argparse
import shlex
import statistics
import subprocess

from cold import same_request
from home import MFA, ROLE
from measure import COMMAND, bench, side_by_side, usage
from starter import Starter

AT_ONCE, ROUNDS = 50, 15
PROFILES = f"""
[profile user]
region = eu-west-1
mfa_serial = {MFA}

[profile role]
region = eu-west-1
role_arn = {ROLE}
source_profile = user
mfa_serial = {MFA}
"""


def named(argument):
    name, separator, command = argument.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError("give NAME=COMMAND")
    return name, shlex.split(command)


def arguments():
    parser = argparse.ArgumentParser(description="Compares warder with other programs.")
    parser.add_argument("--env", metavar="NAME=VALUE", action="append", default=[])
    parser.add_argument("--setup", metavar="SCRIPT", default=":")
    parser.add_argument("--cold", metavar="NAME=COMMAND", type=named, action="append", default=[])
    parser.add_argument("warm", metavar="NAME=COMMAND", type=named, nargs="*")
    return parser.parse_args()


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def prepared(home, variables, script):
    """The environment of the other programs, once the script has given them what they need."""
    with home.config_file.open("a") as config:
        config.write(PROFILES)
    env = home.variables() | {
        "AWS_ENDPOINT_URL_STS": home.sts.url, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={home.root}/no-bus"}
    env |= dict(each.split("=", 1) for each in variables)
    identifier, secret = home.key
    key = {"AWS_ACCESS_KEY_ID": identifier, "AWS_SECRET_ACCESS_KEY": secret}
    subprocess.run(["sh", "-ec", script], env=env | key, cwd=home.root, check=True, stdout=subprocess.DEVNULL)
    return env


def warm(home, env, peers):
    commands = {"floor": home.floor, "warder": COMMAND} | dict(peers)
    home.sts.requests.clear()
    found = side_by_side(commands, env)
    together = at_once(home, env, commands)
    asked = len(home.sts.requests)
    for name, command in commands.items():
        row(name, f"{found[name]:.2f} ms", f"{found.ratio(name, 'floor'):.2f} × floor",
            f"{together[name][0]:.0f} ms", f"{together[name][1]:.2f} × floor", f"{usage(command, env).memory / 1024:.1f} MB")
    if asked:
        print(f"\nNot all of these are warm: the STS was asked {asked} times.")


def at_once(home, env, commands):
    """For each command the median milliseconds of so many at once, and the median of the rounds' ratios to the floor."""
    start = Starter(home)
    rounds = [
        {name: start.milliseconds(command, AT_ONCE, env) for name, command in commands.items()} for _ in range(ROUNDS)]
    return {
        name: (statistics.median(round[name] for round in rounds),
               statistics.median(round[name] / round["floor"] for round in rounds))
        for name in commands
    }


def cold(home, env, peers):
    """A request for a role, beside curl, which sends the same."""
    commands = {"curl": same_request(home), "warder": COMMAND} | dict(peers)
    for name, command in commands.items():
        home.role_session.unlink(missing_ok=True)
        home.sts.requests.clear()
        subprocess.run(command, env=env, check=True, capture_output=True)
        assert home.sts.actions() == ["AssumeRole"], (name, home.sts.actions())
    found = side_by_side(commands, env, 100, prepare=f"rm -f {home.role_session}")
    for name in commands:
        row(name, f"{found[name]:.2f} ms", f"{found.ratio(name, 'curl'):.2f} × curl")


def main():
    given = arguments()
    with bench() as home:
        env = prepared(home, given.env, given.setup)
        print("| from the cache | one | | 50 at once | | memory |\n| --- | --- | --- | --- | --- | --- |")
        warm(home, env, given.warm)
        print("\n| one request, plain HTTP | | |\n| --- | --- | --- |")
        cold(home, env, given.cold)


if __name__ == "__main__":
    main()
