"""warder in the panes of a real tmux, whose server keeps an environment of its own."""

import datetime
import json
import re

import pexpect
import pytest
from asking import codes, is_waited_for
from home import PASSPHRASE
from locks import is_shared
from panes import Tmux, until
from shells import RUN

WAITS = "[warder]\nhandoff_time = 100s\n"
GOOD = r"prod (1h00m|5\dm)"


@pytest.fixture(params=RUN)
def program(request):
    return request.param


@pytest.fixture
def tmux(working, program):
    """A tmux in a home with sessions, not started yet."""
    server = Tmux(working, program)
    yield server
    server.kill()


@pytest.fixture
def asking(home, program):
    """A tmux, started, in a home without a session: codes are all that is asked for."""
    home.unlock("--keys")
    home.settings(WAITS)
    server = Tmux(home, program)
    server.start()
    yield server
    server.kill()


def end_in(seconds):
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def set_end(pane, seconds):
    """Says that the session ends so soon; what was shown at the next prompts."""
    way = "set -gx AWS_CREDENTIAL_EXPIRATION " if pane.server.program == "fish" else "AWS_CREDENTIAL_EXPIRATION="
    return pane.run(way + end_in(seconds))


def is_watched(home):
    """Whether the kernel knows of a lock on the file of those who watch."""
    try:
        return is_shared(home.runtime / "warder/asking/watching")
    except FileNotFoundError:
        return False


def start_apart(pane, name, profile="prod"):
    """Starts a process from a pane that has no terminal; the file that its credentials will be in."""
    out = pane.server.home.root / name
    pane.run(f"setsid -f warder process {profile} >{out} 2>{out}.err </dev/null")
    until(lambda: is_waited_for(pane.server.home))
    return out


def credentials(out):
    until(lambda: out.read_text().endswith("\n"))
    return json.loads(out.read_text())


# The environment is the server's


@pytest.mark.parametrize("way", ["", "--keys "])
def test_a_window_opened_after_a_use_begins_clean(tmux, way):
    first = tmux.start()
    first.run(f"warder use {way}prod")
    assert first.variables()["WARDER_PROFILE"] == "prod"
    for second in (tmux.pane("new-window"), tmux.pane("split-window", "-t", first.identifier)):
        assert second.variables() == {}
        assert second.value("WARDER_PROMPT") == ""
        assert "warder: no profile is in use" in second.run("warder drop")
    assert not re.search("(?m)^-?(AWS_(?!ENDPOINT|EC2)|WARDER)", tmux.tmux("show-environment", "-g"))
    first.run("warder drop")
    assert first.variables() == {}


def test_a_server_started_with_a_profile_in_use(tmux):
    """What was before the use, only the shell knows that started the server."""
    first = tmux.start_from("warder use prod")
    for pane in (first, tmux.pane("new-window")):
        assert pane.variables()["AWS_PROFILE"] == "prod" and "AWS_ACCESS_KEY_ID" not in pane.variables()
        assert re.fullmatch(GOOD, pane.value("WARDER_PROMPT"))
        pane.expect("(prod ")
        # The renewal is for a profile that was inherited, too.
        set_end(pane, 500)
        until(lambda: re.fullmatch(GOOD, pane.value("WARDER_PROMPT")))
        pane.run("warder use alice")
        assert pane.value("AWS_PROFILE") == "alice"
        pane.run("warder drop")
        assert pane.value("AWS_PROFILE") == "prod"
        assert "warder:" not in pane.run("warder drop")
        assert pane.variables() == {} and pane.value("WARDER_PROMPT") == ""
        assert "warder: no profile is in use" in pane.run("warder drop")


def test_a_server_started_with_keys_in_use(tmux):
    first = tmux.start_from("warder use --keys prod")
    # tmux keeps them for all panes to come, until it is told not to: docs/shells.md says so.
    assert "AWS_SECRET_ACCESS_KEY=" in tmux.tmux("show-environment", "-g")
    assert first.variables()["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    text = set_end(first, 238)
    assert "warder: the session of prod ends in 4 minutes" in text and "hint: take new ones" in text, text
    first.run("warder drop")
    assert first.variables() == {} and first.value("WARDER_PROMPT") == ""
    second = tmux.pane("new-window")
    assert second.variables()["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    for line in tmux.tmux("show-environment", "-g").splitlines():
        if re.match("AWS_(?!ENDPOINT|EC2)|WARDER_", line):
            tmux.tmux("set-environment", "-gu", line.partition("=")[0])
    assert tmux.pane("new-window").variables() == {}


def test_a_server_started_in_a_folder_with_a_profile(tmux):
    folder = tmux.home.root / "place"
    folder.mkdir()
    (folder / ".warder").write_text("prod\n")
    tmux.home.good("trust", folder)
    pane = tmux.start_from(f"cd {folder}; warder use prod")
    assert pane.value("PWD") == str(folder) and pane.variables()["AWS_PROFILE"] == "prod"
    pane.run("cd ..")
    assert pane.variables() == {}
    pane.run("cd place")
    assert pane.value("AWS_PROFILE") == "prod"


# Two panes


def test_keys_in_two_panes_do_not_touch_one_another(tmux):
    tmux.home.good("refresh", "audit", passphrase=True)
    left = tmux.start()
    right = tmux.pane("split-window", "-h")
    left.run("warder use --keys prod")
    right.run("warder use --keys audit")
    one, other = left.variables(), right.variables()
    assert (one["WARDER_PROFILE"], other["WARDER_PROFILE"]) == ("prod", "audit")
    assert one["AWS_SESSION_TOKEN"] != other["AWS_SESSION_TOKEN"]
    left.run("warder drop")
    assert left.variables() == {} and right.variables() == other
    left.run("warder use --keys prod")
    right.run("warder drop")
    assert right.variables() == {} and left.variables() == one


def test_the_warning_comes_in_its_own_pane(tmux):
    pane = tmux.start()
    other = tmux.pane("split-window")
    for each in (pane, other):
        each.run("warder use prod")
    tmux.home.good("lock")
    set_end(pane, 250)
    # The renewal has to fail before it is said.
    until(lambda: pane.run(":") and "hint: warder use prod" in pane.text())
    for _ in range(3):
        pane.run(":")
        other.run(":")
    assert pane.text().count("warder: the session of prod ends in ") == 1
    assert "session of prod" not in other.text()


def test_a_session_is_renewed_behind_the_pane(tmux):
    pane = tmux.start()
    pane.run("warder use prod")
    set_end(pane, 500)
    until(lambda: re.fullmatch(GOOD, pane.value("WARDER_PROMPT")))
    assert "warder:" not in pane.text() and "Done" not in pane.text()
    assert list(tmux.home.runtime.glob("warder-renewal*")) == []


# Detaching


def attach(server, size, **variables):
    command = server.command("attach-session")
    return pexpect.spawn(
        command[0], command[1:], env=server.environment | variables, timeout=60, encoding="utf-8", dimensions=size,
    )


def detach(server, client):
    # Keys that come all at once are a paste to tmux, so that Ctrl-B d might not be heard.
    server.tmux("detach-client")
    client.expect_exact("[detached")
    client.expect(pexpect.EOF)


def test_detaching_and_attaching_changes_nothing(tmux):
    pane = tmux.start()
    client = attach(tmux, (40, 150))
    client.expect_exact("ready> ")
    client.send("warder use prod\r")
    client.expect_exact("(prod ")
    before = pane.variables()
    assert before["AWS_PROFILE"] == "prod"
    detach(tmux, client)
    assert pane.variables() == before
    again = attach(tmux, (20, 70), AWS_PROFILE="other", WARDER_PROFILE="other", AWS_SECRET_ACCESS_KEY="planted")
    again.expect_exact("(prod ")
    until(lambda: tmux.tmux("display-message", "-p", "#{window_width}").strip() == "70")
    assert pane.variables() == before
    assert tmux.pane("new-window").variables() == {}
    detach(tmux, again)


@pytest.mark.parametrize("program", ["bash"], indirect=True)
def test_a_question_stays_while_nobody_is_attached(asking, sts):
    pane = asking.pane()
    client = attach(asking, (40, 150))
    client.expect_exact("ready> ")
    client.send("warder refresh prod\r")
    client.expect_exact("MFA code for prod")
    client.send("12")
    pane.expect(": 12")
    detach(asking, client)
    again = attach(asking, (20, 70))
    again.expect_exact("MFA code for prod")
    again.send("3456\r")
    again.expect_exact("good for")
    pane.expect("good for")
    assert codes(sts) == ["123456"]
    detach(asking, again)


# The hand-off


def test_watching_in_a_pane(asking, sts):
    """It takes codes of processes that have no terminal, and Ctrl-C gives the pane back."""
    home, pane = asking.home, asking.pane()
    other = asking.pane("split-window", "-d")
    settings = re.findall(r"-?\b(?:echo|icanon|isig)\b", pane.run("stty -a"))
    pane.send("warder mfa --watch")
    pane.expect("Ctrl-C ends it")
    until(lambda: is_watched(home))
    out = start_apart(other, "out")
    pane.expect("MFA code for prod")
    pane.send("123456")
    pane.expect("good for")
    assert credentials(out)["Version"] == 1 and codes(sts) == ["123456"]
    home.good("forget")
    again = start_apart(other, "again")
    until(lambda: pane.recent().count("MFA code for prod") == 2)
    pane.type("65")
    pane.key("C-c")
    until(lambda: not is_watched(home))
    # What was half typed does not reach the shell, whose prompt is empty, and it has its terminal as it was.
    text = pane.run("stty -a")
    assert re.findall(r"-?\b(?:echo|icanon|isig)\b", text) == settings, text
    # The process waits on, for whoever comes.
    assert is_waited_for(home) and again.read_text() == ""
    pane.send("warder mfa 654321")
    assert credentials(again)["Version"] == 1 and codes(sts) == ["123456", "654321"]


@pytest.mark.parametrize("program", ["bash"], indirect=True)
def test_the_pane_of_two_lines_that_the_manual_names(asking, sts):
    asking.tmux("resize-window", "-x", 80, "-y", 24)
    pane = asking.pane()
    watch = asking.pane("split-window", "-v", "-l", "2", "warder mfa --watch", is_shell=False)
    watch.expect("Ctrl-C ends it")
    until(lambda: is_watched(asking.home))
    out = start_apart(pane, "out")
    watch.expect("MFA code for prod")
    # Nothing of the question has gone out of sight.
    assert "MFA code for prod" in asking.tmux("capture-pane", "-p", "-t", watch.identifier)
    watch.send("123456")
    assert credentials(out)["Version"] == 1 and codes(sts) == ["123456"]
    watch.expect("good for")
    watch.key("C-c")
    until(lambda: asking.panes() == [pane.identifier] and not is_watched(asking.home))


@pytest.mark.parametrize("program", ["bash"], indirect=True)
def test_a_pane_that_is_killed_leaves_the_question_to_others(asking, sts):
    pane = asking.pane()
    watch = asking.pane("split-window", "warder mfa --watch", is_shell=False)
    until(lambda: is_watched(asking.home))
    out = start_apart(pane, "out")
    watch.expect("MFA code for prod")
    asking.tmux("kill-pane", "-t", watch.identifier)
    until(lambda: not is_watched(asking.home))
    assert is_waited_for(asking.home)
    pane.send("warder mfa")
    pane.expect("MFA code for prod")
    pane.send("123456")
    assert credentials(out)["Version"] == 1 and codes(sts) == ["123456"]


# Questions in several panes


def test_a_question_in_one_pane_does_not_take_the_keys_of_another(asking, sts):
    asked, free = asking.pane(), asking.pane("split-window")
    asked.send("warder refresh prod")
    asked.expect("MFA code for prod")
    asked.type("12")
    assert "\n654321" in free.run("echo 654321")
    free.send("sh -c 'echo begun; exec cat'")
    free.expect("\nbegun")
    free.send("111111")
    until(lambda: free.recent().count("111111") == 2)
    free.key("C-d")
    assert "\n[0]" in free.run("echo '[0]'") and codes(sts) == []
    assert "wrong" not in asked.recent() and "six digits" not in asked.recent()
    asked.send("3456")
    asked.expect("good for")
    assert codes(sts) == ["123456"]


def test_what_is_half_typed_in_the_pane_that_lost_is_nobodys(asking, sts):
    asked, free = asking.pane(), asking.pane("split-window")
    asked.send("warder refresh prod")
    asked.expect("MFA code for prod")
    asked.type("99")
    until(lambda: is_waited_for(asking.home))
    assert "good for" in free.run("warder mfa 123456")
    asked.expect("answered elsewhere", "good for")
    # The shell has its terminal back, with nothing on the line.
    assert "\n[typed]" in asked.run("echo '[typed]'")
    assert codes(sts) == ["123456"]


def test_two_panes_that_want_one_session_ask_once(asking, sts):
    first, second = asking.pane(), asking.pane("split-window")
    first.send("warder use prod")
    first.expect("MFA code for prod")
    second.send("warder use prod")
    second.expect("another warder is making this session")
    assert "MFA code" not in second.recent()
    first.send("123456")
    for pane in (first, second):
        pane.expect("(prod ")
        assert pane.value("AWS_PROFILE") == "prod"
    assert codes(sts) == ["123456"]


@pytest.mark.needs("pinentry-curses")
@pytest.mark.parametrize("program", ["bash"], indirect=True)
def test_a_pinentry_of_the_terminal_in_a_pane(home, program):
    home.settings("[warder]\npinentry = pinentry-curses\nprompt = pinentry\n")
    server = Tmux(home, program)
    try:
        asked = server.start()
        free = server.pane("split-window")
        asked.send("warder unlock")
        asked.expect("passphrase:")
        asked.type(PASSPHRASE[:7])
        assert "\n[free]" in free.run("echo '[free]'")
        asked.send(PASSPHRASE[7:])
        until(lambda: json.loads(home.good("status", "--json"))["unlocked"])
        # The shell's screen comes back, with nothing of the window.
        asked.expect("ready> ")
        assert "\n[back]" in asked.run("echo '[back]'") and PASSPHRASE not in asked.text()
    finally:
        server.kill()
