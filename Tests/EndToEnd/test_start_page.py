"""`warder` alone: what to type next, by what is there."""

import pytest


def page(home, **more):
    result = home.run(**more)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert len(lines) <= 20 and all(len(line) <= 100 for line in lines), result.out
    assert "warder --help" in result.out and "warder help COMMAND" in result.out
    return result.out


def test_of_an_empty_home(bare):
    text = page(bare)
    assert "Nothing is stored yet." in text and "  warder add alice " in text
    assert not bare.vault.exists()


def test_of_plaintext_keys(bare):
    file = bare.config_file.with_name("credentials")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(
        "[bob's]\naws_access_key_id = AKIAPLAINTEXT0000001\naws_secret_access_key = s3cret\n"
        "[carol]\naws_access_key_id = AKIAPLAINTEXT0000002\naws_secret_access_key = s3cret\n")
    text = page(bare)
    assert "The key of bob's lies in plaintext, the first of 2" in text and "credentials:2" in text
    assert "  warder import " in text and "store them encrypted" in text
    assert "s3cret" not in text


def test_while_locked(working, sts):
    working.good("lock")
    text = page(working)
    assert "warder is locked:" in text and "  warder unlock " in text
    assert sts.requests == []


def test_of_a_home_that_is_set_up(working, sts):
    text = page(working)
    assert "All is set:" in text and "eval $(warder env alice) " in text and "warder status" in text
    assert sts.requests == []


def test_of_a_key_without_a_profile(working):
    working.config_file.write_text("[profile other]\nregion = eu-central-1\n")
    assert "warder adopt PROFILE" in page(working)


def test_of_a_config_that_cannot_be_used(working):
    working.config_file.write_bytes(b"[profile a\n")
    text = page(working)
    assert "hint: " in text and str(working.config_file) in text and "  warder doctor " in text


@pytest.mark.parametrize("words", [["--no-prompt"], ["--json"]], ids=" ".join)
def test_takes_no_options(bare, words):
    bare.run(*words).failed(2)
