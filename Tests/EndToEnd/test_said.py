"""What others say, and what of it warder passes on: fit for a terminal, without secrets, and not lost."""

import json
import os
import unicodedata

import pytest
import recording_sts
from home import MFA, ROLE

# Steers a terminal, ends a line, shows nothing, or turns the direction of writing.
HOSTILE = "\x1b[31m\x9b2J\u202e\u2066\u200b\u2028\x7f\x07"


def unfit(text, but="\n"):
    """What of it a terminal would act on, or show nothing of."""
    return {c for c in text if c not in but and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn")}


@pytest.fixture
def hostile(working):
    """A home whose names hold what steers a terminal, wherever a config may have it."""
    name = f"dev{HOSTILE}"
    working.config(
        working.config_file.read_text()
        + f"\n[profile {name}]\nregion = eu-west-1\nrole_arn = {ROLE}{HOSTILE}\nsource_profile = alice\n"
        + f"\n[profile roles]\nregion = eu-west-1\nwarder_role_arn = {ROLE}\nwarder_source_profile = alice\n"
        + f"role_session_name = x{HOSTILE}\nmfa_serial = {MFA}{HOSTILE}\nexternal_id = x{HOSTILE}\n"
        + f"\n[profile other]\ncredential_process = /bin/{HOSTILE}\n"
        + f"\n[profile adopted]\n# {HOSTILE}\nrole_arn = {ROLE}\nsource_profile = alice\nregion = eu{HOSTILE}\n"
    )
    return name, working


COMMANDS = [
    "list", "list --json", "status", "status --json", "explain NAME", "explain --json NAME", "explain roles",
    "explain --json roles", "explain other", "explain adopted", "adopt --dry-run adopted", "adopt --dry-run --all",
    "adopt NAME", "process NAME", "process roles", "process other", "env NAME", "env --format json NAME", "whoami NAME",
    "exec NAME -- true", "use --shell bash NAME", "refresh NAME", "refresh --all", "forget NAME", "remove NAME",
    "trust NAME", "distrust NAME", "trust --list", "trust --list --json", "mfa --list", "mfa NAME", "mfa --pid NAME",
    "add NAME --csv NAME", "names profiles", "vault verify", "vault slots", "vault slots remove NAME",
    "vault restore NAME", "vault backup NAME", "store show", "unlock --for NAME", "NAME", "--NAME", "list --NAME",
    "hook NAME",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_passes_on_what_steers_a_terminal(hostile, command):
    name, home = hostile
    result = home.run(*[word.replace("NAME", name) for word in command.split()], input="")
    # Names for programs are bare: the shells' completions take what of them can be typed.
    but = "\n" + (HOSTILE if command == "names profiles" else "")
    assert unfit(result.out, but) == set() and unfit(result.err) == set(), result
    if "--json" in command and result.out:
        json.loads(result.out)


def test_folders_and_devices_steer_no_terminal(hostile):
    name, home = hostile
    # A path with control characters is not trusted at all.
    folder = home.root / "of\u202e\u2066\u200b\u2028"
    folder.mkdir()
    (folder / ".warder").write_text("prod\n")
    for command in (["trust", folder], ["trust", "--list"], ["trust", "--list", "--json"], ["distrust", folder]):
        result = home.run(*command)
        assert result.code == 0 and unfit(result.out) == set() and unfit(result.err) == set(), result


def test_answers_steer_no_terminal(working, sts):
    answer = recording_sts.error(403, "Accel&#x9B;ess", "no\u202e way\u2028 \x9dx")
    sts.always("AssumeRole", lambda *_: answer)
    result = working.run("process", "audit")
    assert result.code == 5 and unfit(result.err) == set() and "no\\u{202e} way" in result.err, result


# Secrets that come back

def chopped(token):
    return " ".join(token[i : i + 8] for i in range(0, len(token), 8))


FORMS = {
    "whole": str, "shortened": lambda token: token[:14] + "…", "its end": lambda token: token[-16:],
    "blanks": chopped, "lines": lambda token: chopped(token).replace(" ", "\n"), "capitals": str.upper,
    "percent": lambda token: "".join(f"%{ord(c):02X}" for c in token),
    "dashes": lambda token: "-".join(token), "quoted": lambda token: json.dumps(token[3:40]),
}


def as_message(text):
    return recording_sts.error(403, "AccessDenied", text)


def as_code(text):
    return recording_sts.error(403, text, "no")


def as_request(text):
    answer = recording_sts.error(400, "Strange", "no")
    body = answer.body.decode()
    start, end = body.index("<RequestId>") + len("<RequestId>"), body.index("</RequestId>")
    answer.body = (body[:start] + text + body[end:]).encode()
    return answer


def as_element(text):
    name = "".join(c for c in text if c.isascii() and c.isalnum())
    return recording_sts.Answer(403, f"<a{name}/>".encode())


@pytest.mark.parametrize("place", [as_message, as_code, as_request, as_element])
@pytest.mark.parametrize("form", FORMS)
def test_an_endpoint_that_gives_the_token_back_gets_it_to_nobody(working, sts, place, form):
    sent = []

    def back(sts, request):
        sent.append(request.token)
        return place(FORMS[form](request.token))

    sts.always("AssumeRole", back)
    result = working.run("process", "audit")
    assert result.code in (5, 6) and result.out == "", result
    said = "".join(c for c in result.err if c.isalnum()).lower()
    token = "".join(c for c in sent[0] if c.isalnum()).lower()
    assert len(token) > 12
    pieces = [token[i : i + 12] for i in range(len(token) - 11)]
    assert not [piece for piece in pieces if piece in said], result


@pytest.mark.parametrize("order", [(0, 1, 2), (0, None, 1), (None, 0, 1), (0, 1, None)])
def test_an_endpoint_that_splits_the_token_over_its_answer_gets_it_to_nobody(working, sts, order):
    sent = []

    def back(sts, request):
        sent.append(request.token)
        code, message, request_id = ["no" if n is None else request.token[11 * n : 11 * n + 11] for n in order]
        answer = recording_sts.error(403, code, message)
        body = answer.body.decode()
        start, end = body.index("<RequestId>") + len("<RequestId>"), body.index("</RequestId>")
        answer.body = (body[:start] + request_id + body[end:]).encode()
        return answer

    sts.always("AssumeRole", back)
    result = working.run("process", "audit")
    assert result.code in (5, 6) and result.out == "", result
    for part in (sent[0][:11], sent[0][11:22], sent[0][22:33]):
        assert part not in result.err, result


# What helpers say

SAYING = "echo 'one\x1b[31m'; echo no route to the vault >&2; echo; echo 'of all' >&2; exit 3"


@pytest.fixture
def helped(working):
    """Another program, a program for codes: what they do is in `says`."""
    script = working.root / "says"
    working.config(
        working.config_file.read_text()
        + f"\n[profile p]\nregion = eu-west-1\ncredential_process = {script} --token 0123456789abcdef0123\n"
        + f"\n[profile m]\nregion = eu-west-1\nwarder_role_arn = {ROLE}\nwarder_source_profile = alice\n"
        + f"mfa_process = {script}\nmfa_serial = {MFA}2\n"
    )

    def says(text):
        script.write_text("#!/bin/sh\n" + text + "\n")
        script.chmod(0o755)
        return working

    says.script = script
    return says


@pytest.mark.parametrize("profile", ["p", "m"])
def test_what_a_helper_said_is_told_where_nobody_saw_it(helped, profile):
    home = helped(SAYING)
    result = home.run("process", profile)
    result.failed(1 if profile == "p" else 4, "ended with code 3", "no route to the vault / of all")
    assert unfit(result.err) == set()


def test_what_a_command_for_the_passphrase_said_is_told(careful):
    result = careful.run("process", "alice", env={"WARDER_PASSPHRASE_COMMAND": "echo agent is not running >&2; exit 2"})
    result.failed(4, "WARDER_PASSPHRASE_COMMAND", "ended with code 2", "agent is not running")
    result = careful.run("process", "alice", env={"WARDER_PASSPHRASE_COMMAND": "no-such-agent --now"})
    result.failed(4, "there is no program no-such-agent")


@pytest.mark.parametrize("profile", ["p", "m"])
def test_a_helper_that_is_not_there_is_named(helped, profile):
    home = helped("exit 0")
    os.remove(helped.script)
    home.run("process", profile).explained(f"there is no program {helped.script}")
    helped.script.write_text("#!/bin/sh\n")
    helped.script.chmod(0o644)
    home.run("process", profile).explained("code 126", "cannot be run")
    home = helped("lacking-program --x")
    home.run("process", profile).explained("code 127", "lacking-program", "not found")


def test_what_a_helper_gave_is_not_in_what_it_said(helped):
    home = helped(
        'echo \'{"Version": 1, "SecretAccessKey": "s3cret/of+the+helper+1234"}\' | tee /dev/stderr; '
        'echo "token $2" >&2; echo "key is $AWS_SECRET_ACCESS_KEY" >&2; exit 1'
    )
    result = home.run("process", "p", env={"AWS_SECRET_ACCESS_KEY": "secret+of/the/environment"})
    result.failed(1, "(hidden) / (hidden) / (hidden)")
    for secret in ("of+the+helper", "0123456789ab", "the/environment"):
        assert secret not in result.err


def test_a_helper_that_says_much_or_leaves_somebody_behind_holds_up_nobody(helped):
    home = helped("yes nonsense | head -n 300000 >&2; sleep 300 >/dev/null & echo $! >$HOME/left; echo end >&2; exit 1")
    result = home.run("process", "p", timeout=30)
    os.kill(int((home.root / "left").read_text()), 9)
    result.failed(1, "nonsense / end")
    assert len(result.err) < 700


GIVING = ["echo not json", ":", "echo '{\"Version\": 3}'", "no-such-program-of-all | cat"]


@pytest.mark.parametrize("giving", GIVING)
@pytest.mark.parametrize("profile", ["p", "m"])
def test_what_a_helper_said_beside_an_answer_of_no_use_is_told(helped, profile, giving):
    home = helped(f"echo please log in first >&2; {giving}")
    what = "did not print" if profile == "p" else f"what mfa_process gave as a code of {MFA}2 is not six digits"
    said = "not found" if "|" in giving else "it said: please log in first"
    home.run("process", profile).failed(8 if profile == "p" else 4, what, "please log in first", said)
    result = helped(giving).run("process", profile)
    assert "it said" not in result.err or "|" in giving, result


@pytest.mark.parametrize("giving, code, what", [(":", 4, "the passphrase is empty"), ("echo wrong", 3, "wrong passphrase")])
def test_what_a_command_for_the_passphrase_said_beside_a_bad_one_is_told(careful, giving, code, what):
    command = f"echo please log in first >&2; {giving}"
    result = careful.run("process", "alice", env={"WARDER_PASSPHRASE_COMMAND": command})
    result.failed(code, what, "; it said: please log in first")


@pytest.mark.parametrize("words", ["-m aws_credentials_helper", "-c 'import nosuchmodule'"])
def test_names_among_a_helpers_arguments_are_not_hidden(working, words):
    working.config(
        working.config_file.read_text()
        + f"\n[profile p]\nregion = eu-west-1\ncredential_process = /usr/bin/python3 {words}\n"
    )
    result = working.run("process", "p")
    result.failed(1, "it said: ", words.split()[-1].strip("'"))


def test_a_helper_that_succeeds_is_not_heard_of(helped):
    credentials = json.dumps({"Version": 1, "AccessKeyId": "ASIAOFTHEHELPER00001", "SecretAccessKey": "of the helper"})
    home = helped(f"echo a warning >&2; echo '{credentials}'")
    result = home.run("process", "p")
    assert result.code == 0 and result.err == "", result


def test_at_a_terminal_a_helper_is_seen_as_it_speaks(helped):
    home = helped("echo touch the key >&2; sleep 1; exit 3")
    terminal = home.terminal("process", "p")
    terminal.expect("touch the key")
    terminal.expect("ended with code 3\r\n")
