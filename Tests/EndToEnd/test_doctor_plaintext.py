"""Keys in plain text, as `warder doctor` finds them: each file, the command that mends it, and that
no command takes the only copy of a key away."""

import dataclasses
import hashlib
import json
import os
import subprocess
import time

import pytest
import recording_sts
from doctor import Case, cases, codes, examined, goes_through, mend
from home import ROLE, exit_code, random_key
from importing import pair

OTHER = random_key()


@pytest.fixture
def healthy(working):
    """A home with live sessions, whose store opens for a change."""
    working.lend_data_key()
    return working


def stored(home):
    return home.key


def unknown(home):
    return OTHER


def written(path, text, key=stored):
    """Writes a file below the home, in which `{id}` and `{secret}` are a key's."""

    def breaking(home):
        file = home.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        identifier, secret = key(home)
        content = text.replace("{id}", identifier).replace("{secret}", secret)
        file.write_bytes(content.encode())

    return breaking


def appended(path, text, key=unknown):
    def breaking(home):
        file = home.root / path
        identifier, secret = key(home)
        with file.open("a") as out:
            out.write(text.replace("{id}", identifier).replace("{secret}", secret))

    return breaking


def at_terminal(home):
    """Runs the printed command at a terminal, and says yes to what it asks."""
    (finding,) = examined(home)["findings"]
    path = {"PATH": f"{home.command()[0].rsplit('/', 1)[0]}:{home.environment['PATH']}"}
    terminal = home.terminal(command=["bash", "-c", finding["command"]], env=path)
    terminal.expect(r"\[y/N\] ")
    terminal.sendline("y")
    assert exit_code(terminal) == 0


def typed(home):
    """`warder add NAME` asks for the key; once that is stored, the printed command takes it away."""
    (finding,) = examined(home)["findings"]
    assert finding["command"] == "warder add imported"
    home.good("add", "default", "--stdin", input="\n".join(OTHER))
    (finding,) = examined(home)["findings"]
    mend(home, finding["command"])


EXPORTS = "export AWS_ACCESS_KEY_ID={id}\nexport AWS_SECRET_ACCESS_KEY='{secret}'\n"
PAIR = "aws_access_key_id = {id}\naws_secret_access_key = {secret}\n"
BLOCK = "if true; then\n  export AWS_ACCESS_KEY_ID={id}\n  export AWS_SECRET_ACCESS_KEY={secret}\nfi\n"
SWAP = "b0VIM 9\0\0\0\n\0aws_secret_access_key = {secret}\0aws_access_key_id = {id}\0"
JSON = '{"AccessKeyId": "{id}", "SecretAccessKey": "{secret}"}'
FISH = "set -gx AWS_ACCESS_KEY_ID {id}\nset -gx AWS_SECRET_ACCESS_KEY {secret}\n"
TYPED = "ls\naws configure set aws_access_key_id {id}\naws configure set aws_secret_access_key {secret}; ls\nls\n"


@cases(
    Case(
        "in the credentials file", written(".aws/credentials", f"[work]\n{PAIR}", unknown), "plaintext_key",
        ".aws/credentials:2", mends=at_terminal,
    ),
    Case(
        "in the config file", appended(".aws/config", f"\n[profile work]\nregion = eu-west-1\n{PAIR}"), "plaintext_key",
        ".aws/config:20", mends=at_terminal,
    ),
    Case(
        "where no profile has it", appended(".aws/config", f"\n[sso-session work]\nsso_region = eu-west-1\n{PAIR}"),
        "plaintext_key", ".aws/config:21",
    ),
    Case(
        "in a copy of the credentials file", written(".aws/credentials~", f"[alice]\n{PAIR}"), "plaintext_key_in_copy",
        ".aws/credentials~:3",
    ),
    Case(
        "a dated copy with the only copy of the key", written(".aws/credentials.2024-11-30", f"[work]\n{PAIR}", unknown),
        "plaintext_key_in_copy", ".aws/credentials.2024-11-30:3",
    ),
    Case(
        "an editor's swap file", written(".aws/.credentials.swp", SWAP), "plaintext_key_in_copy", ".credentials.swp",
    ),
    Case("an unsaved file of emacs", written(".aws/#config#", f"[x]\n{PAIR}"), "plaintext_key_in_copy", "#config#:3"),
    Case("a copy of a start-up file", written(".bashrc.bak", EXPORTS), "plaintext_key_in_copy", ".bashrc.bak:2"),
    Case("in a start-up file", written(".bashrc", f"# me\n{EXPORTS}"), "plaintext_key_at_start_up", ".bashrc:3"),
    Case(
        "in a start-up file alone", written(".zshrc", f"# me\n{EXPORTS}", unknown), "plaintext_key_at_start_up", ".zshrc:3",
    ),
    Case("all that a block does", written(".profile", BLOCK), "plaintext_key_at_start_up", ".profile:3"),
    Case("in fish's", written("config/fish/config.fish", FISH), "plaintext_key_at_start_up", "config.fish:2"),
    Case("typed earlier", written(".bash_history", TYPED), "plaintext_key_in_history", ".bash_history:3"),
    Case(
        "typed earlier, and nowhere else", written(".bash_history", TYPED, unknown), "plaintext_key_in_history",
        ".bash_history:3", mends=typed,
    ),
    Case("in .env here", written(".env", EXPORTS.replace("export ", "")), "plaintext_key_in_variables", ".env:2"),
    Case(
        "in .env.local here alone", written(".env.local", EXPORTS.replace("export ", ""), unknown),
        "plaintext_key_in_variables", ".env.local:2",
    ),
    Case(
        "in terraform's variables", written("a.auto.tfvars", 'access_key = "{id}"\nsecret_key = "{secret}"\n'),
        "plaintext_key_in_variables", "a.auto.tfvars:2",
    ),
    Case("in the CLI's cache", written(".aws/cli/cache/a.json", JSON), "plaintext_key_in_cache", "cli/cache/a.json:1"),
)
def test_a_key_in_plain_text(healthy, case):
    here = []

    def breaking(home):
        case.breaking(home)
        here.extend(key for key in (home.key, OTHER) if home.has_secret(key[1]))

    goes_through(healthy, dataclasses.replace(case, breaking=breaking))
    assert len(here) == 1 and healthy.has_secret(here[0][1]) == []
    # It was nowhere else, or was stored before.
    assert here[0] in healthy.stored().values()


KINDS = {
    "plaintext_key_at_start_up": [
        ".bash_profile", ".bash_login", ".bash_aliases", ".kshrc", ".zshenv", ".zprofile", ".zlogin",
        "config/environment.d/aws.conf", "config/nushell/env.nu"],
    "plaintext_key_in_history": [".zsh_history", ".zhistory", ".sh_history", ".python_history", ".viminfo"],
    "plaintext_key_in_cache": [".aws/boto/cache/a", ".aws/sso/cache/a", ".aws/cli/history/a"],
    "plaintext_key_in_variables": ["prod.env"],
}


@pytest.mark.parametrize("code, path", [(code, path) for code, paths in KINDS.items() for path in paths])
def test_each_file_is_searched(healthy, code, path):
    written(path, EXPORTS)(healthy)
    (finding,) = examined(healthy)["findings"]
    assert (finding["code"], finding["place"]) == (code, f"{healthy.root}/{path}:2"), finding
    mend(healthy, finding["command"])
    assert codes(examined(healthy)) == [] and healthy.has_secret(healthy.key[1]) == []


def test_lines_beside_the_key_stay(healthy):
    healthy.root.joinpath(".profile").write_text("a=1\n" + BLOCK.format(id=healthy.key[0], secret=healthy.key[1]) + "b=2\n")
    (finding,) = examined(healthy)["findings"]
    for _ in range(2):
        mend(healthy, finding["command"])
        assert healthy.root.joinpath(".profile").read_text() == "a=1\nif true; then\n  :\n  :\nfi\nb=2\n"
    assert subprocess.run(["sh", healthy.root / ".profile"]).returncode == 0


def test_only_the_secret_goes_from_a_line_with_more(healthy):
    history = healthy.root / ".bash_history"
    history.write_text(TYPED.format(id=healthy.key[0], secret=healthy.key[1]).replace("ls\n", "lß\n"))
    (finding,) = examined(healthy)["findings"]
    mend(healthy, finding["command"])
    assert history.read_text().splitlines()[2] == "aws configure set aws_secret_access_key REMOVED; lß"


def test_a_key_that_aws_refuses_stays_where_it_is(healthy, sts):
    text = EXPORTS.format(id=OTHER[0], secret=OTHER[1])
    healthy.root.joinpath(".bashrc").write_text(text)
    (finding,) = examined(healthy)["findings"]
    sts.always("GetCallerIdentity", recording_sts.denied)
    with pytest.raises(AssertionError):
        mend(healthy, finding["command"])
    assert healthy.root.joinpath(".bashrc").read_text() == text


def test_several_keys_of_a_file_one_after_the_other(healthy):
    """Each command is for the file as it is after the one before."""
    keys = [random_key() for _ in range(3)]
    path = healthy.root / ".aws/credentials.orig"
    path.write_text("".join(f"[p{number}]\n{pair(key)}" for number, key in enumerate([healthy.key, *keys])))
    for number in range(3):
        (finding,) = examined(healthy)["findings"]
        assert finding["message"].startswith(f"{4 - number} keys are stored in plain text" if number == 0 else "")
        mend(healthy, finding["command"])
    while examined(healthy)["findings"]:
        mend(healthy, examined(healthy)["findings"][0]["command"])
    assert {key for key in healthy.stored().values()} == {healthy.key, *keys}
    assert path.read_text().split() == ["[p0]", "[p1]", "[p2]", "[p3]"]


def test_while_locked_the_store_is_opened_first(healthy):
    """Whether it has the key cannot be seen."""
    written(".bashrc", EXPORTS)(healthy)
    healthy.good("lock")
    (finding,) = examined(healthy)["findings"]
    assert finding["command"] == "warder unlock"


def test_an_id_alone_is_no_copy(healthy):
    """The secret beside it is somewhere else alone."""
    identifier, secret = random_key()
    (healthy.root / ".aws/credentials").write_text(f"[work]\naws_access_key_id = {identifier}\n")
    (healthy.root / ".env").write_text(f"AWS_ACCESS_KEY_ID={identifier}\nAWS_SECRET_ACCESS_KEY={secret}\n")
    for finding in examined(healthy)["findings"]:
        if finding["code"] == "plaintext_key_in_variables":
            mend(healthy, finding["command"])
    assert (identifier, secret) in healthy.stored().values()


def test_what_was_not_searched_as_a_whole_stays(healthy):
    """A file that holds more than its beginning shows."""
    path = healthy.root / ".aws/backup.tar"
    first, second = (f"aws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n".encode()
                     for key in (healthy.key, random_key()))
    path.write_bytes(first + bytes(3_000_000) + second)
    (finding,) = [each for each in examined(healthy)["findings"] if each["place"].endswith("backup.tar")]
    assert finding["command"] == f"ls -l {path}"
    mend(healthy, finding["command"])
    assert path.read_bytes().endswith(second)


def test_a_line_that_has_changed_stays(healthy):
    """The command was printed for another one."""
    path = healthy.root / ".bash_history"
    path.write_text(f"ls\n{TYPED.format(id=healthy.key[0], secret=healthy.key[1])}")
    commands = [each["command"] for each in examined(healthy)["findings"]]
    text = "".join(f"echo a line of some length, number {number}, that is no secret at all\n" for number in range(9))
    path.write_text(text)
    for command in commands:
        mend(healthy, command)
    assert path.read_text() == text


def test_each_key_gets_a_name_of_its_own(healthy):
    keys = [random_key() for _ in range(2)]
    for name, (identifier, secret) in zip((".env", ".bashrc.bak"), keys):
        (healthy.root / name).write_text(f"AWS_ACCESS_KEY_ID={identifier}\nAWS_SECRET_ACCESS_KEY={secret}\n")
    (healthy.root / ".zshrc").write_text((healthy.root / ".env").read_text())
    for finding in examined(healthy)["findings"]:
        mend(healthy, finding["command"])
    assert set(keys) <= set(healthy.stored().values())
    report = examined(healthy)
    for finding in report["findings"]:
        assert "warder add" not in finding["command"], finding


def without_an_editor(home, command):
    """Runs a printed command; an editor that it opens changes nothing."""
    home.environment["EDITOR"] = "true"
    mend(home, command)


DOUBTS = {
    "two ids before two secrets": "KEY_A={a}\nKEY_B={b}\nSECRET_A={sa}\nSECRET_B={sb}\n",
    "two ids before one secret": "AWS_ACCESS_KEY_ID={a}\nAWS_ACCESS_KEY_ID={b}\nAWS_SECRET_ACCESS_KEY={sa}\n",
    "two secrets after one id": "AWS_ACCESS_KEY_ID={b}\nAWS_SECRET_ACCESS_KEY={sa}\nAWS_SECRET_ACCESS_KEY={sb}\n",
    "two other names": "B_AWS_ACCESS_KEY_ID={b}\nA_AWS_SECRET_ACCESS_KEY={sa}\n",
    "a comment": "# aws_access_key_id={b}\naws_secret_access_key={sa}\n",
    "a line between": "AWS_ACCESS_KEY_ID={b}\n\nAWS_SECRET_ACCESS_KEY={sa}\n",
}


@pytest.mark.parametrize("text", DOUBTS.values(), ids=DOUBTS)
def test_a_secret_that_could_be_another_keys_stays(healthy, text):
    """The store has the id beside it, and that says nothing of the secret."""
    a, b = random_key(), random_key()
    healthy.good("add", "b", "--stdin", input="\n".join(b))
    path = healthy.root / ".env"
    path.write_text(text.format(a=a[0], sa=a[1], b=b[0], sb=b[1]))
    (finding,) = examined(healthy)["findings"]
    line, = (number for number, line in enumerate(path.read_text().splitlines(), 1) if a[1] in line)
    assert finding["command"] == f"${{EDITOR:-vi}} +{line} {path}" and finding["place"] == f"{path}:{line}"
    without_an_editor(healthy, finding["command"])
    assert a[1] in path.read_text() and a not in healthy.stored().values()


def a_copy(home, first, second):
    """The same id with a secret in the credentials file and with one in a copy; the copy's path and finding."""
    (home.root / ".aws/credentials").write_text(f"[work]\n{pair(first)}")
    path = home.root / ".aws/credentials.bak"
    path.write_text(f"[work]\n{pair(second)}")
    (finding,) = (each for each in examined(home)["findings"] if each["code"] == "plaintext_key_in_copy")
    return path, finding


def test_a_copy_with_another_secret_is_stored_first(healthy):
    identifier, secret = random_key()
    path, finding = a_copy(healthy, (identifier, random_key()[1]), (identifier, secret))
    mend(healthy, finding["command"])
    assert (identifier, secret) in healthy.stored().values() and secret not in path.read_text()


def test_a_copy_with_another_secret_of_a_stored_key_stays(healthy):
    """One of the two secrets is not the key's, and the store does not say which."""
    identifier, secret = random_key()
    healthy.good("add", "work", "--stdin", input=f"{identifier}\n{random_key()[1]}")
    path, finding = a_copy(healthy, (identifier, random_key()[1]), (identifier, secret))
    assert finding["command"] == f"${{EDITOR:-vi}} +3 {path}"
    without_an_editor(healthy, finding["command"])
    assert secret in path.read_text()


def test_a_copy_of_what_import_takes_only_goes(healthy):
    key = random_key()
    path, finding = a_copy(healthy, key, key)
    mend(healthy, finding["command"])
    assert path.read_text().split() == ["[work]"] and healthy.has_secret(key[1]) == [healthy.root / ".aws/credentials"]
    assert key not in healthy.stored().values()


def test_a_credentials_file_that_is_a_link_is_no_copy(healthy):
    """Its path in the settings is another than the usual one."""
    key = random_key()
    file = healthy.root / "credentials"
    file.write_text(f"[work]\n{pair(key)}")
    (healthy.root / ".aws/credentials").symlink_to(file)
    healthy.environment["AWS_SHARED_CREDENTIALS_FILE"] = str(file)
    (finding,) = examined(healthy)["findings"]
    assert finding["command"] == "warder import work"


@pytest.mark.parametrize("order", ["below", "between"])
def test_another_command_for_the_file_harms_no_other_line(healthy, order):
    """Moving a repeated section's settings shifts the lines between, and none below."""
    lines = f"role_arn = {ROLE.replace('Admin', 'AdministratorAccess')}\n{pair(healthy.key)}"
    parts = ["[profile a]\nregion = x\n", "[profile a]\noutput = y\n", f"[services s]\n{lines}"]
    if order == "between":
        parts[1:] = reversed(parts[1:])
    with (healthy.root / ".aws/config").open("a") as config:
        config.write("\n" + "".join(parts))
    wanted = ("repetition", "plaintext_key")
    found = sorted((each["code"], each["command"]) for each in examined(healthy)["findings"] if each["code"] in wanted)
    assert [code for code, _ in found] == sorted(wanted)
    for code, command in reversed(found):
        mend(healthy, command)
    text = (healthy.root / ".aws/config").read_text()
    assert "AdministratorAccess\n" in text and "output = y" in text
    assert (healthy.key[0] in text) == (healthy.key[1] in text) == (order == "between"), text
    for finding in examined(healthy)["findings"]:
        if finding["code"] == "plaintext_key":
            mend(healthy, finding["command"])
    assert healthy.has_secret(healthy.key[1]) == []


def test_a_folder_whose_name_is_not_utf_8(healthy):
    folder = os.fsencode(healthy.root) + b"/a\xff b"
    os.mkdir(folder)
    path = folder + b"/.env"
    with open(path, "w") as file:
        file.write(PAIR.format(id=healthy.key[0], secret=healthy.key[1]))
    there = ["env", "-C", os.fsdecode(folder)]
    (finding,) = examined(healthy, prefix=there)["findings"]
    assert (finding["code"], finding["place"]) == ("plaintext_key_in_variables", "./.env:2")
    mend(healthy, finding["command"], there)
    assert codes(examined(healthy, prefix=there)) == [] and open(path).read().strip() == ""


@pytest.mark.parametrize("path", [b".aws/credentials.bak\xff", b".env.\xff", b".bashrc.\xff"])
def test_names_that_are_not_utf_8_are_noted(healthy, path):
    written(os.fsdecode(path), EXPORTS)(healthy)
    (note,) = [each for each in examined(healthy)["notes"] if each["code"] == "searched_in_part"]
    assert note["place"] == str((healthy.root / os.fsdecode(path)).parent)
    assert note["message"].endswith("it passed over names here that are not UTF-8")


# What is none, or needs no mending


@dataclasses.dataclass
class Quiet:
    name: str
    breaking: object
    notes: tuple = ()


SESSION = f"aws_access_key_id = ASIA{'A' * 16}\naws_secret_access_key = {OTHER[1]}\naws_session_token = x\n"


def fifo(home):
    for name in (".bashrc", ".env", ".aws/credentials.bak"):
        os.mkfifo(home.root / name)
    (home.root / ".zshrc").symlink_to("/dev/zero")
    (home.root / ".profile").symlink_to("nowhere")


def crowded(home):
    folder = home.root / ".aws/cli/cache"
    folder.mkdir(parents=True)
    for number in range(5000):
        (folder / f"{number}.json").touch()


@cases(
    Quiet("AWS's own example", written(".bashrc", EXPORTS.replace("{secret}", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))),
    Quiet("an id alone", written(".bashrc", "export AWS_ACCESS_KEY_ID={id}\n")),
    Quiet("a digest", written(".bash_history", f"git show {hashlib.sha1(b'').hexdigest()}  # {{id}}\n")),
    Quiet("another secret", written(".env", "CLIENT_SECRET={secret}\n", unknown)),
    Quiet("another service's key", written(".env", "STRIPE_SECRET_KEY={secret}\n", unknown)),
    Quiet("a session's", written(".bashrc", f"export AWS_ACCESS_KEY_ID=ASIA{'A' * 16}\n{EXPORTS.splitlines()[1]}\n")),
    Quiet("a session's without its id", written(".env", "AWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN=abc\n", unknown)),
    Quiet("a session in the credentials file", written(".aws/credentials", f"[s]\n{SESSION}"), ("plaintext_session",)),
    Quiet("a program's own", written(".s3cfg", "access_key = {id}\nsecret_key = {secret}\n"), ("program_with_key",)),
    Quiet("pipes, devices and broken links", fifo),
    Quiet("a folder of 5000 files", crowded),
    Quiet("a history of 3 MiB", written(".bash_history", "ls -l /usr/lib\n" * 210_000), ("searched_in_part",)),
)
def test_nothing_is_made_of_it(healthy, case):
    case.breaking(healthy)
    before = time.monotonic()
    report = examined(healthy, timeout=10)
    assert time.monotonic() - before < 5
    assert codes(report) == [], report
    assert {note["code"] for note in report["notes"]} >= set(case.notes), report


def test_no_secret_and_no_id_is_shown(healthy):
    for path, text in [(".bashrc", EXPORTS), (".bash_history", TYPED), (".env", JSON), (".aws/config~", PAIR)]:
        written(path, text, unknown)(healthy)
    appended(".aws/credentials", f"[work]\n{PAIR}")(healthy)
    for output in (healthy.run("doctor").out, json.dumps(examined(healthy))):
        assert output.count("plain text") >= 5
        for part in (*OTHER, OTHER[1][:16], OTHER[1][-16:], OTHER[0][-8:]):
            assert part not in output


def test_of_one_profile_only_its_own_and_what_all_share(healthy):
    appended(".aws/credentials", f"[work]\n{PAIR}")(healthy)
    written(".env", EXPORTS)(healthy)
    assert {"plaintext_key", "plaintext_key_in_variables"} <= set(codes(examined(healthy, "work")))
    assert codes(examined(healthy, "prod")) == ["plaintext_key_in_variables"]
