"""`explain`: where a profile's credentials come from, and what the next `process` does."""

import json
import re
import resource
import subprocess

import pytest
from clouds import START
from home import MFA, ROLE, WARDER, exit_code

PLAIN = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"


def explained(home, name, *arguments, **options):
    return json.loads(home.good("explain", name, "--json", *arguments, **options))


# What it says


def test_the_json(home, sts):
    path = home.config_file
    assert explained(home, "prod") == {
        "profile": "prod",
        "steps": [
            {
                "kind": "stored_key", "profile": "alice", "parameters": {"key": "alice"},
                "origin": {"key": f"{path}:1"}, "cached_until": None, "next": "read",
            },
            {
                "kind": "session_token", "profile": "alice",
                "parameters": {"duration_seconds": "43200", "mfa_serial": MFA, "region": "eu-west-1"},
                "origin": {"mfa_serial": f"{path}:3", "region": f"{path}:2"},
                "cached_until": None, "next": "unknown",
            },
            {
                "kind": "assume_role", "profile": "prod", "parameters": {"role_arn": ROLE, "region": "eu-west-1"},
                "origin": {"role_arn": f"{path}:9", "region": f"{path}:7"}, "cached_until": None, "next": "unknown",
            },
        ],
        "endpoint": {"url": sts.url + "/", "signing_region": "eu-west-1"},
        "fails": None, "locked": True,
        "prompts": True,
        "sdks": {"ask_warder": True, "obstacles": [], "needed_variables": []},
    }


def test_the_json_of_what_is_cached(working):
    explanation = explained(working, "prod")
    assert [step["next"] for step in explanation["steps"]] == ["nothing"] * 3
    assert explanation["prompts"] is False
    ends = [step["cached_until"] for step in explanation["steps"]]
    answer = json.loads(working.good("process", "prod"))
    assert ends[0] is None and ends[2] == answer["Expiration"] < ends[1]


def test_the_tree(home, sts):
    assert home.good("explain", "prod") == f"""\
prod
├─ stored key alice
│     key = alice     ~/.aws/config:1
│     read when it is needed
├─ session of alice
│     duration_seconds = 43200
│     mfa_serial = {MFA}     ~/.aws/config:3
│     region = eu-west-1                                   ~/.aws/config:2
│     locked: what is cached cannot be seen
└─ role of prod
      role_arn = {ROLE}     ~/.aws/config:9
      region = eu-west-1                                  ~/.aws/config:7
      locked: what is cached cannot be seen
endpoint: {sts.url}/, signed for eu-west-1 (AWS_ENDPOINT_URL)
next: asks for the vault's passphrase; then, if no session is cached, at most 2 requests and an MFA code \
(warder unlock shows what is cached)
sdks: ask warder for prod
"""


def test_a_key_in_plain_text_needs_no_vault(home):
    home.config(f"[profile p]\n{PLAIN}")
    assert explained(home, "p")["prompts"] is False
    assert json.loads(home.good("process", "p"))["AccessKeyId"] == "AKIAPLAIN"


def test_no_secret_is_shown(home):
    home.config(f"[profile p]\n{PLAIN}aws_session_token = a+token\n")
    shown = home.good("explain", "p") + home.good("explain", "p", "--json")
    assert "secret/of/it" not in shown and "a+token" not in shown


def test_what_a_terminal_would_obey_is_not_printed(home):
    home.config(f"[profile p]\nrole_arn = {ROLE}\nsource_profile = p\nendpoint_url = https://a.example\n{PLAIN}"
                "policy = {\"a\": \"\x1b[2J\x07\"}\n")
    result = home.run("explain", "p")
    assert "\x1b" not in result.out + result.err and "\x07" not in result.out + result.err


# What is wrong

R = f"role_arn = {ROLE}\n"
# Code, line, config.
WRONG = [
    ("two_sources", 3, f"[profile p]\n{R}source_profile = q\ncredential_source = Environment\n[profile q]\n{PLAIN}"),
    ("unreadable_value", 2, "[profile p]\nrole_arn = \udcff\n"),
    ("bad_value", 4, f"[profile p]\n{R}source_profile = p\nduration_seconds = 1h\n{PLAIN}"),
]


@pytest.fixture
def without_keys(bare, sts):
    """A home without a store: nothing is taken for a stored key."""
    bare.endpoint(sts.url)
    return bare


@pytest.mark.parametrize("code, line, config", WRONG, ids=[f"{row[0]}-{number}" for number, row in enumerate(WRONG)])
def test_what_is_wrong(without_keys, sts, code, line, config):
    home = without_keys
    home.config_file.write_bytes(config.encode(errors="surrogateescape"))
    place = f"{home.config_file}:{line}"
    home.run("process", "p").failed(8, place)
    home.run("explain", "p").failed(8, place)
    result = home.run("explain", "p", "--json")
    error = json.loads(result.out)
    assert error.keys() == {"profile", "error"} and error["profile"] == "p"
    assert error["error"].keys() == {"code", "message", "origin"}
    assert (error["error"]["code"], error["error"]["origin"]) == (code, place)
    assert error["error"]["message"] in result.err and result.code == 8
    result.explained(place)
    assert sts.requests == []


# What it leaves alone


@pytest.mark.needs("strace")
@pytest.mark.parametrize("name", ["prod", "nobody", "web", "sso"])
def test_it_writes_nothing_and_asks_nothing(working, sts, center, tmp_path, name):
    working.environment |= center.environment()
    working.add_profile("web", f"role_arn = {ROLE}", "web_identity_token_file = /nowhere")
    working.add_profile("sso", f"sso_start_url = {START}", "sso_region = eu-west-1", "sso_account_id = 1",
                        "sso_role_name = R")

    def everything():
        folders = (working.root, working.runtime)
        paths = [path for folder in folders for path in folder.rglob("*")]
        return {path: (path.lstat().st_mtime_ns, path.is_file() and path.read_bytes()) for path in paths}

    before = everything()
    trace = tmp_path / "trace"
    calls = "trace=network,write,writev,pwrite64,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,execve"
    result = working.run("explain", name, prefix=["strace", "-f", "-o", trace, "-e", calls])
    assert result.code == (7 if name == "nobody" else 0)
    assert everything() == before
    lines = [re.sub(r"^\d+ +", "", line) for line in trace.read_text().splitlines()]
    assert not [line for line in lines if line.startswith(("socket", "connect", "rename", "unlink", "mkdir"))]
    assert len([line for line in lines if line.startswith("execve")]) == 1
    assert all(line.startswith(("write(1,", "write(2,")) for line in lines if line.startswith(("write", "pwrite")))
    assert sts.requests == [] and center.log == []


def test_at_a_terminal_it_asks_nothing_either(home):
    terminal = home.terminal("explain", "prod")
    terminal.expect("next: asks for the vault's passphrase; then, if no session is cached, at most 2 requests")
    assert exit_code(terminal) == 0


# How fast it is


@pytest.fixture(scope="module")
def large():
    """Configs of 10,000 and 20,000 profiles, a hundred of them chains, beside the benchmarks' own."""

    def text(size):
        filler = "\n".join([
            "[profile filler-{0:05}]", "region = eu-central-1", "credential_process = {1} process filler-{0:05}",
            "warder_role_arn = arn:aws:iam::{0:012}:role/Developer", "warder_source_profile = alice", "\n"])
        chained = "".join(
            f"[profile chain-{n}]\nwarder_role_arn = {ROLE}\nwarder_source_profile = "
            + (f"chain-{n - 1}" if n % 6 else "alice") + "\n\n" for n in range(100))
        return "".join(filler.format(number, WARDER) for number in range(size)) + chained

    return text


def measured(home, *arguments):
    """The seconds of processor time that it takes, which no other process adds to, and its memory in KiB."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The kernel counts what a process had before `execve`, so that it must be started by something small.
    command = ["/usr/bin/time", "--format", "%M", *home.command(*arguments)]
    run = subprocess.run(command, env=home.variables(), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, int(run.stderr.split()[-1])


@pytest.mark.needs("time")
def test_ten_thousand_profiles(working, large):
    own = working.config_file.read_text()
    times, memory = {}, {}
    for size in (20, 10_000, 20_000):
        working.config(large(size) + own)
        runs = [measured(working, "explain", "chain-5") for _ in range(20)]
        times[size], memory[size] = sorted(run[0] for run in runs), max(run[1] for run in runs)
        print(f"{size:,}: {times[size][0] * 1000:.1f} to {times[size][10] * 1000:.1f} ms, {memory[size]:,} KiB")
        if size == 10_000:
            length = working.config_file.stat().st_size / 1024
    assert times[10_000][10] < 0.03
    assert memory[10_000] - memory[20] < 4 * length
    assert memory[20_000] - memory[10_000] < 1.5 * (memory[10_000] - memory[20]) + 1024


def test_a_list_of_ten_thousand_profiles(working, large):
    working.config(large(10_000) + working.config_file.read_text())
    seconds = min(measured(working, "list", "--json")[0] for _ in range(3))
    listed = json.loads(working.good("list", "--json"))
    names = {entry["name"] for entry in listed["entries"]}
    assert len(names) == 10_103 and {"filler-09999", "chain-99", "prod"} <= names
    print(f"list: {seconds * 1000:.0f} ms")
    assert seconds < 1
