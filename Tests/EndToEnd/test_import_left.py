"""Keys in plain text that `warder import` leaves where they are, with file and line."""

import pytest
from home import random_key
from importing import pair, run
from secret_service import stored_keys


@pytest.mark.parametrize("case", ["exchanged", "emulator", "blank"])
def test_what_add_would_refuse_stays(keyed, sts, case):
    """Beside a key that is imported, whose diff shows these lines too: what stands there is not shown, sent or stored."""
    identifier, secret = random_key()
    if case == "exchanged":
        identifier, secret = secret, identifier
    odd = {"exchanged": (identifier, secret), "emulator": ("test", "test"), "blank": (identifier, f"{secret[:20]} {secret[21:]}")}[case]
    text = "[odd]\n" + pair(odd)
    keyed.credentials.write_text(text + "[default]\n" + pair(keyed.key))
    dry = keyed.run("import", "--dry-run")
    done = run(keyed, "--yes")
    for result in (dry, done):
        assert result.code == 8 and f"{keyed.credentials}:2: " in result.err, result
        if case != "emulator":
            assert not any(part[:20] in result.out + result.err for part in odd if not part.startswith("AKIA"))
    assert keyed.credentials.read_text() == text and keyed.stored() == {"default": keyed.key}
    assert {request.access_key_id for request in sts.requests} == {keyed.key[0]}
    run(keyed, "--yes", "odd").failed(8, f"{keyed.credentials}:2: ")
    added = keyed.run("add", "odd", "--stdin", "--no-verify", input="{}\n{}\n".format(*odd), passphrase=True)
    assert added.code == 8, added


@pytest.mark.parametrize("where, header", [
    ("config", b"[foo]"), ("config", b"[sso-session foo]"), ("config", b"[profile f\xffoo]"), ("credentials", b"[f\xffoo]"),
    ("credentials", b"[f\0oo]"),
])
def test_a_key_that_no_profile_has(keyed, where, header):
    """It is in plain text all the same: alone, and beside one that is imported."""
    text = header + b"\n" + pair(random_key()).encode()
    path = keyed.credentials.parent / where
    keyed.credentials.unlink()
    path.write_bytes(text)
    for options in (["--dry-run"], ["--yes"]):
        result = run(keyed, *options)
        assert result.code == 8 and f"{path}:2: a key stands in" in result.err, result
        assert "there is no key" not in result.err and path.read_bytes() == text
    path.write_bytes(text + (b"[profile default]\n" if where == "config" else b"[default]\n") + pair(keyed.key).encode())
    result = run(keyed, "--yes")
    assert result.code == 8 and f"{path}:2: a key stands in" in result.err, result
    assert keyed.stored() == {"default": keyed.key} and path.read_bytes().startswith(text)
    assert run(keyed, "default").code == 0


def test_what_the_secret_service_could_not_give_back(desktop):
    """Nothing is written there that makes the store unreadable; the other key is imported."""
    credentials = desktop.root / ".aws/credentials"
    odd = f"[odd]\n{pair((random_key()[0], 'a secret with blanks in it'))}[local]\n{pair(('test', 'test-secret-0123456789'))}"
    credentials.write_text(f"{odd}[default]\n{pair(desktop.key)}")
    for _ in range(2):
        result = run(desktop, "--yes", passphrase=False)
        assert result.code == 8 and f"{credentials}:2: " in result.err and f"{credentials}:5: " in result.err, result
        assert stored_keys(desktop.keyring) == {"default": desktop.key} and credentials.read_text() == odd
