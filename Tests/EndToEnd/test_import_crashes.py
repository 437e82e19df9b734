"""`kill -9` before each system call of `import` that changes something: each key is in a file or in the store, each
profile works, and the next run finishes."""

import collections
import re
import shutil

import botocore.configloader
import botocore.session
import pytest
from home import WARDER, random_key
from moments import TRACED, moments
from secret_service import stored_keys
from importing import pair

PARTS = 4
OTHER = random_key()
NAMES = ["default", "work", "bob"]


def texts(home):
    return {
        "credentials": f"# mine\n[default]\n{pair(home.key)}\n[work]\nregion = r\n{pair(home.key)}"
        "[left]\naws_access_key_id = ASIAX\naws_secret_access_key = y\naws_session_token = z\n",
        "config": f"[profile bob]\n{pair(OTHER)}output = json\n[profile prod]\nrole_arn = arn:aws:iam::2:role/R\n"
        "source_profile = default\n",
    }


def finished(home):
    def asking(name):
        return f"credential_process = {WARDER} process {name}\n"

    return {
        "credentials": "# mine\n[work]\nregion = r\n"
        "[left]\naws_access_key_id = ASIAX\naws_secret_access_key = y\naws_session_token = z\n",
        "config": f"[profile bob]\n{asking('bob')}output = json\n[profile prod]\nrole_arn = arn:aws:iam::2:role/R\n"
        f"source_profile = default\n\n[default]\n{asking('default')}\n[profile work]\nwarder_key = default\n"
        f"{asking('work')}",
    }


def there(home):
    return {path.name: path.read_text() for path in (home.root / ".aws").iterdir()}


def start_over(home):
    folder = home.root / ".aws"
    shutil.rmtree(folder)
    folder.mkdir()
    for name, text in texts(home).items():
        (folder / name).write_text(text)


def vault_again(home, before):
    home.put_back(before)
    start_over(home)


def source(home, name):
    """What botocore takes for a profile: the key's id, or warder's command."""
    session = botocore.session.Session(profile=name, session_vars={
        "config_file": (None, None, str(home.config_file), None),
        "credentials_file": (None, None, str(home.root / ".aws/credentials"), None)})
    profile = session.full_config["profiles"][name]
    raw = botocore.configloader.raw_config_parse(str(home.root / ".aws/credentials")).get(name, {})
    if "aws_access_key_id" in raw:
        return raw["aws_access_key_id"], raw["aws_secret_access_key"]
    if "credential_process" in profile:
        return profile["credential_process"]
    return profile["aws_access_key_id"], profile["aws_secret_access_key"]


def check(home, stored, moment):
    """Each profile has its key in plain text or, if the store has that, warder's command."""
    keys = {"default": home.key, "work": home.key, "bob": OTHER}
    for name in NAMES:
        found = source(home, name)
        if found != keys[name]:
            assert found == f"{WARDER} process {name}", (moment, found)
            assert keys[name] in stored.values(), moment


def killed_everywhere(home, log, run, reset, share=slice(None)):
    def traced(inject=None):
        prefix = ["strace", "-f", "-o", log, "-e", TRACED] + (["-e", f"inject={inject}"] if inject else [])
        return run("import", "--yes", "--no-verify", prefix=prefix)

    reset()
    assert traced().code == 0
    assert there(home) == finished(home)
    places = moments(log)[share]
    assert len(places) >= 5
    missed = []
    for call, number in places:
        reset()
        result = traced(f"{call}:signal=SIGKILL:when={number}")
        if result.code == 0:
            # How often it looks after what the first run made differs.
            missed.append((call, number))
            continue
        assert result.code in (-9, 137), (call, number, result)
        yield call, number
    assert len(missed) <= len(places) // 10 + 1, missed


@pytest.mark.long
@pytest.mark.needs("strace")
@pytest.mark.parametrize("first", range(PARTS))
def test_killed_with_a_vault(home, tmp_path, first):
    before = home.vault.read_bytes()

    def reset():
        vault_again(home, before)

    def run(*arguments, **options):
        return home.run(*arguments, passphrase=True, **options)

    # The vault has alice's key already: another one here.
    home.key = random_key()
    found = collections.Counter()
    for moment in killed_everywhere(home, tmp_path / "log", run, reset, slice(first, None, PARTS)):
        stored = home.stored()
        stored.pop("alice")
        # One write of the store.
        assert stored in ({}, {"default": home.key, "bob": OTHER}), moment
        check(home, stored, moment)
        found[len(stored), len(there(home)["config"])] += 1
        again = run("import", "--yes", "--no-verify")
        assert again.code == 0, (moment, again)
        assert there(home) == finished(home), moment
        assert {"default": home.key, "bob": OTHER}.items() <= home.stored().items(), moment
    assert len(found) >= 2, found


@pytest.mark.long
@pytest.mark.needs("strace")
def test_killed_with_the_secret_service(desktop, tmp_path):
    desktop.good("add", "alice", "--stdin", "--no-verify", "--store", "libsecret", input="{}\n{}\n".format(*random_key()))

    def reset():
        for name in ("default", "bob"):
            desktop.run("remove", name, "--yes")
        start_over(desktop)

    for moment in killed_everywhere(desktop, tmp_path / "log", desktop.run, reset):
        stored = stored_keys(desktop.keyring)
        check(desktop, stored, moment)
        again = desktop.run("import", "--yes", "--no-verify")
        assert again.code == 0, (moment, again)
        assert there(desktop) == finished(desktop), moment
        assert {"default": desktop.key, "bob": OTHER}.items() <= stored_keys(desktop.keyring).items()


@pytest.mark.needs("strace")
@pytest.mark.parametrize("call", ["write", "fsync", "rename", "fchmod"])
def test_a_call_that_fails(home, tmp_path, call):
    """Every single one of them, with an error of the disk."""
    home.key = random_key()
    before = home.vault.read_bytes()
    log = tmp_path / "log"

    def run(inject=None):
        vault_again(home, before)
        prefix = ["strace", "-f", "-o", log, "-e", TRACED] + (["-e", f"inject={inject}"] if inject else [])
        return home.run("import", "--yes", "--no-verify", passphrase=True, prefix=prefix)

    assert run().code == 0
    for name, number in [moment for moment in moments(log) if moment[0] == call]:
        result = run(f"{name}:error=EIO:when={number}")
        stored = home.stored()
        stored.pop("alice")
        check(home, stored, (name, number, result))
        assert home.key[1] not in result.out + result.err
        again = home.run("import", "--yes", "--no-verify", passphrase=True)
        assert again.code == 0 and there(home) == finished(home), (name, number, again)


@pytest.mark.needs("strace")
def test_each_step_is_on_disk_before_the_next(home, tmp_path):
    """After a power cut, too, each key is in the store or in a file."""
    log = tmp_path / "log"
    vault_again(home, home.vault.read_bytes())
    calls = ["strace", "-f", "-y", "-o", log, "-e", "trace=fsync,rename"]
    assert home.run("import", "--yes", "--no-verify", passphrase=True, prefix=calls).code == 0
    folder = home.root / ".aws"
    steps = []
    for file, new in (
        (home.vault, ".new"), (home.config_file, ".warder-new"), (folder / "credentials", ".warder-new")
    ):
        steps += [f"fsync {file}{new}", f"rename {file}", f"fsync {file.parent}"]
    done = re.findall(r"^\d+ +(fsync)\(\d+<(.*)>\) += 0|^\d+ +(rename)\(.*, \"(.*)\"\) += 0", log.read_text(), re.MULTILINE)
    done = [" ".join(filter(None, call)) for call in done]
    assert [step for step in done if step.split(" ")[1] in {step.split(" ")[1] for step in steps}][-len(steps) :] == steps
