"""`warder login` and the rules of a machine: they come before the browser."""

import pytest
from logins import add_browser
from ruled import PATH, Machine, Ruled
from signin import AUTHORIZE, REDEEMED

pytestmark = pytest.mark.needs("curl")


@pytest.fixture
def ruled(unlocked, sign_in, tmp_path):
    """A home with a vault, and a browser, on a machine with rules."""
    tmp_path.chmod(0o755)
    unlocked.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    add_browser(unlocked)
    with unlocked.opened():
        yield Ruled(unlocked, Machine(tmp_path / "etc"))


def test_a_rule_on_stores(ruled, sign_in):
    ruled.rule("stores = libsecret")
    ruled.run("login", "new").failed(8, f"{PATH}:2: stores is libsecret")
    assert sign_in.log == []
    ruled.rule("stores = libsecret, file")
    ruled.good("login", "new")
    assert sign_in.log == [AUTHORIZE, REDEEMED]


def test_rules_that_cannot_be_read(ruled, sign_in):
    ruled.machine.write("[policy]\nstores = nonsense\n")
    ruled.run("login", "new").failed(8, f"{PATH}:2")
    assert sign_in.log == []
