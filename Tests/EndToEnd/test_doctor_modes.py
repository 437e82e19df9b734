"""`warder doctor` on the owners and the modes of files, and on links in their place."""

import os
import pathlib
import stat
import tempfile

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from faults import both, credentials, mended, mode
from home import PROFILES, WARDER
from importing import pair


def reached(home):
    """Others may go as far as to the files; one that others cannot reach is closed to them."""
    for folder in (home.root, home.root / ".aws"):
        folder.chmod(0o755)


def exposed_copy(home):
    """What stays of the vault before its last change."""
    copy = home.vault.with_name("vault.bak")
    copy.write_bytes(home.vault.read_bytes())
    copy.chmod(0o644)


def with_keys(home):
    credentials("[lone]", *pair(home.key).splitlines())(home)


@cases(
    Case("a config that others can write", both(reached, mode(0o646, ".aws/config")), "writable_by_others", "/config"),
    Case("a folder that others can write", both(reached, mode(0o757, ".aws")), "writable_by_others", "/.aws"),
    Case(
        "settings that others can write",
        both(reached, mode(0o755, "config", "config/warder"), mode(0o666, "config/warder/config")),
        "writable_by_others", "warder/config",
    ),
    Case("a vault that others can read", mode(0o644, "data/warder/vault"), "open_to_others", "warder/vault"),
    Case("its copy", exposed_copy, "open_to_others", "warder/vault.bak"),
    Case("its folder that others can write", mode(0o777, "data/warder"), "open_to_others", "data/warder"),
)
def test_a_mode(home, case):
    goes_through(home, case)


@cases(
    Case("a session that others can read", lambda home: home.sessions()[0].chmod(0o644), "open_to_others"),
    Case("its folder that others can write", lambda home: home.cache.chmod(0o777), "open_to_others", "warder/sessions"),
    Case("the log", mode(0o640, "state/warder/log"), "open_to_others", "warder/log"),
    Case("its folder", mode(0o770, "state/warder"), "open_to_others", "state/warder"),
)
def test_a_mode_of_what_commands_leave(working, case):
    goes_through(working, case)


def test_a_fix_is_a_mode(home):
    mode(0o644, "data/warder/vault")(home)
    (finding,) = examined(home)["findings"]
    assert finding["fix"] and finding["gravity"] == "broken" and finding["command"] == f"chmod 600 {home.vault}"


@pytest.mark.parametrize("bits", [0o604, 0o644, 0o666])
def test_keys_that_others_can_read_are_exposed(home, bits):
    both(with_keys, reached, mode(bits, ".aws/credentials"))(home)
    finding = mended(home, "readable_keys")
    assert finding["gravity"] == "exposed" and finding["fix"], finding
    assert finding["place"].endswith(".aws/credentials") and finding["command"].startswith("chmod 600 "), finding
    assert "writable_by_others" not in codes(examined(home))


def test_keys_in_the_config_that_others_can_read(home):
    home.config(PROFILES + "[profile lone]\n" + pair(home.key))
    both(reached, mode(0o644, ".aws/config"))(home)
    assert mended(home, "readable_keys")["place"].endswith(".aws/config")


@pytest.mark.parametrize(
    "change",
    [
        both(reached, mode(0o664, ".aws/config")),
        both(with_keys, mode(0o700, ".aws"), mode(0o644, ".aws/credentials")),
        mode(0o755, "data/warder"),
        mode(0o400, "data/warder/vault"),
    ],
    ids=["a group of one's own", "keys out of reach", "a folder that others can list", "a vault to be read alone"],
)
def test_a_mode_that_harms_nobody(home, change):
    change(home)
    assert not {"readable_keys", "writable_by_others", "open_to_others"} & {*codes(examined(home))}


def test_a_mode_that_keeps_the_owner_out_and_lets_others_in(home):
    """Of several findings of one file, no fix undoes another, and none keeps others' access."""
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    both(reached, mode(0o066, ".aws/config"))(home)
    assert home.run("doctor", "--fix", "--yes", **user).code in (0, 1)
    assert home.config_file.stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", [".aws/config", ".aws", "data/warder/vault", "data/warder"])
def test_another_owner(home, name):
    goes_through(home, Case("another", lambda home: os.chown(home.root / name, 4321, 4321), "foreign_owner", name))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_roots_file_in_the_users_home(home):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    home.config(home.config_file.read_text().replace(str(WARDER), str(home.root / "warder")))
    assert codes(examined(home, **user)) == []
    os.chown(home.config_file, 0, 0)
    (finding,) = examined(home, **user)["findings"]
    assert finding["code"] == "roots_file" and finding["command"].startswith("sudo chown -hR --from=root "), finding
    assert finding["place"].endswith(".aws/config")
    os.chown(home.config_file, user["user"], user["group"])
    assert codes(examined(home, **user)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be in another's home so")
def test_root_in_the_home_of_another(home):
    """As after a sudo that keeps HOME: nothing is to be given to root."""
    home.as_ordinary_user()
    (finding,) = [each for each in examined(home)["findings"] if each["code"].startswith("foreign")]
    assert (finding["code"], finding["command"]) == ("foreign_home", "export HOME=~root"), finding


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_config_elsewhere_may_be_anothers(home, tmp_path):
    config = tmp_path / "config"
    config.write_text(home.config_file.read_text())
    for path in (config, tmp_path):
        os.chown(path, 4321, 4321)
    home.environment["AWS_CONFIG_FILE"] = str(config)
    assert codes(examined(home)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root reads everything")
def test_a_file_that_may_not_be_read(home):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    home.config_file.chmod(0)
    (finding,) = examined(home, **user)["findings"]
    assert finding["code"] == "unreadable_file" and finding["fix"], finding


def a_link(name, target):
    def change(home):
        path = home.root / name
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return change


def a_folder(home):
    (home.root / ".aws/credentials").mkdir()


def a_folder_by_a_variable(home):
    """Its name forgotten."""
    return {"AWS_CONFIG_FILE": str(home.root / ".aws")}


def a_linked_folder(home):
    for path in (home.root / ".aws").iterdir():
        path.unlink()
    (home.root / ".aws").rmdir()
    (home.root / ".aws").symlink_to("/gone/aws")


def a_linked_vault(home):
    home.vault.rename(home.root / "elsewhere")
    home.vault.symlink_to(home.root / "elsewhere")


def without(name):
    return lambda home: (home.root / name).unlink()


@cases(
    Case("nothing", a_link(".aws/config", "/gone/config"), "broken_link", ".aws/config", mends=without(".aws/config")),
    Case("nothing, of the credentials", a_link(".aws/credentials", "gone"), "broken_link", ".aws/credentials"),
    Case("nothing, of the settings", a_link("config/warder/config", "/gone/warder"), "broken_link", "warder/config",
         mends=without("config/warder/config")),
    Case("a circle", a_link(".aws/credentials", "credentials"), "unreadable_file", ".aws/credentials"),
    Case("a folder", a_folder, "unreadable_file", ".aws/credentials"),
    Case("a folder that a variable names", a_folder_by_a_variable, "unreadable_file", "/.aws"),
    Case("nothing, of the folder", a_linked_folder, "broken_link", "/.aws", mends=without(".aws")),
    Case("the vault", a_linked_vault, "refused_link", "warder/vault"),
)
def test_a_link(home, case):
    goes_through(home, case)


def test_a_link_to_what_may_be_mounted_later_is_shown_and_kept(home):
    a_link(".aws/config", "/mnt/stick/config")(home)
    (finding,) = examined(home)["findings"]
    mend(home, finding["command"])
    assert home.config_file.is_symlink()


@pytest.fixture
def store():
    """A folder of root's that others may read."""
    with tempfile.TemporaryDirectory(prefix="warder-store-") as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes what others may not write")
@pytest.mark.parametrize("name", [".aws/config", ".aws"])
def test_a_link_to_what_may_not_be_changed(home, store, name):
    user = home.as_ordinary_user()
    home.root.chmod(0o755)
    text = PROFILES.replace(str(WARDER), str(home.root / "warder"))
    home.config_file.unlink()
    link = home.root / name
    if name == ".aws":
        link.rmdir()
        (store / "config").write_text(text)
        link.symlink_to(store)
    else:
        (store / "mine").write_text(text)
        link.symlink_to(store / "mine")
    os.lchown(link, user["user"], user["group"])
    (finding,) = examined(home, **user)["findings"]
    assert (finding["code"], finding["gravity"]) == ("read_only_link", "risky"), finding
    assert finding["place"].endswith(name), finding
    left = link.parent / f"{link.name}.new"
    left.mkdir()
    (left / "config").write_text("what another left\n")
    mend(home, finding["command"])
    edited = home.config_file.read_text() + "# an edit\n"
    home.config_file.write_text(edited)
    with pytest.raises(AssertionError):
        mend(home, finding["command"])
    assert home.config_file.read_text() == edited and [*link.parent.glob(f"{link.name}.*")] == [left]
    home.config_file.write_text(text)
    assert (left / "config").read_text() == "what another left\n"
    for path in (link, home.config_file):
        os.chown(path, user["user"], user["group"])
    assert not link.is_symlink() and home.config_file.stat().st_mode & stat.S_IWUSR
    assert home.config_file.read_text() == text
    assert codes(examined(home, **user)) == []
