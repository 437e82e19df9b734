"""Where the vault, the cache or the state can be read and not written: a mounted secret, `ProtectHome=read-only`."""

import json
import os
import subprocess

import pytest
from aging import age
from home import random_key
from stores import add_key_profile, lines

REASONS = ("read-only file system", "permission denied")


class Frozen:
    """Folders of a home that nobody can write to: mounted so or, for somebody who is not root, by their modes."""

    def __init__(self, home, way):
        self.home = home
        self.way = way
        self.frozen = []
        self.user = {}

    def freeze(self, *folders):
        if self.way == "modes":
            home = self.home
            # What an ordinary user unlocks is not cleared away after the test.
            home.settings("[warder]\nunlock_time = 60s\n")
            self.user = self.user or home.as_ordinary_user()
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.way == "modes":
                os.chown(folder, self.user["user"], self.user.get("group", -1))
                folder.chmod(0o500)
                self.frozen.append(folder)
                continue
            for options in (["--bind", folder], ["-o", "remount,bind,ro"]):
                done = subprocess.run(["mount", *options, folder], capture_output=True, text=True)
                if done.returncode != 0:
                    pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")
                if options[0] == "--bind":
                    self.frozen.append(folder)

    def thaw(self):
        while self.frozen:
            folder = self.frozen.pop()
            if self.way == "modes":
                folder.chmod(0o700)
            else:
                subprocess.run(["umount", "-l", folder], check=True)

    def run(self, *arguments, **options):
        return self.home.run(*arguments, **options, **self.user)

    def good(self, *arguments, **options):
        return self.home.good(*arguments, **options, **self.user)


@pytest.fixture(params=["mount", "modes"])
def way(request):
    if request.param == "mount" and os.geteuid() != 0:
        pytest.skip("root is needed to mount")
    return request.param


@pytest.fixture
def frozen(home, way):
    frozen = Frozen(home, way)
    yield frozen
    frozen.thaw()


# The vault


@pytest.fixture
def keyed(frozen):
    """A home whose vault opens by a keyfile, and a profile that asks for the key itself."""
    home = frozen.home
    add_key_profile(home, "itself", "alice")
    home.good("vault", "slots", "add", "keyfile", home.root / "keyfile", passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(home.root / "keyfile")
    return frozen


def gives_the_key(frozen, **options):
    return json.loads(frozen.good("process", "itself", **options))["SecretAccessKey"] == frozen.home.key[1]


@pytest.mark.parametrize("lock", ["with its lock", "without"])
@pytest.mark.parametrize("more", ["vault", "all"])
def test_a_vault_is_read(keyed, lock, more):
    home = keyed.home
    before = home.vault.read_bytes()
    if lock == "without":
        (home.data / "vault.lock").unlink()
    keyed.freeze(home.data, *([home.state, home.cache.parent] if more == "all" else []))
    keyed.good("unlock")
    assert gives_the_key(keyed)
    assert gives_the_key(keyed, passphrase=True, env={"WARDER_KEYFILE": ""})
    assert "keyfile" in keyed.good("vault", "slots")
    keyed.good("vault", "verify")
    keyed.good("vault", "backup", home.root / "copy")
    assert (home.root / "copy").read_bytes() == before


def test_many_at_once_read_it(keyed):
    keyed.freeze(keyed.home.data)
    processes = [keyed.home.start("process", "itself", **keyed.user) for _ in range(12)]
    for process in processes:
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0 and json.loads(out)["SecretAccessKey"] == keyed.home.key[1], err


@pytest.mark.skipif(os.geteuid() != 0, reason="root is needed to be somebody else")
@pytest.mark.parametrize("which", ["vault", "cache"])
def test_somebody_else_s_lock_is_not_done_without(home, sts, which):
    """Left behind by a warder that root ran: without it, each process would ask for a code of its own."""
    home.settings("[warder]\nunlock_time = 60s\n")
    home.unlock()
    user = home.as_ordinary_user()
    lock = home.data / "vault.lock" if which == "vault" else home.cache / "lock"
    lock.touch()
    os.chown(lock, 0, 0)
    lock.chmod(0o600)
    result = home.run("process", "prod", "--mfa-code", "123456", passphrase=True, **user)
    result.failed(1, "permission denied", lock.name)
    assert sts.requests == []


def test_what_would_change_it_fails(keyed):
    if keyed.way == "modes":
        (keyed.home.data / "vault.lock").unlink()
    before = keyed.home.vault.read_bytes()
    keyed.freeze(keyed.home.data)
    for command in (
        ["add", "bob", "--stdin", "--no-verify"], ["remove", "--yes", "alice"], ["vault", "slots", "add", "recovery"]
    ):
        result = keyed.run(*command, input=lines(random_key()), passphrase=True)
        result.failed(1, "vault")
        assert any(reason in result.err for reason in REASONS), result
    assert keyed.home.vault.read_bytes() == before


def test_an_older_vault_is_still_noticed(keyed):
    """The newest generation was noted where it can be read."""
    home = keyed.home
    old = home.vault.read_bytes()
    home.good("add", "bob", "--stdin", "--no-verify", input=lines(random_key()))
    home.vault.write_bytes(old)
    keyed.freeze(home.data, home.state)
    keyed.run("process", "itself").failed(9, "generation")


# The cache


def one_warning(result, kept="not kept", lines=1):
    line, *others = result.err.splitlines()
    assert len(others) == lines - 1, result
    assert line.startswith("warder: ") and kept in line and any(reason in line for reason in REASONS), result


@pytest.fixture
def cached(frozen, sts):
    """A home with prod's session in the cache, whose vault opens by a keyfile."""
    home = frozen.home
    home.good("vault", "slots", "add", "keyfile", home.root / "keyfile", passphrase=True)
    home.environment["WARDER_KEYFILE"] = str(home.root / "keyfile")
    home.good("refresh", "prod", "--mfa-code", "123456")
    sts.requests.clear()
    return frozen


@pytest.mark.parametrize("lock", ["with its lock", "without"])
def test_what_is_cached_is_served(cached, sts, lock):
    if lock == "without":
        (cached.home.cache / "lock").unlink()
    cached.freeze(cached.home.cache)
    result = cached.run("process", "prod")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["AccessKeyId"] == "ASIATEMPORARY0000002"
    assert sts.requests == []


@pytest.mark.parametrize("lock", ["with its lock", "without"])
def test_what_is_made_is_handed_out(cached, sts, lock):
    """The role is made anew from the cached MFA session; who typed a command is told that it is not kept."""
    if lock == "without":
        (cached.home.cache / "lock").unlink()
    before = cached.home.sessions()
    cached.freeze(cached.home.cache)
    result = cached.run("process", "audit")
    assert result.code == 0 and json.loads(result.out)["AccessKeyId"].startswith("ASIA"), result
    # An SDK may read both streams as one.
    assert result.err == ""
    assert sts.actions() == ["AssumeRole"]
    assert cached.home.sessions() == before
    one_warning(cached.run("refresh", "audit"), lines=2)


def test_two_steps_are_one_warning(cached, sts):
    cached.good("forget")
    cached.freeze(cached.home.cache)
    result = cached.run("env", "prod", "--mfa-code", "654321")
    assert result.code == 0 and "AWS_ACCESS_KEY_ID=ASIA" in result.out, result
    one_warning(result)
    assert sts.actions() == ["GetSessionToken", "AssumeRole"]


def test_there_is_no_folder_and_none_can_be_made(cached, sts):
    home = cached.home
    cached.good("forget")
    for path in home.cache.iterdir():
        path.unlink()
    home.cache.rmdir()
    cached.freeze(home.cache.parent)
    result = cached.run("env", "prod", "--mfa-code", "654321")
    assert result.code == 0 and "AWS_ACCESS_KEY_ID=ASIA" in result.out, result
    one_warning(result)


def test_an_old_session_does_not_hide_the_new_one(cached, sts):
    """What the disk did not take lies in the kernel for a minute, in front of what is on the disk."""
    home = cached.home
    if cached.way == "modes" or home.kernel_key() is None:
        pytest.skip("the kernel's keyring of the tests' own user is needed")
    sts.lifetimes = {"AssumeRole": 900}
    old = json.loads(home.good("process", "audit"))["AccessKeyId"]
    age(home, 2700)
    sts.lifetimes = {}
    cached.freeze(home.cache)
    new = json.loads(home.good("process", "audit"))["AccessKeyId"]
    count = len(sts.requests)
    assert old != new == json.loads(home.good("process", "audit"))["AccessKeyId"]
    assert len(sts.requests) == count


def test_a_code_is_not_sent_twice(cached, sts):
    """Neither one from before nor one from since."""
    home = cached.home
    if cached.way == "modes" or home.kernel_key() is None:
        pytest.skip("the kernel's keyring of the tests' own user is needed")
    cached.freeze(home.cache)
    home.good("refresh", "alice", "--mfa-code", "222222")
    for code in ("123456", "222222"):
        result = home.run("refresh", "alice", "--mfa-code", code)
        assert result.code == 4 and "was used already" in result.err, result


# Other homes


@pytest.fixture
def mounted():
    """Mounts a home's folders read-only."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to mount")
    made = []

    def freeze(home, *folders):
        made.append(Frozen(home, "mount"))
        made[-1].freeze(*folders)

    yield freeze
    for frozen in made:
        frozen.thaw()


def test_keys_in_either_store(store, mounted):
    mounted(store.home, store.home.data, store.home.state, store.home.cache.parent)
    store.good("unlock")
    store.good("lock")
    store.good("unlock")
    assert store.process() == store.home.key


def test_a_home_without_a_store(bare, sts, mounted):
    bare.endpoint(sts.url)
    bare.config("[profile p]\nregion = eu-west-1\nwarder_role_arn = arn:aws:iam::222222222222:role/Admin\n"
                "warder_source_profile = plain\n[profile plain]\naws_access_key_id = AKIAABCDEFGHIJKLMNOP\n"
                "aws_secret_access_key = " + "x" * 40 + "\n")
    mounted(bare, bare.data, bare.state, bare.cache.parent)
    result = bare.run("process", "p")
    assert result.code == 0 and json.loads(result.out)["AccessKeyId"].startswith("ASIA"), result
    assert result.err == ""
