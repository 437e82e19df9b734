"""Signing in to the console in a browser on another machine, whose last page shows a code to paste."""

import base64
import time
import urllib.parse
import uuid

import pytest
from home import exit_code
from logins import desktop_user, key, last, pasted, sign_in_elsewhere
from signin import AUTHORIZE, CONFIRMATION, OTHER_DEVICE, REDEEMED, RENEWED

BY_CODE = [AUTHORIZE, CONFIRMATION, REDEEMED]


def encoded(text):
    return base64.b64encode(text.encode()).decode()


def test_by_a_code_of_another_device(desktop_user, sign_in):
    terminal = sign_in_elsewhere(desktop_user)
    assert exit_code(terminal) == 0, terminal.before
    assert sign_in.log == BY_CODE and sign_in.requests[0].given["client_id"] == OTHER_DEVICE
    assert not (desktop_user.root / "opened").exists()
    assert key(desktop_user) == last(sign_in)


def test_of_another_device_it_is_renewed_as_such(desktop_user, sign_in):
    sign_in.service.lives["access"] = 1
    assert exit_code(sign_in_elsewhere(desktop_user)) == 0
    sign_in.service.lives["access"] = 900
    time.sleep(1.1)
    assert key(desktop_user) == last(sign_in)
    assert sign_in.log == [*BY_CODE, RENEWED] and sign_in.requests[-1].given["clientId"] == OTHER_DEVICE


# What is pasted


def another(page):
    """The code of a sign-in that somebody else began."""
    shown = dict(urllib.parse.parse_qsl(base64.b64decode(pasted(page)).decode()))
    return encoded(urllib.parse.urlencode(shown | {"state": str(uuid.uuid4())}))


@pytest.mark.parametrize("text", [
    "", "nonsense!", "c3RhdGU9", encoded("state=x"), encoded("code=x"), "/w==", "x" * 2000, "é",
    encoded("state=&code="),
], ids=lambda text: text[:12])
def test_what_is_pasted_is_no_code(desktop_user, sign_in, text):
    """The user may paste once more: the page is still open."""
    terminal = sign_in_elsewhere(desktop_user, codes=[lambda page: text, pasted])
    assert exit_code(terminal) == 0, terminal.before
    assert sign_in.log == BY_CODE


def test_a_code_that_was_cut_off(desktop_user, sign_in):
    terminal = sign_in_elsewhere(desktop_user, codes=[lambda page: pasted(page)[:20], pasted])
    assert exit_code(terminal) == 0, terminal.before
    assert sign_in.log.count(REDEEMED) == 1


def test_a_code_of_another_sign_in(desktop_user, sign_in):
    """Its state is not this one's: somebody else might have sent it."""
    terminal = sign_in_elsewhere(desktop_user, codes=[another])
    terminal.expect("another sign-in")
    assert REDEEMED not in sign_in.log
    terminal.close(force=True)
    desktop_user.run("process", "me").failed(4)


def test_a_code_that_is_pasted_with_space_around(desktop_user, sign_in):
    terminal = sign_in_elsewhere(desktop_user, codes=[lambda page: f"  {pasted(page)} "])
    assert exit_code(terminal) == 0, terminal.before


def test_the_code_is_not_shown_nor_kept(desktop_user, sign_in):
    terminal = sign_in_elsewhere(desktop_user)
    assert exit_code(terminal) == 0
    shown = terminal.logfile_read.getvalue()
    assert "sign in with a browser" in shown and terminal.pasted not in shown
    code = next(request.given["code"] for request in sign_in.requests if "code" in request.given)
    assert desktop_user.has_secret(code) == []
