"""`warder console --open`: the browser gets the page, and its arguments hold no secret."""

import os
import re
import signal
import time
import urllib.parse

import pytest
from consoles import login
from home import ROLE
from serving import wait_for

# Writes down what it was started with, and fetches the page, as a browser does; what is behind it is not followed.
BROWSER = """\
#!/bin/sh
for word; do printf '%s\\n' "$word" >> {home}/words; done
env > {home}/environment
cat /proc/*/cmdline 2>&1 | tr '\\0' ' ' > {home}/arguments
for word; do url=$word; done
case $url in ext+container:*) url=$(python3 -c '
import sys, urllib.parse
print(dict(urllib.parse.parse_qsl(sys.argv[1].partition(":")[2]))["url"])' "$url");; esac
{stranger}
curl --silent --output /dev/null --write-out '%{{http_code}} %{{redirect_url}}' "$url" > {home}/went
curl --silent --output /dev/null --write-out '%{{http_code}}' "$url" > {home}/again
touch {home}/done
"""


@pytest.fixture
def browsing(signed):
    """A home with a desktop whose browsers are scripts."""
    folder = signed.root / "bin"
    folder.mkdir()
    for name in ("xdg-open", "firefox"):
        (folder / name).write_text(BROWSER.format(home=signed.root, stranger=""))
        (folder / name).chmod(0o755)
    signed.environment["PATH"] = f"{folder}:{signed.environment['PATH']}"
    signed.environment["DISPLAY"] = ":77"
    return signed


def opened(home):
    """The words that the browser was started with, and the URL that it was redirected to."""
    wait_for((home.root / "done").exists, "the browser")
    status, url = (home.root / "went").read_text().split(" ")
    assert status == "302"
    return (home.root / "words").read_text().splitlines(), url


ENTRANCE = r"http://127\.0\.0\.1:\d+/sign-in/[\w-]{43}"


@pytest.mark.needs("curl")
def test_the_desktops_browser(browsing, federation):
    result = browsing.run("console", "prod", "--open", "--service", "s3")
    assert result.code == 0 and result.out == "" and "prod" in result.err, result
    words, url = opened(browsing)
    assert len(words) == 1 and re.fullmatch(ENTRANCE, words[0])
    parameters = login(url + "\n")[1]
    assert parameters["SigninToken"] == federation.tokens[0] and "/s3/home" in parameters["Destination"]
    # The page is gone with the command.
    assert (browsing.root / "again").read_text() in ("000", "410")


@pytest.mark.needs("curl", "strace")
def test_no_program_gets_a_secret_among_its_arguments(browsing, federation):
    log = browsing.root / "trace"
    browsing.good(
        "console", "prod", "--open", prefix=["strace", "-f", "-s", "100000", "-v", "-o", log, "-e", "trace=execve"])
    opened(browsing)
    session = federation.only.session
    seen = [log.read_bytes(), (browsing.root / "arguments").read_bytes(), (browsing.root / "environment").read_bytes()]
    for secret in (session["sessionKey"], session["sessionToken"], federation.tokens[0]):
        for text in seen:
            assert secret.encode() not in text and urllib.parse.quote(secret, safe="").encode() not in text
    assert b"xdg-open" in seen[0] and b"/sign-in/" in seen[0] and b"SigninToken" not in b"".join(seen)


@pytest.mark.needs("curl")
def test_the_browser_is_told_no_passphrase(browsing):
    browsing.good("console", "prod", "--open", env={"WARDER_PASSPHRASE_COMMAND": "cat secret"})
    opened(browsing)
    assert "WARDER_PASSPHRASE" not in (browsing.root / "environment").read_text()


@pytest.mark.needs("curl")
@pytest.mark.parametrize("command, words", [
    ("firefox", []), ("firefox -P work", ["-P", "work"]), ("firefox -P 'my work'", ["-P", "my work"]),
    ("firefox --url=%s --new", ["--url=URL", "--new"])])
def test_a_browser_of_ones_own(browsing, command, words):
    del browsing.environment["DISPLAY"]
    if "%s" in command:
        script = browsing.root / "bin/firefox"
        script.write_text(script.read_text().replace("url=$word; done", "case $word in --url=*) url=${word#*=};; esac; done"))
    browsing.good("console", "prod", "--browser", command)
    given, _ = opened(browsing)
    if "%s" in command:
        assert [re.sub(ENTRANCE, "URL", word) for word in given] == words
    else:
        assert given[:-1] == words and re.fullmatch(ENTRANCE, given[-1])


@pytest.mark.needs("curl")
@pytest.mark.parametrize("options", [[], ["--open"], ["--browser", "firefox"]])
def test_a_container_of_firefox(browsing, federation, options):
    name = "team/prod+a@b%c:1"
    browsing.add_profile(name, f"warder_role_arn = {ROLE}", "warder_source_profile = alice")
    browsing.good("console", "--container", *options, name)
    (word,), url = opened(browsing)
    scheme, _, query = word.partition(":")
    parameters = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
    assert scheme == "ext+container" and parameters["name"] == name
    assert re.fullmatch(ENTRANCE, parameters["url"]) and federation.tokens[0] not in word
    assert login(url + "\n")[1]["SigninToken"] == federation.tokens[0]


@pytest.mark.needs("curl", "setpriv")
@pytest.mark.skipif(os.geteuid() != 0, reason="root alone becomes another user")
def test_another_user_of_the_host_gets_nothing(browsing, federation):
    """Though the arguments of the browser show the page."""
    script = browsing.root / "bin/xdg-open"
    as_other = "setpriv --reuid 4711 --regid 4711 --clear-groups curl --silent --include \"$url\" > {home}/denied"
    script.write_text(BROWSER.format(home=browsing.root, stranger=as_other.format(home=browsing.root)))
    browsing.good("console", "prod", "--open")
    opened(browsing)
    denied = (browsing.root / "denied").read_text()
    assert " 403 " in denied and "SigninToken" not in denied


@pytest.mark.parametrize("options, said", [
    (["--open"], "no display"), (["--browser", "no-such-browser"], "no-such-browser"),
    (["--browser", "/nowhere/firefox"], "/nowhere/firefox"), (["--browser", ""], "--browser"),
    (["--browser", "firefox; rm x"], "no shell"), (["--browser", "'firefox"], "no shell"),
    (["--browser", "$HOME/firefox"], "no shell"),
])
def test_no_browser(signed, sts, federation, options, said):
    """That is seen before a session is made."""
    signed.run("console", "prod", *options).failed(2, said)
    assert sts.requests == [] and federation.requests == []


@pytest.mark.parametrize("options, said", [(["--open"], "xdg-open"), (["--container"], "firefox")])
def test_no_program_for_it(signed, federation, options, said):
    folder = signed.root / "empty"
    folder.mkdir()
    signed.run("console", "prod", *options, env={"PATH": str(folder), "DISPLAY": ":77"}).failed(2, said, "--browser")
    assert federation.requests == []


def test_a_browser_that_never_comes(signed, federation):
    """Interrupted, the command ends, and so does the page."""
    process = signed.start("console", "prod", "--browser", "true")
    wait_for(lambda: federation.tokens, "the token")
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT and federation.tokens[0].encode() not in out + err


@pytest.mark.parametrize("script, said", [
    ("#!/bin/sh\nexit 3\n", "browse ended with code 3"), ("#!/bin/sh\nkill -9 $$\n", "browse was ended by signal 9"),
    ("not a program\n", "browse could not be started"),
])
def test_a_browser_that_fails(signed, federation, script, said):
    """It is not waited for."""
    browser = signed.root / "browse"
    browser.write_text(script)
    browser.chmod(0o755)
    start = time.monotonic()
    result = signed.run("console", "prod", "--browser", browser)
    result.failed(1, "the browser did not fetch the page: ", said)
    assert time.monotonic() - start < 60 and federation.tokens[0] not in result.err


def test_a_desktop_without_a_browser(browsing):
    """xdg-open has found none."""
    (browsing.root / "bin/xdg-open").write_text("#!/bin/sh\nexit 3\n")
    start = time.monotonic()
    browsing.run("console", "prod", "--open").failed(1, "xdg-open ended with code 3")
    assert time.monotonic() - start < 60


@pytest.mark.needs("curl")
def test_a_browser_that_fails_once_it_has_the_page(browsing):
    script = browsing.root / "bin/firefox"
    script.write_text(script.read_text() + "exit 1\n")
    browsing.good("console", "prod", "--browser", "firefox")
    opened(browsing)
