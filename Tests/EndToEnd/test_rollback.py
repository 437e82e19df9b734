"""An older vault in a newer one's place, and the note that tells it."""

import pytest
from home import PASSPHRASE


@pytest.fixture
def seen(home):
    """A vault that was opened here, and the note of it."""
    home.good("vault", "verify", passphrase=True)
    (home.note,) = home.state.glob("generation-*")
    return home


@pytest.mark.parametrize("spoil", [
    lambda note: note.write_text("garbage\n"), lambda note: note.write_text(""), lambda note: note.chmod(0o644),
    lambda note: (note.unlink(), note.symlink_to("/nowhere")), lambda note: (note.unlink(), note.mkdir()),
], ids=["garbled", "empty", "exposed", "a link", "a folder"])
def test_a_note_that_says_nothing_opens_nothing(seen, spoil):
    spoil(seen.note)
    before = seen.note.lstat()
    for command in (["vault", "verify"], ["unlock"], ["process", "prod"]):
        seen.run(*command, passphrase=True).failed(9, "generation", "warder vault verify --accept-older")
    # It is not written anew by itself.
    after = seen.note.lstat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_way_out(seen):
    seen.note.write_text("garbage\n")
    seen.good("vault", "verify", "--accept-older", passphrase=True)
    assert seen.note.read_text() == "1\n"
    seen.good("vault", "verify", passphrase=True)


def test_a_vault_that_was_never_seen_is_taken(seen):
    seen.note.unlink()
    seen.good("vault", "verify", passphrase=True)
    assert seen.note.read_text() == "1\n"


# Weak passphrases


@pytest.mark.parametrize("passphrase, said", [
    ("abc", "guessed first"), ("x7!", "short (3 characters)"), ("passwordpassword", "guessed first"), (PASSPHRASE, None),
])
def test_a_weak_passphrase_is_taken_with_a_warning(bare, passphrase, said):
    made = bare.run("vault", "init", "--no-recovery", passphrase=passphrase)
    assert made.code == 0 and bare.vault.exists()
    assert (said or "that passphrase") in made.err if said else "that passphrase" not in made.err
    changed = bare.run("vault", "passphrase", passphrase=passphrase, env={"WARDER_NEW_PASSPHRASE": "qwerty"})
    assert changed.code == 0 and "guessed first" in changed.err
    # Of one that is only used nobody is told.
    assert "that passphrase" not in bare.run("unlock", passphrase="qwerty").err
    assert passphrase == PASSPHRASE or passphrase not in made.err.replace("that passphrase", "").replace("passphrase changes", "")
