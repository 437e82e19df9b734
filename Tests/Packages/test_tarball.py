"""The archive for other distributions, and its install.sh: what is in it, and that no mishap breaks an installation."""

import os
import pathlib
import shutil
import signal
import stat
import subprocess
import tarfile

import pexpect
import pytest
from conftest import VERSION
from roots import Unavailable, check_machine

LEFT = "*.warder-new"


@pytest.fixture(scope="module")
def folder(tarball, tmp_path_factory):
    """The archive, unpacked."""
    place = tmp_path_factory.mktemp("archive")
    subprocess.run(["tar", "-xzf", tarball, "-C", place], check=True)
    return place / tarball.name.removesuffix(".tar.gz")


def install(folder, *arguments, check=True, **environment):
    variables = {"PATH": os.environ["PATH"], "HOME": "/nowhere", **{k: str(v) for k, v in environment.items()}}
    done = subprocess.run([folder / "install.sh", *map(str, arguments)], env=variables, capture_output=True, text=True)
    if check:
        assert done.returncode == 0, done
    return done


def files(place):
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_symlink() or not path.is_dir()}


def works(prefix):
    said = subprocess.run([prefix / "bin/warder", "--version"], capture_output=True, text=True).stdout
    return said.startswith(f"warder {VERSION} ")


def test_one_folder_with_everything(tarball):
    with tarfile.open(tarball) as archive:
        members = archive.getmembers()
    top = tarball.name.removesuffix(".tar.gz")
    names = {member.name.removeprefix(f"{top}/") for member in members}
    assert all(member.name == top or member.name.startswith(f"{top}/") for member in members)
    assert names >= {
        "bin/warder", "install.sh", "LICENSE", "COPYRIGHT", "README.md", "CHANGELOG.md", "docs/stores.md",
        "share/bash-completion/completions/warder", "share/zsh/site-functions/_warder",
        "share/fish/vendor_completions.d/warder.fish", "share/warder/shell/warder.nu", "share/man/man1/warder.1",
        "share/systemd/user/warder-lock.service",
    }
    assert {(m.uid, m.gid, m.uname, m.gname) for m in members} == {(0, 0, "root", "root")}
    assert len({member.mtime for member in members}) == 1 and names == set(sorted(names))
    for member in members:
        programs = ("bin/warder", "install.sh", "after-install")
        expected = 0o755 if member.isdir() or member.name.endswith(programs) else 0o644
        assert member.issym() or stat.S_IMODE(member.mode) == expected, member.name


def test_what_is_installed_goes_again(folder, tmp_path):
    prefix = tmp_path / "my programs"
    said = install(folder, "--prefix", prefix).stdout
    assert works(prefix) and 'eval "$(warder hook bash)"' in said
    unit = (prefix / "share/systemd/user/warder-lock.service").read_text()
    assert f'ExecStart="{prefix}/bin/warder" lock --watch' in unit
    assert files(prefix) - {"share/warder/installed", "share/warder/install.sh"} == {
        path for path in files(folder) if path.startswith(("bin/", "share/"))}
    # Below ~/.local the vault is in that folder.
    (prefix / "share/warder/vault").write_text("keys")
    shutil.copy(prefix / "share/warder/install.sh", tmp_path)
    gone = subprocess.run([prefix / "share/warder/install.sh", "--uninstall"], capture_output=True, text=True)
    assert gone.returncode == 0 and "Keys, settings and logs stay" in gone.stdout and gone.stderr == "", gone
    assert files(prefix) == {"share/warder/vault"}
    assert {path.name for path in prefix.rglob("*") if path.is_dir()} == {"share", "warder"}


def test_a_relative_prefix(folder, tmp_path):
    subprocess.run([folder / "install.sh", "--prefix", "there/"], cwd=tmp_path, check=True, capture_output=True)
    assert works(tmp_path / "there")
    assert f"ExecStart={tmp_path}/there/bin/warder" in (
        tmp_path / "there/share/systemd/user/warder-rotate.service").read_text()


def test_below_destdir_there_is_no_list(folder, tmp_path):
    install(folder, "--prefix", "/usr", DESTDIR=tmp_path)
    assert "usr/bin/warder" in files(tmp_path) and "usr/share/warder/installed" not in files(tmp_path)
    assert "ExecStart=/usr/bin/warder" in (tmp_path / "usr/share/systemd/user/warder-lock.service").read_text()


def test_a_newer_version_removes_what_it_no_longer_has(folder, tmp_path):
    older = tmp_path / "older"
    shutil.copytree(folder, older, symlinks=True)
    (older / "share/old things").mkdir()
    (older / "share/old things/hook").write_text("")
    prefix = tmp_path / "prefix"
    install(older, "--prefix", prefix)
    assert "share/old things/hook" in files(prefix)
    install(folder, "--prefix", prefix)
    assert works(prefix) and not (prefix / "share/old things").exists()
    assert "old things" not in (prefix / "share/warder/installed").read_text()


def test_a_warder_that_runs_is_replaced(folder, tmp_path):
    prefix = tmp_path / "prefix"
    install(folder, "--prefix", prefix)
    program = prefix / "bin/warder"
    variables = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TERM": "dumb"}
    running = pexpect.spawn(str(program), ["vault", "init"], env=variables, cwd=str(tmp_path))
    running.expect("(?i)passphrase")
    with pytest.raises(OSError, match="Text file busy"):
        open(program, "r+b")
    install(folder, "--prefix", prefix)
    assert works(prefix) and running.isalive()
    running.close(force=True)


def test_a_full_disk_changes_nothing(folder, tmp_path):
    try:
        check_machine()
    except Unavailable as reason:
        pytest.skip(str(reason))
    prefix = tmp_path / "prefix"
    prefix.mkdir()
    # 15 MB hold one binary, and not a second one.
    script = f"""
        mount -t tmpfs -o size=15m small '{prefix}'
        '{folder}/install.sh' --prefix '{prefix}' >/dev/null || exit 10
        (cd '{prefix}' && find . -type f -exec sha256sum {{}} + | sort) > before
        '{folder}/install.sh' --prefix '{prefix}' && exit 11
        (cd '{prefix}' && find . -type f -exec sha256sum {{}} + | sort) > after
        '{prefix}/bin/warder' --version"""
    done = subprocess.run(["unshare", "--mount", "sh", "-c", script], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith(f"warder {VERSION} "), done
    assert f"install.sh: cannot write {prefix}/bin/warder; nothing has changed" in done.stderr
    assert (tmp_path / "before").read_text() == (tmp_path / "after").read_text() != ""


def renames(tmp_path, last):
    """A folder for PATH, whose mv kills install.sh and all that it has started, in place of rename number `last`."""
    place = tmp_path / f"bin{last}"
    place.mkdir()
    (place / "mv").write_text(f"""#!/bin/sh
echo >> '{place}/count'
[ "$(wc -l < '{place}/count')" -lt {last} ] || kill -9 0
exec {shutil.which("mv")} "$@"
""")
    (place / "mv").chmod(0o755)
    return place


def killed(folder, prefix, tmp_path, last):
    """Whether install.sh came to its rename number `last`, and died of it."""
    path = f"{renames(tmp_path, last)}:{os.environ['PATH']}"
    done = subprocess.run([folder / "install.sh", "--prefix", prefix], env={"PATH": path, "HOME": "/nowhere"},
                          capture_output=True, start_new_session=True)
    return done.returncode == -signal.SIGKILL


def test_a_kill_at_any_rename_leaves_a_warder_that_works(folder, tmp_path):
    prefix = tmp_path / "prefix"
    install(folder, "--prefix", prefix)
    expected = files(prefix)
    last = 1
    while killed(folder, prefix, tmp_path, last):
        assert works(prefix), last
        # What is there before it is renamed is not there for shells or systemd: its name begins with a dot.
        assert all(pathlib.Path(path).name.startswith(".") for path in files(prefix) - expected)
        last += 1 if last < 4 else 9
    assert last > len(expected) / 2
    install(folder, "--prefix", prefix)
    assert files(prefix) == expected and works(prefix)


def test_a_first_installation_that_is_killed_can_be_removed(folder, tmp_path):
    prefix = tmp_path / "prefix"
    assert killed(folder, prefix, tmp_path, 12)
    # Even if the archive is gone.
    subprocess.run([prefix / "share/warder/install.sh", "--uninstall"], check=True, capture_output=True)
    assert files(prefix) == set()


def test_what_another_has_put_there_is_not_removed(folder, tmp_path):
    prefix = tmp_path / "prefix"
    install(folder, "--prefix", prefix)
    outside = tmp_path / "outside"
    outside.write_text("mine")
    with open(prefix / "share/warder/installed", "a") as listed:
        listed.write(f"{outside}\n{prefix}/../outside\n")
    install(folder, "--uninstall", "--prefix", prefix)
    assert outside.read_text() == "mine"


def test_a_list_cannot_have_keys_removed(folder, tmp_path):
    prefix = tmp_path / "prefix"
    install(folder, "--prefix", prefix)
    keys = ["vault", "vault.bak", "store", "trusted/approved", "trusted.lock"]
    for name in keys:
        (prefix / "share/warder" / name).parent.mkdir(exist_ok=True)
        (prefix / "share/warder" / name).write_text("mine")
    with open(prefix / "share/warder/installed", "a") as listed:
        for name in keys:
            for form in ("", "./", "bin/../", f"{prefix}/"):
                listed.write(f"{form}share/warder/{name}\n{form}share//warder/{name}\n")
        listed.write("\n.\n..\n/\nbin\nshare/warder\n")
    install(folder, "--prefix", prefix)
    install(folder, "--uninstall", "--prefix", prefix)
    assert files(prefix) == {f"share/warder/{name}" for name in keys}


@pytest.mark.parametrize("name", ["sub/../there", "./there", "there//", "link"])
def test_a_prefix_of_another_name_is_the_same(folder, tmp_path, name):
    """A list that does not fit would leave all of it, and say that it is removed."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "there").mkdir()
    subprocess.run([folder / "install.sh", "--prefix", name], cwd=tmp_path, check=True, capture_output=True)
    moved = (tmp_path / "there").rename(tmp_path / "moved")
    subprocess.run([moved / "share/warder/install.sh", "--uninstall"], check=True, capture_output=True)
    assert list(moved.iterdir()) == []


def test_units_elsewhere_go_too(folder, tmp_path):
    prefix, units = tmp_path / "prefix", tmp_path / "units"
    install(folder, "--prefix", prefix, "--units", units)
    assert files(units) >= {"warder-lock.service", "warder-rotate.timer"}
    (units / "other.service").write_text("mine")
    with open(prefix / "share/warder/installed", "a") as listed:
        listed.write(f"{units}/other.service\n")
    subprocess.run([prefix / "share/warder/install.sh", "--uninstall"], check=True, capture_output=True)
    assert files(units) == {"other.service"} and files(prefix) == set()


def test_folders_of_the_system_stay(folder, tmp_path):
    for each in (["--prefix", "/usr/local"], ["--uninstall", "--prefix", "/usr/local"]):
        install(folder, *each, DESTDIR=tmp_path)
    left = {str(path.relative_to(tmp_path / "usr/local")) for path in (tmp_path / "usr/local").rglob("*")}
    assert left == {"bin", "share", "share/man"}


def test_two_at_once(folder, tmp_path):
    prefix = tmp_path / "prefix"
    command = [folder / "install.sh", "--prefix", prefix]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [each.communicate()[1] for each in running]
    assert [each.returncode for each in running] == [0, 0, 0] and said == ["", "", ""]
    assert works(prefix) and list(prefix.rglob(LEFT)) == []


def test_what_a_killed_one_left_goes_with_the_rest(folder, tmp_path):
    prefix = tmp_path / "prefix"
    install(folder, "--prefix", prefix)
    assert killed(folder, prefix, tmp_path, 12) and list(prefix.rglob(LEFT)) != []
    gone = subprocess.run([prefix / "share/warder/install.sh", "--uninstall"], capture_output=True, text=True)
    assert gone.returncode == 0 and gone.stderr == "" and files(prefix) == set(), gone


def test_a_small_system_is_enough(folder, tmp_path):
    """Without find and grep, which the images of some distributions lack."""
    small, prefix = tmp_path / "small", tmp_path / "prefix"
    small.mkdir()
    for name in ("sh", "cat", "chmod", "cp", "dirname", "id", "mkdir", "mv", "rm", "rmdir", "sed", "sort"):
        (small / name).symlink_to(shutil.which(name))
    for _ in range(2):
        install(folder, "--prefix", prefix, PATH=small)
        assert works(prefix) and (prefix / "share/man/man1/warder.1").exists() and list(prefix.rglob(LEFT)) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can install into the folder of another user")
def test_root_installs_into_no_other_users_folder(folder, tmp_path):
    (tmp_path / "home").mkdir()
    os.chown(tmp_path / "home", 65534, 65534)
    refused = install(folder, "--prefix", tmp_path / "home/.local", check=False)
    assert refused.returncode == 1 and f"{tmp_path}/home belongs to another user" in refused.stderr, refused
    assert list((tmp_path / "home").iterdir()) == []


def test_without_a_home_nothing_is_installed_where_one_is(folder, tmp_path):
    """By a user who is not root, whose prefix needs none."""
    command = ["sh", folder / "install.sh"]
    if os.geteuid() == 0:
        # No id of root's: id is all that says so.
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin/id").write_text("#!/bin/sh\necho 1000\n")
        (tmp_path / "bin/id").chmod(0o755)
    (tmp_path / "here").mkdir()
    refused = subprocess.run(command, env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}"}, cwd=tmp_path / "here",
                             capture_output=True, text=True)
    assert refused.returncode == 1 and refused.stderr.startswith("install.sh: HOME is not set\nhint: "), refused
    assert list((tmp_path / "here").iterdir()) == []


@pytest.mark.parametrize("arguments, said", [
    (["--prefix", '/tmp/a"b'], "contains a quote"),
    # Were one of these taken, what it installed would be hard to find.
    (["--uninstall", "--prefix", "/tmp/a\n"], "a newline"),
    (["--uninstall", "--prefix", "/tmp/a", "--units", "/tmp/%h"], "the path /tmp/%h contains a quote"),
    (["--uninstall", "--prefix", "//"], "the root folder cannot be the prefix"),
    (["--uninstall", "--prefix", "/tmp/../"], "the root folder cannot be the prefix"),
    (["--uninstall", "--prefix", ""], "--prefix needs a folder"),
    (["--uninstall", "--units="], "--units needs a folder"),
    (["--prefix", "/tmp/50%"], "dollar or percent sign"),
    (["--prefix", "/"], "the root folder cannot be the prefix"),
    (["--prefix"], "--prefix needs a folder"),
    (["--destination", "/tmp"], "unknown argument --destination"),
    (["--uninstall", "--prefix", "/usr/games"], None),
])
def test_what_cannot_be_is_refused(folder, tmp_path, arguments, said):
    place = tmp_path if said is None else folder
    if said is None:
        shutil.copy(folder / "install.sh", tmp_path)
        said = "warder is not installed below /usr/games, or not by install.sh"
    refused = install(place, *arguments, check=False)
    assert refused.returncode == 1 and refused.stderr.startswith("install.sh: ") and said in refused.stderr, refused


def test_a_folder_in_the_way_is_refused(folder, tmp_path):
    (tmp_path / "bin/warder").mkdir(parents=True)
    refused = install(folder, "--prefix", tmp_path, check=False)
    assert refused.returncode == 1 and f"{tmp_path}/bin/warder is a folder" in refused.stderr
    assert list(tmp_path.rglob(LEFT)) == []


def test_a_folder_in_place_of_the_list_is_refused(folder, tmp_path):
    (tmp_path / "share/warder/installed").mkdir(parents=True)
    refused = install(folder, "--prefix", tmp_path, check=False)
    assert refused.returncode == 1 and f"{tmp_path}/share/warder/installed is a folder" in refused.stderr, refused
    assert files(tmp_path) == set()


def test_a_damaged_list_holds_nothing_up(folder, tmp_path):
    install(folder, "--prefix", tmp_path)
    (tmp_path / "share/warder/installed").write_bytes(b"x" * 5000 + b"\n\xff\x00\x1b[\n*\n-rf\nbin/warder/x\nshare/ma")
    install(folder, "--prefix", tmp_path)
    assert works(tmp_path)
    (tmp_path / "share/warder/installed").write_bytes(b"x" * 5000)
    install(folder, "--uninstall", "--prefix", tmp_path)
    assert files(tmp_path) - {"share/warder/install.sh"} == set()


def test_a_folder_that_cannot_be_written_is_refused(folder, tmp_path):
    """By a user who is not root, if root runs the tests."""
    prefix = tmp_path / "prefix"
    prefix.mkdir(mode=0o555)
    command = [folder / "install.sh", "--prefix", prefix]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    for parent in [*folder.parents, *prefix.parents]:
        if parent.is_relative_to("/tmp/") and parent != pathlib.Path("/tmp"):
            parent.chmod(parent.stat().st_mode | 0o011)
    variables = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
    refused = subprocess.run(command, capture_output=True, text=True, env=variables)
    assert refused.returncode == 1 and "nothing has changed" in refused.stderr, refused


