"""Names in completions: each shell completes them literally, whatever they hold, and runs nothing."""

import random
import subprocess

import pytest
from home import WARDER
from shells import RUNNABLE
from tabs import COMPLETIONS, Tabs

RUN = "$(touch canary)"
PIECES = [
    RUN, "`touch canary`", ";touch canary;", "|touch canary", "&touch canary&", ">canary", "<(touch canary)", "${x:=y}",
    "$x", "$((1+1))", "'", '"', "\\", "\\\\", " ", "  ", "*", "?", "[a]", "{a,b}", "!", "!!", "!$", "#", "%", "^x^y", "~",
    "=ls", "(touch canary)", "\u202e", "\u200b", "\u00e9", "e\u0301", "\u00fc", "\U0001f511", "../", "/etc", ":", "@", ",",
    "--", "-", "%s", "%n", "$'\\n'", "a", "Z9", "x" * 200, "=", "==", ":::", "\u00a0", "$IFS", "*/*", "??", "..", "&&",
]


def hostile(count=100):
    """Names that a shell would make something else of, the same each time."""
    generator = random.Random(11)
    names = ["n" + piece for piece in PIECES] + ["~root", "#x", "=ls", "!!", "*", "'", '"', "\\", "$HOME", " x", "x "]
    while len(names) < count:
        names.append("n" + "".join(generator.sample(PIECES, generator.randint(2, 5))))
    return names[:count]


@pytest.fixture(params=RUNNABLE)
def tabs(request, tmp_path):
    tabs = Tabs(request.param, tmp_path)
    yield tabs
    tabs.close()


def test_a_name_is_completed_as_it_is(tabs):
    """From nothing: the one name there is goes into the line, and the command that is run then gets just that."""
    for name in hostile(500):
        if tabs.shell == "fish" and name.startswith("~"):
            continue
        tabs.names([name])
        assert tabs.given("warder env \t") == ["env", name], name
        assert list(tabs.place.iterdir()) == [], name


def test_a_name_of_64_kib_is_completed_whole(tabs):
    for name in ["n" + "x" * 65535, "n" + RUN * 4096]:
        tabs.names([name])
        assert tabs.given("warder env \t", deadline=240) == ["env", name], len(name)
        assert list(tabs.place.iterdir()) == []


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_name_is_completed_inside_quotes(tabs, quote):
    for name in hostile():
        if not name.startswith("n"):
            continue
        tabs.names([name])
        # fish leaves a word open behind these, since more might follow.
        close = quote if tabs.shell == "fish" and name[-1] in "/=@:.,-" else ""
        assert tabs.given(f"warder env {quote}n\t{close}") == ["env", name], name
        assert list(tabs.place.iterdir()) == [], name


def test_a_name_is_completed_behind_its_beginning(tabs):
    """Behind what ends a word for readline, and behind quotes that are closed."""
    tabs.names(["prod:eu@west=1:x"])
    for typed in ["prod", "prod:", "prod:e", "prod:eu@", "prod:eu@west=", "prod:eu@west=1:", "'prod:'e", "pro\\d:eu", '"pr"od']:
        assert tabs.given(f"warder env {typed}\t") == ["env", "prod:eu@west=1:x"], typed


def test_many_names_run_nothing(tabs):
    """All of them at once, listed, and what they have in common inserted."""
    tabs.names([name for name in hostile() if name.startswith("n")])
    tabs.given("warder env n\t\t\t\x15warder")
    assert list(tabs.place.iterdir()) == []


def test_a_name_that_looks_like_an_option_comes_behind_dashes(tabs):
    tabs.names(["-x"])
    assert tabs.given("warder env -- -\t") == ["env", "--", "-x"]


@pytest.mark.parametrize("typed", ["--from-sso \t", "--from-sso co\t", "--from-sso=\t", "--from-sso=co\t"])
def test_a_session_is_completed(tabs, typed):
    tabs.names(["corp:eu"])
    given = tabs.given("warder profiles " + typed)
    assert given in (["profiles", "--from-sso", "corp:eu"], ["profiles", "--from-sso=corp:eu"]), given


class TestNames:
    """`warder names`, which the completions ask."""

    def test_profiles_of_both_files(self, bare):
        bare.config("[default]\n[profile prod:eu]\n[profile a]\n[profile -x]\n[sso-session s]\n")
        (bare.root / ".aws/credentials").write_text("[a]\n[only]\n")
        assert bare.good("names", "profiles").splitlines() == ["default", "prod:eu", "a", "only"]
        assert bare.good("names", "profiles", "pr").splitlines() == ["prod:eu"]
        assert bare.good("names", "profiles", "-").splitlines() == ["-x"]
        assert bare.good("names", "profiles", "nothing") == ""

    def test_sso_sessions(self, bare):
        bare.config("[profile a]\n[sso-session corp]\n[sso_session x]\n[sso-session other]\n[services s]\n")
        assert bare.good("names", "sso-sessions").splitlines() == ["corp", "other"]
        assert bare.good("names", "sso-sessions", "c").splitlines() == ["corp"]

    def test_names_that_no_sdk_takes_are_not_given(self, bare):
        names = hostile() + ["a\tb", "a\x1b[31m", "a\rb", "a\x00b", "a\x7f"]
        bare.config("".join(f"[profile {name}]\nregion = x\n" for name in names if not set(name) & set("];#")))
        given = bare.good("names", "profiles").splitlines()
        assert given and all(set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-/.%@:+")
                             for name in given)

    def test_keys_are_known_while_unlocked(self, home):
        assert home.good("names", "keys") == ""
        home.unlock()
        assert home.good("names", "keys") == "alice\n"
        assert home.good("names", "keys", "b") == ""

    def test_nothing_is_unlocked_or_written(self, home):
        before = sorted((path, path.stat().st_mtime_ns) for path in home.root.rglob("*"))
        home.good("names", "keys", env={"WARDER_PASSPHRASE": "never read"})
        home.good("names", "profiles")
        assert sorted((path, path.stat().st_mtime_ns) for path in home.root.rglob("*")) == before
        assert home.kernel_key() is None

    def test_a_kind_that_is_none(self, bare):
        bare.run("names", "secrets").failed(2, "the value 'secrets' is invalid for '<kind>'")
        bare.run("names").failed(2, "hint: see warder names --help")

    def test_a_broken_config_gives_no_names(self, bare):
        bare.config("[profile a\n")
        bare.run("names", "profiles").failed(8)


@pytest.mark.parametrize("shell", RUNNABLE)
def test_the_real_warder_is_asked(shell, home, tmp_path):
    """A profile of the config is completed by the binary itself; `whoami` then fails for want of a session."""
    tabs = Tabs(shell, tmp_path)
    try:
        tabs.run("true")
        home.add_profile("quality")
        script = (tabs.bin / "warder").read_text().replace(
            'exec cat "$TABS/names"', f'HOME={home.root} exec {WARDER} "$@"')
        # A new file: a shell may still read the old one to its end.
        (tabs.bin / "new").write_text(script)
        (tabs.bin / "new").chmod(0o755)
        (tabs.bin / "new").rename(tabs.bin / "warder")
        assert tabs.given("warder env qua\t") == ["env", "quality"]
    finally:
        tabs.close()


@pytest.mark.needs("fish")
def test_fish_asks_for_a_beginning_and_then_for_all(bare):
    """By the binary itself: names that begin with what is typed, else those that hold it, whatever the case."""
    bare.config("[profile prod:eu]\n[profile prod:us]\n[profile Audit]\n[profile -x]\n")
    (bare.root / "bin").mkdir()
    (bare.root / "bin/warder").symlink_to(WARDER)
    every, prod = {"prod:eu", "prod:us", "Audit"}, {"prod:eu", "prod:us"}
    wanted = {
        "warder env ": every, "warder env prod:e": {"prod:eu"}, "warder env eu": {"prod:eu"}, "warder env PROD": prod,
        "warder env aud": {"Audit"}, "warder env \"pro": prod, "warder env -- -": {"-x"}, "warder env -- \"-": {"-x"},
        "warder env -x": set(), "warder env nothing": set(), "warder exec Audit -- warder env prod:e": {"prod:eu"},
        "aws --profile ": every, "aws --profile=prod:e": {"--profile=prod:eu"}, "set -gx AWS_PROFILE prod:u": {"prod:us"},
    }
    lines = "".join(f"complete -C '{line}'\necho =\n" for line in wanted)
    script = f"source {COMPLETIONS}/warder.fish\nwarder_complete_aws\n{lines}"
    environment = bare.environment | {"PATH": f"{bare.root}/bin:{bare.environment['PATH']}"}
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    found = [set(part.splitlines()) for part in done.stdout.split("=\n")[:-1]]
    assert dict(zip(wanted, found)) == wanted
