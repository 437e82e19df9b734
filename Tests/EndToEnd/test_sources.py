"""Sources that fail, lie or hang: each gets an error of its own, in time, and nothing is lost."""

import json
import os
import pathlib
import signal
import time

import clouds
import pytest
from clouds import CONTAINER, CONTAINER_KEY, INSTANCE_KEY, ROLES, TOKEN, Reply
from home import ROLE, WARDER
from serving import wait_for

NAME = "of-instance"
CREDENTIALS = ROLES + NAME


@pytest.fixture
def instance(unlocked, sts, metadata):
    """A home on an EC2 instance, of whose role the profile `p` assumes another."""
    unlocked.config(f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\ncredential_source = Ec2InstanceMetadata\n"
                    "[profile raw]\ncredential_source = Ec2InstanceMetadata\n")
    unlocked.environment |= {
        "AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url, **clouds.PATIENCE}
    return unlocked


@pytest.fixture
def hasty(instance):
    """The same with the time limit that counts unless another is set."""
    del instance.environment["AWS_METADATA_SERVICE_TIMEOUT"]
    return instance


@pytest.fixture
def container(unlocked, sts, metadata):
    """A home in a container, of whose role the profile `p` assumes another."""
    unlocked.config(f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n"
                    "[profile raw]\ncredential_source = EcsContainer\n")
    unlocked.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = metadata.url + CONTAINER
    return unlocked


@pytest.fixture
def program(unlocked, sts):
    """A home whose profile `p` asks another program; the function that writes what it does, in sh."""
    path = unlocked.root / "program"
    unlocked.config(f"[profile p]\nregion = eu-west-1\ncredential_process = {path}\n")

    def write(text):
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)
        return unlocked

    return write


# What waits without a limit of its own takes over nine seconds, and an SDK's helper has ten.
SOON = 6.0
IN_TIME = 11.0


def failing(home, code, *mentions, name="p", sts=None, within=IN_TIME):
    start = time.monotonic()
    result = home.run("process", name)
    took = time.monotonic() - start
    result.failed(code, *mentions)
    assert took < within, took
    if sts:
        assert sts.requests == []
    return result


def answer(home, name="p"):
    return json.loads(home.good("process", name))


# An instance


def test_an_instance(instance, metadata, sts):
    assert answer(instance)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert sts.only("AssumeRole").access_key_id == INSTANCE_KEY
    assert metadata.paths() == [f"PUT {TOKEN}", f"GET {ROLES}", f"GET {CREDENTIALS}"]
    assert metadata.requests[0][2]["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    metadata.requests.clear()
    answer(instance)
    assert metadata.requests == [] and len(sts.requests) == 1


def test_an_instance_s_own_role(instance):
    raw = answer(instance, "raw")
    assert raw["AccessKeyId"] == INSTANCE_KEY and raw["Expiration"] > clouds.stamp(5 * 3600)


def test_a_hop_too_far(instance, metadata, sts):
    """A container that is one hop too far away gets no answer to its request for a token: version 1 is tried."""
    metadata.replies[TOKEN] = Reply(after=30)
    # The same time limit is that of the answers.
    instance.environment["AWS_METADATA_SERVICE_TIMEOUT"] = "2"
    start = time.monotonic()
    assert answer(instance)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert time.monotonic() - start < SOON
    assert "x-aws-ec2-metadata-token" not in metadata.requests[-1][2]


def test_a_hop_too_far_without_version_1(hasty, metadata, sts):
    metadata.replies[TOKEN] = Reply(after=30)
    hasty.environment["AWS_EC2_METADATA_V1_DISABLED"] = "true"
    failing(hasty, 5, "hop limit", sts=sts, within=SOON)


@pytest.mark.parametrize("path", [ROLES, CREDENTIALS])
def test_an_instance_that_is_silent(instance, metadata, sts, path):
    metadata.replies[path] = Reply(after=30)
    # The same time limit is that of the answers before it.
    instance.environment["AWS_METADATA_SERVICE_TIMEOUT"] = "2"
    failing(instance, 6, sts=sts, within=SOON)


def test_an_instance_that_is_slow_enough(instance, metadata):
    metadata.replies[ROLES] = Reply(body=NAME, after=1.5)
    assert answer(instance)["AccessKeyId"] == "ASIATEMPORARY0000001"


def test_an_instance_that_is_silent_for_long(instance, metadata, sts):
    """What is set for long waits does not take more than the ten seconds of an SDK's helper."""
    metadata.replies[CREDENTIALS] = Reply(after=60)
    instance.environment |= {"AWS_METADATA_SERVICE_TIMEOUT": "60", "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "9"}
    failing(instance, 6, sts=sts)


def test_no_instance(instance, sts):
    instance.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:9"
    failing(instance, 6, "config:4", "127.0.0.1", sts=sts, within=SOON)


@pytest.mark.parametrize(
    "path, reply, code",
    [
        (TOKEN, Reply(500), 5),
        (CREDENTIALS, Reply(200, "{" + " " * 400_000 + "}"), 6),
        (CREDENTIALS, Reply(302, "", {"Location": "http://127.0.0.1:9/"}), 6),
    ],
    ids=lambda value: f"{value.status}-{value.body[:20]!r}" if isinstance(value, Reply) else None,
)
def test_an_instance_that_talks_nonsense(instance, metadata, sts, path, reply, code):
    metadata.replies[path] = reply
    failing(instance, code, sts=sts)


def test_an_instance_whose_credentials_have_ended(instance, metadata, sts):
    """While AWS cannot renew them it goes on taking them, so that SDKs use them all the same: so do we."""
    ended = clouds.credentials("ASIAENDED", Expiration=clouds.stamp(-60))
    metadata.replies[CREDENTIALS] = Reply(200, json.dumps(ended))
    assert answer(instance)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert sts.only("AssumeRole").access_key_id == "ASIAENDED"


def test_an_endpoint_that_is_none(instance, sts):
    instance.environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://192.0.2.1"
    failing(instance, 8, sts=sts)


def test_what_is_asked_at_home_goes_through_no_proxy(instance, metadata):
    instance.environment |= {name: "http://127.0.0.1:9" for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY")}
    assert answer(instance, "raw")["AccessKeyId"] == INSTANCE_KEY


# A container


def test_a_container(container, metadata, sts):
    container.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer t0ken"
    assert answer(container)["AccessKeyId"] == "ASIATEMPORARY0000001"
    assert sts.only("AssumeRole").access_key_id == CONTAINER_KEY
    ((_, path, headers),) = metadata.requests
    assert path == CONTAINER and headers["authorization"] == "Bearer t0ken"


@pytest.mark.parametrize(
    "reply, code",
    [
        (Reply(401, '{"code": "AccessDenied", "message": "wrong token"}'), 5),
        (Reply(302, "", {"Location": "http://127.0.0.1:9/"}), 6),
    ],
    ids=lambda value: f"{value.status}-{value.body[:30]!r}" if isinstance(value, Reply) else None,
)
def test_a_container_that_talks_nonsense(container, metadata, sts, reply, code):
    container.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer hidden-t0ken"
    metadata.replies[CONTAINER] = reply
    result = failing(container, code, sts=sts)
    assert "hidden-t0ken" not in result.err


def test_a_redirect_takes_no_token_along(container, metadata):
    container.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer hidden-t0ken"
    metadata.replies[CONTAINER] = Reply(302, "", {"Location": metadata.url + "/elsewhere"})
    failing(container, 6, "redirect")
    assert {path for _, path, _ in metadata.requests} == {CONTAINER}


def test_a_container_that_repeats_the_token(container, metadata):
    container.environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer hidden-t0ken"
    metadata.replies[CONTAINER] = Reply(403, '{"code": "Denied", "message": "what is Bearer hidden-t0ken"}')
    assert "hidden-t0ken" not in failing(container, 5, "403").err


def test_a_container_s_variables_are_wrong(container, metadata, sts):
    container.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@evil.example/"
    failing(container, 8, sts=sts)
    assert metadata.requests == []


# Another program

ANSWER = {"Version": 1, "AccessKeyId": "AKIAPROGRAM", "SecretAccessKey": "secret of it"}
GOOD = json.dumps(ANSWER)


def printed(**others):
    """The line of a program that prints such an answer."""
    return f"cat << 'END'\n{json.dumps(ANSWER | others)}\nEND"


@pytest.mark.parametrize(
    "text, code, mention",
    [
        ("exit 3", 1, "code 3"),
        ("kill -9 $$", 1, "137"),
        (printed(SessionToken=17), 8, "SessionToken"),
        ("exec cat /dev/zero", 1, "65536"),
    ],
)
def test_a_program_that_talks_nonsense(program, text, code, mention):
    home = program(text + "\n")
    result = failing(home, code, mention)
    assert "secret of it" not in result.err and home.has_secret("secret of it", home.cache) == []


def test_a_program_that_hangs(program):
    home = program("echo $$ > $HOME/process; exec sleep 300\n")
    try:
        failing(home, 1)
        # Where a shell stands before it, nobody has waited for it: its end may take a moment.
        wait_for(lambda: not runs(home.root / "process"), "end of it")
    finally:
        end(home.root / "process")


def runs(file):
    """Whether the process runs whose number is in the file. Dead, it may lie there until somebody takes note of it."""
    try:
        return "State:\tZ" not in pathlib.Path(f"/proc/{int(file.read_text())}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def end(file):
    if runs(file):
        os.kill(int(file.read_text()), signal.SIGKILL)


def test_a_program_that_leaves_a_child_behind(program):
    """A child that keeps the pipe open is not waited for."""
    home = program(f"sleep 300 &\necho $! > $HOME/child\necho '{GOOD}'\n")
    try:
        assert answer(home)["AccessKeyId"] == "AKIAPROGRAM"
        assert runs(home.root / "child")
    finally:
        end(home.root / "child")


def test_a_program_s_messages_and_input(program):
    """What it says goes to no stream that an SDK reads, and it has nothing to read."""
    home = program(f"echo noise >&2\nread line\necho '{GOOD}'\n")
    result = home.run("process", "p", input="a line of somebody's\n")
    assert (result.code, result.err) == (0, "")


def test_a_program_is_told_no_passphrase(program):
    home = program(f"env > $HOME/seen\necho '{GOOD}'\n")
    home.good("process", "p", env={"WARDER_PASSPHRASE": "of somebody", "WARDER_PASSPHRASE_COMMAND": "cat it"})
    assert "PASSPHRASE" not in (home.root / "seen").read_text()


@pytest.mark.parametrize("session", [False, True])
def test_a_program_s_answer_is_kept_if_it_ends(program, session):
    end = {"SessionToken": "t", "Expiration": clouds.stamp(7200)} if session else {}
    home = program(f"echo ran >> $HOME/runs\n{printed(**end)}\n")
    first, second = answer(home), answer(home)
    assert first == second and ("Expiration" in first) == session
    assert (home.root / "runs").read_text() == ("ran\n" if session else "ran\nran\n")
    assert home.has_secret("secret of it", home.cache) == []


def test_a_program_that_calls_warder_for_the_same_profile(program):
    home = program(f"echo x >> $HOME/calls\nexec {WARDER} process p\n")
    start = time.monotonic()
    result = home.run("process", "p")
    assert result.code != 0 and result.out == "" and time.monotonic() - start < IN_TIME
    assert len((home.root / "calls").read_text().split()) == 1


def test_two_programs_that_call_one_another(unlocked):
    one, two = (unlocked.root / name for name in ("one", "two"))
    unlocked.config(f"[profile one]\ncredential_process = {one}\n[profile two]\ncredential_process = {two}\n")
    for path, other in ((one, "two"), (two, "one")):
        path.write_text(f"#!/bin/sh\necho x >> $HOME/calls\nexec {WARDER} process {other}\n")
        path.chmod(0o755)
    start = time.monotonic()
    result = unlocked.run("process", "one")
    assert result.code != 0 and time.monotonic() - start < IN_TIME
    assert len((unlocked.root / "calls").read_text().split()) == 2


def test_a_program_that_calls_warder_for_another_profile(unlocked):
    """A wrapper of somebody's: no circle."""
    identifier, secret = unlocked.key
    path = unlocked.root / "wrapper"
    path.write_text(f"#!/bin/sh\nexec {WARDER} process plain\n")
    path.chmod(0o755)
    unlocked.config(f"[profile p]\ncredential_process = {path}\n"
                    f"[profile plain]\naws_access_key_id = {identifier}\naws_secret_access_key = {secret}\n")
    assert answer(unlocked)["AccessKeyId"] == identifier


# A web identity


@pytest.fixture
def web(unlocked, sts):
    unlocked.config(f"[profile p]\nregion = eu-west-1\nrole_arn = {ROLE}\n"
                    f"web_identity_token_file = {unlocked.root}/jwt\n")
    (unlocked.root / "jwt").write_text("head.body.signature\n")
    return unlocked


def test_a_web_identity(web, sts):
    assert answer(web)["AccessKeyId"] == "ASIATEMPORARY0000001"
    request = sts.only("AssumeRoleWithWebIdentity")
    assert request.parameters["WebIdentityToken"].strip() == "head.body.signature" and not request.authorization
    answer(web)
    assert len(sts.requests) == 1 and web.has_secret("head.body.signature", web.cache) == []


def test_what_a_web_identity_does_not_take_is_shown(web, sts):
    ignored = {"external_id": "one", "source_identity": "alice", "session_tags": "a=1", "transitive_session_tags": "a"}
    with web.config_file.open("a") as config:
        config.write("".join(f"{key} = {value}\n" for key, value in ignored.items()))
    step = json.loads(web.good("explain", "p", "--json"))["steps"][0]
    for line, (key, value) in enumerate(ignored.items(), 5):
        assert step["parameters"]["ignored_" + key] == value
        assert step["origin"]["ignored_" + key] == f"{web.config_file}:{line}"
    answer(web)
    sent = sts.only("AssumeRoleWithWebIdentity").parameters
    assert not [name for name in sent if name.startswith(("ExternalId", "SourceIdentity", "Tags", "TransitiveTagKeys"))]


@pytest.mark.parametrize("content", ["folder", "nonsense"])
def test_the_token_is_none(web, sts, content):
    path = web.root / "jwt"
    path.unlink()
    if content == "folder":
        path.mkdir()
    else:
        path.write_text(content)
    result = web.run("process", "p")
    assert result.code == (5 if content == "nonsense" else 8), result
    result.failed(result.code)
    assert content == "nonsense" or sts.requests == []


# The environment


def test_half_an_environment(unlocked, sts):
    unlocked.config(f"[profile p]\nrole_arn = {ROLE}\ncredential_source = Environment\n")
    unlocked.environment |= {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": ""}
    failing(unlocked, 7, "config:3", sts=sts)


# What is cached already


@pytest.mark.parametrize("kind", ["instance", "container"])
def test_what_is_cached_outlives_its_source(request, metadata, kind):
    home = request.getfixturevalue(kind)
    first = answer(home)
    for path in (TOKEN, ROLES, CONTAINER):
        metadata.replies[path] = Reply(500)
    assert answer(home) == first
