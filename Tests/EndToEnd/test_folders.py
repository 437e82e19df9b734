"""A profile a folder: `.warder`, `warder trust`, and what a shell's hook asks on entering."""

import json
import os
import re
import shlex
import shutil
import subprocess
import threading

import pytest
from home import ORDINARY, WARDER
from shells import RUNNABLE

SECOND = ORDINARY - 1


@pytest.fixture
def project(bare):
    """A home with profiles, and in it a folder whose .warder asks for prod."""
    bare.add_profiles()
    bare.root.chmod(0o755)
    folder = bare.root / "src/shop"
    (folder / "deep/er").mkdir(parents=True)
    ask(folder, "prod\n")
    return bare, folder


def ask(folder, text):
    (folder / ".warder").write_bytes(text.encode() if isinstance(text, str) else text)
    (folder / ".warder").chmod(0o644)


def entering(home, folder, **options):
    return home.run("folder", "--shell-hook", folder, **options)


def trusted(home, folder, profile, at=None):
    result = entering(home, folder)
    assert (result.code, result.out, result.err) == (0, f"{profile}\t{at or folder}/.warder\n", ""), result


def untrusted(home, folder, profile="prod"):
    result = entering(home, folder)
    result.failed(3, "is not trusted", f"profile {profile}", "run warder trust")


def test_without_a_file_it_fails_without_a_word(project):
    home, folder = project
    (folder / ".warder").unlink()
    for place in [folder, home.root, "/", "/proc", "/proc/self", "/dev", "/tmp"]:
        result = entering(home, place)
        assert (result.code, result.out, result.err) == (1, "", ""), result


def test_what_is_trusted_is_used_in_the_folder_and_below(project):
    home, folder = project
    untrusted(home, folder)
    untrusted(home, folder / "deep/er")
    assert home.good("trust", folder) == "trusted: ~/src/shop/.warder asks for profile prod\n"
    for place in [folder, folder / "deep", folder / "deep/er"]:
        trusted(home, place, "prod", folder)
    result = entering(home, home.root / "src")
    assert (result.code, result.err) == (1, "")


def test_the_present_folder_is_the_default(project):
    home, folder = project
    run = {"cwd": folder / "deep", "env": home.variables(), "capture_output": True, "text": True}
    assert subprocess.run([WARDER, "folder"], **run).returncode == 3
    assert subprocess.run([WARDER, "trust"], **run).returncode == 0
    assert subprocess.run([WARDER, "folder"], **run).stdout == f"prod\t{folder}/.warder\n"
    assert subprocess.run([WARDER, "distrust"], **run).returncode == 0
    assert subprocess.run([WARDER, "folder"], **run).returncode == 3


@pytest.mark.parametrize("path", ["{}", "{}/", "{}/.warder", "{}/deep/..", "{}/./.warder"])
def test_a_folder_or_its_file_may_be_named(project, path):
    home, folder = project
    home.good("trust", path.format(folder))
    trusted(home, folder, "prod")
    home.good("distrust", path.format(folder))
    untrusted(home, folder)


def test_trust_names_only_what_is_there(project):
    home, folder = project
    home.run("trust", folder / "deep").failed(7, "no .warder")
    home.run("trust", folder / "none").failed(1, "none")
    home.run("distrust", folder).failed(7, "was not trusted")


def test_changed_content_is_not_trusted_any_more(project):
    home, folder = project
    home.good("trust", folder)
    ask(folder, "audit\n")
    entering(home, folder).failed(3, "has changed", "profile audit")
    ask(folder, "prod")
    entering(home, folder).failed(3, "has changed", "profile prod")
    ask(folder, "prod\n")
    trusted(home, folder, "prod")


def test_a_moved_or_copied_folder_is_not_trusted(project):
    home, folder = project
    home.good("trust", folder)
    other = shutil.copytree(folder, folder.parent / "copy")
    untrusted(home, other)
    moved = folder.rename(folder.parent / "moved")
    untrusted(home, moved)
    home.good("distrust", folder)
    home.run("distrust", folder).failed(7)


def test_a_linked_folder_is_the_one_behind_the_link(project):
    home, folder = project
    link = home.root / "link"
    link.symlink_to(folder)
    home.good("trust", link)
    trusted(home, folder, "prod")
    trusted(home, link / "deep", "prod", folder)
    other = folder.parent / "other"
    other.mkdir()
    ask(other, "prod\n")
    link.unlink()
    link.symlink_to(other)
    untrusted(home, link)


def test_the_nearest_rules_even_if_it_is_not_trusted(project):
    home, folder = project
    home.good("trust", folder)
    ask(folder / "deep", "audit\n")
    untrusted(home, folder / "deep/er", "audit")
    home.good("trust", folder / "deep")
    trusted(home, folder / "deep/er", "audit", folder / "deep")
    trusted(home, folder, "prod")


def test_home_s_own_is_the_last(project):
    home, folder = project
    ask(home.root, "audit\n")
    home.good("trust", home.root)
    trusted(home, home.root, "audit")
    trusted(home, home.root / "src", "audit", home.root)
    (folder / ".warder").unlink()
    inner = {"HOME": str(folder)}
    assert entering(home, folder / "deep", env=inner).code == 1
    assert entering(home, folder / "deep").code == 0


def test_a_profile_that_there_is_not(project):
    home, folder = project
    ask(folder, "nobody\n")
    home.run("trust", folder).failed(7, "nobody")
    ask(folder, "prod\n")
    home.good("trust", folder)
    home.config("[profile other]\n")
    entering(home, folder).failed(7, "profile prod", ".warder")


BAD = {
    "empty": "", "comments": "# nothing\n\n", "two": "prod\naudit\n", "carriage": "prod\r\n", "escape": "\x1b[2Jprod",
    "null": b"prod\0", "latin": b"pr\xf6d", "option": "--keys", "large": "#" * 5000,
}


@pytest.mark.parametrize("text, reason", [
    ("prod\r\n", "carriage return"), ("# x\r\nprod\r", "carriage return"), ("\ufeffprod\n", "byte order mark"),
    ("prod # production\n", "comment"), ("prod\t#\n", "comment"),
])
def test_what_is_wrong_is_said(project, text, reason):
    home, folder = project
    ask(folder, text)
    home.run("trust", folder).failed(8, str(folder / ".warder"), reason)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_holds_no_name(project, text):
    home, folder = project
    ask(folder, text)
    entering(home, folder).failed(8, str(folder / ".warder"))
    home.run("trust", folder).failed(8, str(folder / ".warder"))


def test_a_command_is_a_name_like_any_other(project):
    home, folder = project
    ask(folder, "$(touch ran); touch ran\n")
    untrusted(home, folder, "$(touch ran); touch ran")
    home.run("trust", folder).failed(7)
    assert not (home.root / "ran").exists()


def test_a_huge_file_is_not_read(project):
    home, folder = project
    with (folder / ".warder").open("wb") as file:
        file.truncate(1 << 40)
    entering(home, folder, timeout=30).failed(8, "larger")


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666, 0o777])
def test_a_file_that_others_may_write(project, mode):
    home, folder = project
    home.good("trust", folder)
    (folder / ".warder").chmod(mode)
    entering(home, folder).failed(9, "chmod go-w", str(folder / ".warder"))
    home.run("trust", folder).failed(9)


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_folder_that_others_may_write(project, mode):
    home, folder = project
    home.good("trust", folder)
    folder.chmod(mode)
    entering(home, folder / "deep").failed(9, "chmod go-w", str(folder))


@pytest.mark.parametrize("program", ["sh", *RUNNABLE])
@pytest.mark.parametrize("name", ["a b$(touch OWNED)'x", "`touch OWNED`;touch OWNED", '"&touch OWNED', "ü*?[~]{a,b}#"])
def test_a_hint_can_be_pasted(project, program, name):
    """Each is a command, and does what it says to this folder."""
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    home, folder = project
    place = folder.rename(folder.parent / name)
    ask(place, "prod\r\n")
    (place / ".warder").chmod(0o664)
    place.chmod(0o775)
    for words in ("others may write", "others may put files", "carriage return"):
        result = home.run("trust", place)
        assert words in result.err, result
        hint = result.err.splitlines()[1].removeprefix("hint: ")
        subprocess.run([program, "-c", hint], cwd=home.root, check=True, timeout=60, env=home.variables())
    home.good("trust", place)
    assert not list(home.root.rglob("OWNED"))


@pytest.mark.parametrize("length", range(395, 410))
def test_a_hint_is_not_cut_in_its_quotes(project, length):
    home, folder = project
    place = folder / ("'" * (length // 2)) / ("'" * (length - length // 2))
    place.mkdir(parents=True)
    ask(place, "prod\r\n")
    hint = home.run("trust", place).err.splitlines()[1].removeprefix("hint: ")
    assert len(shlex.split(hint)) == 4, hint


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket", "link", "dangling", "device", "proc"])
def test_what_is_no_plain_file_keeps_nobody_waiting(project, kind):
    home, folder = project
    path = folder / ".warder"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "socket":
        import socket

        here = os.open(folder, os.O_RDONLY)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{here}/.warder")
        os.close(here)
    elif kind == "device":
        if os.geteuid() != 0:
            pytest.skip("root is needed to make a device")
        try:
            os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
        except PermissionError:
            pytest.skip("devices cannot be made here")
    else:
        path.symlink_to({"link": folder / "real", "dangling": "nowhere", "proc": "/proc/self/environ"}[kind])
        (folder / "real").write_text("prod\n")
    entering(home, folder, timeout=30).failed(9, str(path))


# Other users


@pytest.fixture
def shared(project):
    """The project's home, given to a user who is not root, and how to run warder as that user."""
    if os.geteuid() != 0:
        pytest.skip("root is needed to be another user")
    home, folder = project
    user = home.as_ordinary_user()
    return home, folder, user


def test_an_ordinary_user_trusts_and_enters(shared):
    home, folder, user = shared
    untrusted_yet = entering(home, folder, **user)
    untrusted_yet.failed(3)
    home.good("trust", folder, **user)
    assert entering(home, folder / "deep", **user).out == f"prod\t{folder}/.warder\n"
    (record,) = [path for path in (home.data / "trusted").iterdir() if path.name != "lock"]
    assert (record.stat().st_mode & 0o777, record.stat().st_uid) == (0o600, ORDINARY)


def test_somebody_else_s_file_or_folder(shared):
    home, folder, user = shared
    home.good("trust", folder, **user)
    os.chown(folder / ".warder", SECOND, SECOND)
    entering(home, folder, **user).failed(9, str(SECOND))
    os.chown(folder / ".warder", ORDINARY, ORDINARY)
    os.chown(folder, SECOND, SECOND)
    entering(home, folder, **user).failed(9, str(SECOND))
    os.chown(folder, 0, 0)
    assert entering(home, folder, **user).code == 0
    os.chown(folder / ".warder", 0, 0)
    assert entering(home, folder, **user).code == 0


@pytest.fixture
def outside(shared):
    """A folder outside of the home that everybody reaches; pytest closes the one that its own stand in, whenever it starts."""
    home, _, _ = shared
    place = home.root.parent / (home.root.name + "-outside")
    place.mkdir(mode=0o755)
    yield place
    shutil.rmtree(place)


def test_what_somebody_else_put_above_rules_nobody(shared, outside):
    home, folder, user = shared
    above, mine = outside / "above", outside / "above/mine"
    mine.mkdir(parents=True)
    ask(above, "prod\n")
    os.chown(above, SECOND, SECOND)
    os.chown(above / ".warder", SECOND, SECOND)
    os.chown(mine, ORDINARY, ORDINARY)
    # Mine is mine: the way up ends at the folder that is not, and what stands in that one is seen and refused.
    entering(home, mine, **user).failed(9, str(SECOND))
    (mine / "below").mkdir()
    os.chown(mine / "below", SECOND, SECOND)
    assert entering(home, mine / "below", **user).code == 1


def test_outside_of_home_the_folder_is_trusted_like_any_other(shared, outside):
    home, _, user = shared
    (outside / "deep").mkdir()
    ask(outside, "prod\n")
    for path in [outside, *outside.rglob("*")]:
        os.chown(path, ORDINARY, ORDINARY)
    entering(home, outside / "deep", **user).failed(3)
    home.good("trust", outside, **user)
    assert entering(home, outside / "deep", **user).out == f"prod\t{outside}/.warder\n"


# Odd places


@pytest.mark.parametrize("name", ["a b", "é", "e\u0301", "$(touch ran)", "'", '"', "-x", "*", "\u202e", "a;b", "💼"])
def test_paths_of_every_kind(project, name):
    home, folder = project
    odd = folder / name
    odd.mkdir()
    ask(odd, "prod\n")
    home.good("trust", odd)
    trusted(home, odd, "prod")


@pytest.mark.parametrize("name", [b"a\nb", b"\x1b[2J", b"\xff"])
def test_paths_that_do_not_fit_a_line(project, name):
    home, folder = project
    odd = os.fsencode(folder) + b"/" + name
    os.mkdir(odd)
    with open(odd + b"/.warder", "w") as file:
        file.write("prod\n")
    result = home.run("folder", odd.decode(errors="surrogateescape"))
    if name == b"\xff":
        result = subprocess.run([WARDER, "folder"], cwd=odd, env=home.variables(), capture_output=True, text=True)
        assert (result.returncode, result.stdout) == (1, "") and "cannot be written down" in result.stderr
    else:
        result.failed(1, "cannot be written down")


def test_ten_thousand_levels(project):
    """Deeper than any path can be written down: what rules there is still found, and in time."""
    home, _ = project
    folder = home.runtime  # In memory, where so many are made quickly.
    ask(folder, "prod\n")
    home.good("trust", folder)
    before = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        for _ in range(10_000):
            os.mkdir("d", 0o755)
            os.chdir("d")
        command = [WARDER, "folder"]
        result = subprocess.run(command, env=home.variables(), capture_output=True, text=True, timeout=60)
        assert (result.returncode, result.stdout) == (0, f"prod\t{folder}/.warder\n"), result
    finally:
        os.fchdir(before)
        os.close(before)
        subprocess.run(["rm", "-rf", folder / "d"], check=True)


def test_a_folder_that_is_gone(project):
    home, folder = project
    gone = folder / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "{WARDER}" folder'
    result = subprocess.run(["sh", "-c", script], env=home.variables(), capture_output=True, text=True, timeout=60)
    assert result.returncode in (1, 3) and result.stdout == ""


def test_a_race_of_changes_gives_only_what_was_trusted(project):
    """Whoever replaces the file while it is looked at gets the trusted name used, or none."""
    home, folder = project
    home.good("trust", folder)
    stop = threading.Event()

    def swap():
        while not stop.is_set():
            for text in ("audit\n", "prod\n"):
                (folder / "new").write_text(text)
                os.rename(folder / "new", folder / ".warder")

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        results = [entering(home, folder) for _ in range(60)]
    finally:
        stop.set()
        thread.join()
    for result in results:
        assert result.out in ("", f"prod\t{folder}/.warder\n"), result
        assert result.code in (0, 3), result


def test_trust_from_many_at_once(project):
    home, folder = project
    processes = [home.start("trust", folder) for _ in range(16)]
    assert [process.wait(60) for process in processes] == [0] * 16
    for process in processes:
        process.communicate()
    trusted(home, folder, "prod")
    assert len([path for path in (home.data / "trusted").iterdir() if path.name != "lock"]) == 1


# The list


def test_the_list(project):
    home, folder = project
    assert json.loads(home.good("trust", "--list", "--json")) == []
    ask(folder / "deep", "audit\n")
    for place in [folder, folder / "deep", home.root]:
        ask(place, "prod\n")
        home.good("trust", place)
    ask(folder, "audit\n")
    (folder / "deep/.warder").unlink()
    rows = {row["path"]: (row["profile"], row["state"]) for row in json.loads(home.good("trust", "--list", "--json"))}
    assert rows == {
        f"{folder}/.warder": ("audit", "changed"), f"{folder}/deep/.warder": (None, "gone"),
        f"{home.root}/.warder": ("prod", "trusted"),
    }
    text = home.good("trust", "--list")
    assert "~/src/shop/.warder" in text and "changed" in text


def test_a_record_that_others_may_write_is_not_believed(project):
    home, folder = project
    home.good("trust", folder)
    (record,) = [path for path in (home.data / "trusted").iterdir() if path.name != "lock"]
    record.chmod(0o666)
    entering(home, folder).failed(9, str(record))


def test_folder_is_not_in_the_help(bare):
    assert not re.search(r"^  folder\s", bare.good("--help"), re.MULTILINE)
    assert "trust" in bare.good("--help")
