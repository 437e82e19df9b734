"""What the server of `warder exec --serve` keeps to itself, and what stays with it of what it was started with."""

import itertools
import json
import os
import pathlib
import random
import re
import stat
import subprocess
import time

import pytest
from home import ORDINARY, PASSPHRASE, ROLE, WARDER
from serving import CLIENT, TOKEN, URI, Served, run_as, wait_for


def test_secrets_are_in_no_argument_and_no_other_environment(serve, sts):
    # Those of other tests, which may run at the same time, have small numbers.
    sts.serial = itertools.count(random.randrange(1_000_000, 9_000_000))
    served = serve()
    secrets_of = [served.token, *[served.credentials()[name] for name in ("SecretAccessKey", "Token")]]
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        for name in ("cmdline", "environ"):
            try:
                text = (folder / name).read_text(errors="replace")
            except OSError:
                continue
            if name == "environ" and served.token in text:
                assert int(folder.name) == served.process.pid, "somebody else has the token"
                text = text.replace(served.token, "")
            assert not [secret for secret in secrets_of if secret in text], (folder, name)


def test_the_server_keeps_its_memory_to_itself(serve):
    served = serve()
    info = pathlib.Path(f"/proc/{served.server}/environ").stat()
    # What is not dumpable belongs to root, and its owner cannot read it.
    limits = pathlib.Path(f"/proc/{served.server}/limits")
    if os.geteuid() == 0:
        assert re.search(r"Max core file size +0 ", limits.read_text())
    assert info.st_uid == 0 and stat.S_IMODE(info.st_mode) == 0o400


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to be somebody else")
def test_its_user_cannot_read_the_server_s_memory(working):
    served = None
    try:
        working.add_profile("prod-of-nobody", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
        ordinary = working.as_ordinary_user()
        served = Served(working, profile="prod-of-nobody", passphrase=True, **ordinary)
        look = "import sys; open(f'/proc/{sys.argv[1]}/environ').read()"
        assert "PermissionError" in run_as(ORDINARY, look, served.server).stderr
        assert run_as(ORDINARY, look, served.process.pid).stderr == "", "the command is not protected so"
        assert run_as(ORDINARY, CLIENT, served.environment[URI], served.token).stdout == "200\n"
    finally:
        if served:
            served.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to be somebody else")
def test_a_renewal_of_an_ordinary_user(working, sts):
    """To whom the server shows no file of its own."""
    sts.lifetimes["AssumeRole"] = 3
    working.add_profile("renewed-for-nobody", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    served = Served(working, profile="renewed-for-nobody", passphrase=True, **working.as_ordinary_user())
    try:
        sts.lifetimes["AssumeRole"] = 3600
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1800))

        def latest():
            told = run_as(ORDINARY, CLIENT.replace(".status", ".read().decode()"), served.environment[URI], served.token)
            return json.loads(told.stdout)["Expiration"] > soon

        wait_for(latest, "new session")
    finally:
        served.end()


def test_serve_by_hand_is_refused(bare):
    bare.run("serve", "prod").failed(2, "--serve")
    assert "serve " not in bare.good("--help") and "renew " not in bare.good("--help")


# What stays with the server


def environment_of(served):
    entries = pathlib.Path(f"/proc/{served.server}/environ").read_bytes().split(b"\0")
    return dict(entry.decode().split("=", 1) for entry in entries if entry)


OUTER = {
    "AWS_ACCESS_KEY_ID": "AKIAOUTER", "AWS_SECRET_ACCESS_KEY": "outer", "AWS_SESSION_TOKEN": "outer",
    "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z", URI: "http://127.0.0.1:1/", TOKEN: "outer",
    "AWS_SECURITY_TOKEN": "outer",
}


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to see it")
def test_the_server_has_no_credentials_of_the_outer_environment(serve):
    seen = environment_of(serve(env=OUTER | {"WARDER_NEW_PASSPHRASE": "x"}, passphrase=True))
    assert not (OUTER.keys() | {"WARDER_NEW_PASSPHRASE"}) & seen.keys()
    assert seen["WARDER_PASSPHRASE"] == PASSPHRASE


def test_a_renewal_has_the_credentials_that_it_begins_with(serve, working, sts):
    working.add_profile("from-outside", f"warder_role_arn = {ROLE}", "credential_source = Environment")
    sts.lifetimes["AssumeRole"] = 3
    served = serve(profile="from-outside", env={"AWS_ACCESS_KEY_ID": "AKIAOUTER", "AWS_SECRET_ACCESS_KEY": "outer"})
    sts.lifetimes["AssumeRole"] = 3600
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1800))
    wait_for(lambda: served.credentials()["Expiration"] > soon, "new session")


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to see it")
def test_the_server_leaves_its_folder_and_renews_from_there(serve, working, sts):
    """What is relative still means what it meant: here the config and the policy."""
    folder = working.root / "a folder"
    folder.mkdir()
    (folder / "policy.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    sts.lifetimes["AssumeRole"] = 6
    working.add_profile("relative", f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    config = os.path.relpath(working.config_file, folder)
    served = serve(
        "--policy", "policy.json", profile="relative", prefix=["env", "-C", folder], env={"AWS_CONFIG_FILE": config},
    )
    assert os.readlink(f"/proc/{served.server}/cwd") == "/"
    sts.lifetimes["AssumeRole"] = 3600
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1800))
    wait_for(lambda: served.credentials()["Expiration"] > soon, "new session")


def test_nobody_else_has_renewals_made(working, sts):
    for words in (["renew-served", "prod"], ["renew-served", "--no-prompt", "--", "prod"]):
        result = working.run(*words)
        result.failed(2, "warder exec --serve alone")
        assert result.out == ""
    # A shell that looks like the server.
    (working.root / "serve").write_text(f"'{WARDER}' renew-served prod\nexit $?\n")
    result = subprocess.run(
        ["bash", "-c", "exec -a warder bash serve"], env=working.variables(), cwd=working.root, capture_output=True,
        text=True, timeout=60, check=False,
    )
    assert result.returncode == 2 and result.stdout == ""
    assert sts.actions() == []
