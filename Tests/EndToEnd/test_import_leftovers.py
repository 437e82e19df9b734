"""What still holds a secret that `warder import` has stored, and that warder itself leaves none of it."""

import os

import pytest
from importing import imported, pair
from leaks import holds


def test_what_still_holds_the_secret_is_named(keyed):
    identifier, secret = keyed.key
    aws = keyed.credentials.parent
    (aws / "cli/cache").mkdir(parents=True)
    fish = keyed.root / "config/fish"
    fish.mkdir()
    places = {
        aws / "credentials~": f"[default]\n{pair(keyed.key)}",
        aws / ".credentials.swp": f"b0VIM\0\n\n{secret}\n",
        aws / "cli/cache/x.json": f'{{"SecretAccessKey": "{secret}"}}',
        keyed.root / ".bashrc": f"# me\n\nexport AWS_SECRET_ACCESS_KEY={secret}\n",
        fish / "config.fish": f"set -x AWS_SECRET_ACCESS_KEY {secret}\n",
        keyed.root / ".bash_history": "ls\n" * 70_000 + f"aws configure set aws_secret_access_key {secret}\nls\n",
        keyed.root / "prod.auto.tfvars": f'a = 1\nsecret = "{secret}"\n',
        keyed.root / ".env.local": f"S={secret}",
    }
    for path, text in places.items():
        path.write_text(text)
    os.mkfifo(keyed.root / ".zsh_history")
    (keyed.root / ".zshrc").symlink_to(".bashrc")
    (keyed.root / ".profile").symlink_to("/dev/zero")
    result = imported(keyed)
    said = [line.rsplit(" ", 1)[1] for line in result.err.splitlines() if "is still in" in line]
    lines = {aws / "credentials~": ":3", aws / ".credentials.swp": "", keyed.root / ".bashrc": ":3",
             keyed.root / ".bash_history": ":70001", keyed.root / "prod.auto.tfvars": ":2"}
    assert sorted(said) == sorted(f"{path}{lines.get(path, ':1')}" for path in places)
    assert "remove it from there; then warder rotate default" in result.err
    for secret_part in (secret, secret[:20]):
        assert secret_part not in result.out + result.err


def test_another_name_of_the_file(keyed):
    os.link(keyed.credentials, keyed.root / "hard")
    inode = keyed.credentials.stat().st_ino
    assert f"{keyed.credentials} had other names (hard links)" in imported(keyed).err
    assert (keyed.root / "hard").stat().st_ino == inode and keyed.key[1] in (keyed.root / "hard").read_text()


def test_a_secret_across_the_pieces_of_a_file(keyed):
    """Wherever it lies in what is read at once."""
    history = keyed.root / ".bash_history"
    for before in (65536 - 39, 65536 - 20, 65536 - 1, 65536, 65536 + 1, 2 * 65536 - 17):
        keyed.credentials.write_text("[default]\n" + pair(keyed.key))
        history.write_text("\n" * before + keyed.key[1] + "\n")
        assert f"{history}:{before + 1}\n" in imported(keyed, "--no-verify").err


@pytest.mark.needs("strace")
def test_nothing_is_left_of_the_secret(keyed):
    """In files, outputs and arguments, in whatever form."""
    secret = keyed.key[1]
    log = keyed.root.parent / f"{keyed.root.name}-arguments"
    keyed.credentials.write_text(f"[default]\n{pair(keyed.key)}[work]\nregion = r\n")
    result = imported(keyed, prefix=["strace", "-f", "-s", "4096", "-o", log, "-e", "trace=execve"])
    texts = [result.out.encode(), result.err.encode(), log.read_bytes()]
    log.unlink()
    texts += [path.read_bytes() for path in keyed.root.rglob("*") if path.is_file()]
    assert len(texts) > 6
    for text in texts:
        assert not holds(text, secret)


def test_a_file_that_is_too_large_is_named(keyed):
    """Its beginning is searched, and the user is told of the rest."""
    history = keyed.root / ".bash_history"
    with history.open("w") as file:
        file.truncate((64 << 20) + 1)
        file.write(keyed.key[1] + "\n")
    said = imported(keyed, "--no-verify").err
    assert f"is still in {history}\n" in said and f"{history} is too large, and was not searched to its end" in said


def test_many_places_are_counted(keyed):
    for number in range(30):
        (keyed.credentials.parent / f"credentials.{number}").write_text(keyed.key[1] + "\n")
    said = imported(keyed, "--no-verify").err
    assert said.count("is still in") == 24 and "and in 6 more places" in said
