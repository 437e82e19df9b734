"""What people type, paste or download for a key: taken in every form that is clear, and never shown."""

import pytest
from home import exit_code, random_key

COLUMNS = "User name,Access key ID,Secret access key"


def at_terminal(home, *pieces, name="bob"):
    """What a terminal shows of an `add` that is given `pieces`, one for each question; its exit code."""
    terminal = home.terminal("add", name, "--no-verify", "--no-write-profile", passphrase=True)
    shown = ""
    for question, piece in pieces:
        terminal.expect(question)
        shown += terminal.before
        terminal.send(piece)
    shown += terminal.read()
    return shown, exit_code(terminal)


@pytest.mark.parametrize(
    "text",
    [
        "{0}\n{1}\n", "{0}\r{1}\r", "{0},{1}\n", "{0}\t{1}\n",
        "[bob]\naws_access_key_id = {0}\naws_secret_access_key = {1}\n",
        "aws_secret_access_key = {1}\naws_access_key_id = {0}\n",
        'export AWS_ACCESS_KEY_ID="{0}"\nexport AWS_SECRET_ACCESS_KEY="{1}"\n',
    ],
    ids=repr,
)
def test_both_in_one_paste(home, text):
    key = random_key()
    shown, code = at_terminal(home, ("access key id: ", text.format(*key)))
    assert code == 0 and home.stored()["bob"] == key, shown
    assert key[0] in shown and key[1] not in shown


def test_what_is_behind_the_key_goes_nowhere(home):
    key = random_key()
    shown, code = at_terminal(home, ("access key id: ", "\n{0}\n\n{1}\nrm -rf x\n".format(*key)))
    assert code == 0 and home.stored()["bob"] == key and "rm -rf" not in shown


def test_the_secret_in_place_of_the_id(home):
    """It is not echoed, and nothing is asked before that is said."""
    key = random_key()
    for text in (key[1] + "\n", f"{key[1]}\n{key[0]}\n", f"aws_access_key_id = {key[1]}\n"):
        shown, code = at_terminal(home, ("access key id: ", text))
        assert code == 8 and "a secret access key where its id belongs" in shown, shown
        assert key[1] not in shown and key[1][:8] not in shown and "secret access key: " not in shown
    assert "bob" not in home.stored()


def test_the_id_in_place_of_the_secret(home):
    key = random_key()
    shown, code = at_terminal(home, ("access key id: ", key[0] + "\n"), ("secret access key: ", key[0] + "\n"))
    assert code == 8 and "an access key id where the secret belongs" in shown and "bob" not in home.stored()
    result = home.run("add", "bob", "--stdin", "--no-verify", input=f"{key[0]}\n{key[0]}\n", passphrase=True)
    result.failed(8, "an access key id where the secret belongs")


def test_a_session_s_key_is_refused_before_its_secret(home):
    shown, code = at_terminal(home, ("access key id: ", "ASIA" + "A" * 16 + "\n"))
    assert code == 2 and "a session's" in shown and "secret access key: " not in shown
    text = "aws_access_key_id = {0}\naws_session_token = x\naws_secret_access_key = {1}\n".format(*random_key())
    assert at_terminal(home, ("access key id: ", text))[1] == 2


def test_the_terminal_is_as_it_was(home):
    """Whether the key was taken or refused, or the user left: what is typed is seen again."""
    for text in ("nonsense\n", "\x03", "\x04"):
        command = f"'{home.command()[0]}' add bob --no-verify; echo end; read -r x; echo got=$x"
        terminal = home.terminal(command=["bash", "--norc", "-c", f"trap : INT; {command}"])
        terminal.expect("access key id: ")
        terminal.send(text)
        terminal.expect("end\r\n")
        terminal.sendline("seen")
        terminal.expect("seen\r\ngot=seen")
        terminal.close()


def test_stopped_and_gone_on_with(home):
    """Ctrl-Z at the secret: the shell echoes, and what was given before is kept."""
    key = random_key()
    home.unlock()
    terminal = home.terminal(command=["bash", "--norc", "-i"], passphrase=True)
    terminal.sendline(f"PS1='>'; '{home.command()[0]}' add bob --no-verify --no-write-profile")
    terminal.expect("access key id: ")
    terminal.send(key[0] + "\r")
    terminal.expect("secret access key: ")
    terminal.send("\x1a")
    terminal.expect("Stopped")
    terminal.sendline("echo back")
    terminal.expect("\nback")
    terminal.sendline("fg")
    terminal.expect("secret access key: ")
    terminal.send(key[1] + "\r")
    terminal.expect("stored the key bob")
    terminal.close()
    assert home.stored()["bob"] == key


def test_named_lines_on_standard_input(home):
    key = random_key()
    text = '{{\n  "AccessKey": {{\n    "UserName": "bob",\n    "AccessKeyId": "{0}",\n    "SecretAccessKey": "{1}"\n}}}}'
    home.good("add", "bob", "--stdin", "--no-verify", input=text.format(*key), passphrase=True)
    assert home.stored()["bob"] == key


def test_the_seed_behind_named_lines(home):
    key = random_key()
    text = "aws_secret_access_key = {1}\naws_access_key_id = {0}\nJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n".format(*key)
    home.good("add", "bob", "--stdin", "--no-verify", "--totp", input=text, passphrase=True)
    assert home.stored()["bob"] == key
    assert home.good("list", "--json", passphrase=True).count("true") == 1


# The console's download


def csv(home, text, name="bob", **options):
    file = home.root / "keys of bob.csv"
    file.write_text(text, newline="")
    return home.run("add", name, "--csv", file, "--no-verify", passphrase=True, **options), file


def test_the_file_still_holds_the_secret(home):
    key = random_key()
    result, file = csv(home, COLUMNS + "\nbob,{0},{1}\n".format(*key))
    assert result.code == 0 and "still holds the secret in plain text" in result.err, result
    assert f"shred -u '{file}'" in result.err and key[1] not in result.err, result
    assert file.exists()


def test_no_file_that_could_stay(home):
    key = random_key()
    text = COLUMNS + "\nbob,{0},{1}\n".format(*key)
    result = home.run("add", "bob", "--csv", "/dev/stdin", "--no-verify", input=text, passphrase=True)
    assert result.code == 0 and "shred" not in result.err, result


def test_what_is_no_such_file(home):
    key = random_key()
    result, _ = csv(home, COLUMNS + "\nalice,{0},{1}\ncarol,{0},{1}\n".format(*key))
    result.failed(7, "alice, carol")
    assert key[1] not in result.err and "bob" not in home.stored()


# What stays of a key that is removed


def test_what_stays_is_said(home):
    home.add_profile("other", "warder_key = alice")
    home.add_profile("role", "warder_role_arn = arn:aws:iam::222222222222:role/x", "warder_source_profile = alice")
    line = home.config_file.read_text().splitlines().index("warder_key = alice") + 1
    before = home.config_file.read_bytes()
    result = home.run("remove", "alice", "--yes", passphrase=True)
    assert result.code == 0 and "deleted the key alice" in result.err, result
    assert f"the profile alice ({home.config_file}:1) still uses this key: delete the profile" in result.err, result
    assert f"the profile other ({home.config_file}:{line}) still uses this key: delete the profile" in result.err, result
    assert "profile role" not in result.err and "profile prod" not in result.err, result
    assert f"aws iam delete-access-key --access-key-id {home.key[0]}" in result.err, result
    assert home.config_file.read_bytes() == before


def test_a_config_that_cannot_be_read_keeps_no_key(home):
    home.config("[profile x\n")
    assert home.run("remove", "alice", "--yes", passphrase=True).code == 0
    assert home.stored() == {}


# No profile


@pytest.mark.parametrize("words", [["--", "true"], ["--", "sh", "-c", "exit 3"], ["--serve", "--", "true"]])
def test_exec_without_a_profile_says_the_form(working, words):
    command = words[words.index("--") + 1 :]
    shown = " ".join(f"'{word}'" if " " in word else word for word in command)
    working.run("exec", *words).failed(2, "no profile is named before --", f"warder exec PROFILE -- {shown}")
    # At a locked vault too, which would have to be opened to look for a key of that name.
    working.start_anew()
    working.run("exec", *words).failed(2, "no profile is named before --")


def test_exec_with_a_profile_that_is_not_there(working):
    working.run("exec", "absent", "--", "true").failed(7, "named absent")
