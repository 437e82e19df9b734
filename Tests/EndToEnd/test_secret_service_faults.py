"""A Secret Service that misbehaves in each way that one can, and its dialogs."""

import re
import time

import pytest
from home import random_key
from secret_service import answered, stored_keys
from stores import LIBSECRET, LIMIT, add_key, asked, lines

# What it does, and the exit code where it was met
FAULTS = {
    "crashes at the search": ("crash=SearchItems", 3),
    "crashes at the secret": ("crash=GetSecret", 3),
    "crashes at the session": ("crash=OpenSession", 3),
    "crashes at the writing": ("crash=CreateItem", 3),
    "crashes after the writing": ("late-crash=CreateItem", 3),
    "crashes at the removing": ("crash=Delete", 3),
    "hangs at a property": ("hang=Properties.Get", 3),
    "hangs at its properties": ("hang=Properties.GetAll", 3),
    "crashes at the overwriting": ("crash=SetSecret", 3),
    "crashes after the overwriting": ("late-crash=SetSecret", 3),
    "hangs at the overwriting": ("hang=SetSecret", 3),
    "refuses the overwriting": ("error=SetSecret:AccessDenied", 1),
    "garbage at the overwriting": ("garbage=SetSecret", 1),
    "crashes at the label": ("crash=Properties.Set", 3),
    "garbage at a property": ("garbage=Properties.Get", 1),
    "garbage at its properties": ("garbage=Properties.GetAll", 1),
    "refuses a property": ("error=Properties.Get:AccessDenied", 1),
    "refuses the default collection": ("error=ReadAlias:AccessDenied", 1),
    "garbage for the default collection": ("garbage=ReadAlias", 1),
    "hangs at the session": ("hang=OpenSession", 3),
    "hangs at the search": ("hang=SearchItems", 3),
    "hangs at the secret": ("hang=GetSecret", 3),
    "hangs at the writing": ("hang=CreateItem", 3),
    "hangs at the removing": ("hang=Delete", 3),
    "refuses the search": ("error=SearchItems:AccessDenied", 1),
    "refuses the secret": ("error=GetSecret:AccessDenied", 1),
    "refuses the writing": ("error=CreateItem:AccessDenied", 1),
    "refuses the removing": ("error=Delete:AccessDenied", 1),
    "cannot do the search": ("error=SearchItems:UnknownMethod", 1),
    "says locked at the secret": ("error=GetSecret:IsLocked", 3),
    "says locked at the writing": ("error=CreateItem:IsLocked", 3),
    "garbage at the session": ("garbage=OpenSession", 1),
    "garbage at the search": ("garbage=SearchItems", 1),
    "garbage at the secret": ("garbage=GetSecret", 1),
    "garbage at the writing": ("garbage=CreateItem", 1),
    "garbage at the removing": ("garbage=Delete", 1),
    "nothing at the search": ("empty=SearchItems", 1),
    "no session to be had": ("error=OpenSession:NotSupported", 1),
}
COMMANDS = {
    "process": ["process", "itself"],
    "add": ["add", "bob", "--stdin", "--no-verify"],
    "replace": ["add", "alice", "--replace", "--stdin", "--no-verify"],
    "remove": ["remove", "alice", "--yes"],
    "list": ["list"],
}
# Who cannot do without a call, whatever the version of libsecret: there the fault is met for certain.
CALLS = {
    "SearchItems": COMMANDS.keys(),
    "OpenSession": {"process", "add", "replace"},
    "CreateItem": {"add"},
    "SetSecret": {"replace"},
    "Delete": {"remove"},
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_an_error_and_loses_nothing(faulty, fault, command):
    key, (how, code) = random_key(), FAULTS[fault]
    kept = {"alice": faulty.key}
    after = {"add": kept | {"bob": key}, "replace": {"alice": key}, "remove": {}}.get(command, kept)
    faulty.service.start(how)
    started = time.monotonic()
    result = faulty.run(*COMMANDS[command], input=lines(key), timeout=40)
    taken = time.monotonic() - started
    call = how.split("=")[1].split(":")[0]
    met = call in faulty.service.calls()
    assert met or command not in CALLS.get(call, ())
    if command == "list":
        assert result.code == 0 and "itself" in result.out, result
        assert not met or result.err.startswith("warder: "), result
        assert taken < 5
    elif met:
        assert result.code == code and result.out == "", result
        assert [line.split(" ")[0] for line in result.err.splitlines()][-2:] == ["warder:", "hint:"], result
        assert command != "process" or taken < LIMIT
    else:
        assert result.code == 0, result
    for secret in (key[1], faulty.key[1]):
        assert secret not in result.err and (command == "process" or secret not in result.out)
    stored = stored_keys(faulty.service)
    assert stored in ((kept, after) if result.code else (after,)), result
    # Well again, all that it holds is read.
    faulty.service.start()
    assert asked(faulty, "itself").code == (0 if "alice" in stored else 7)


@pytest.mark.parametrize(
    "how, codes",
    [
        ("secret=empty", (9,)), ("secret=wrong", (9,)), ("secret=binary", (9,)), ("secret=mangled", (9,)),
        ("secret=huge", (9,)), ("vanish", (1, 7)), ("error=GetSecret:NoSuchObject", (1, 7)), ("no-session", (1,)),
        ("slow=0.4", (3,)),
    ],
)
def test_a_secret_that_is_not_what_was_stored(faulty, how, codes):
    faulty.service.start(how)
    started = time.monotonic()
    result = faulty.run("process", "itself")
    assert time.monotonic() - started < LIMIT
    result.failed(result.code)
    assert result.code in codes
    assert stored_keys(faulty.service) == {"alice": faulty.key}
    faulty.service.start()
    assert asked(faulty, "itself").code == 0


UNREADABLE = ["secret=empty", "secret=wrong", "secret=binary", "vanish", "error=GetSecret:NoSuchObject"]


@pytest.mark.parametrize("how", UNREADABLE)
def test_a_session_cache_key_that_is_none_is_not_used(faulty, sts, how):
    """Least of all is another one made in its place: that would lose the sessions."""
    faulty.good("refresh", "prod", "--mfa-code", "123456")
    before = faulty.service.items("SessionCacheKey")
    faulty.start_anew()
    faulty.service.start(how)
    result = faulty.run("process", "prod")
    assert result.code in (1, 3, 7, 9) and result.out == "", result
    assert faulty.service.items("SessionCacheKey") == before
    faulty.service.start()
    sts.requests.clear()
    assert asked(faulty, "prod").code == 0
    assert sts.requests == []


def test_a_slow_one_is_waited_for_where_a_person_waits(faulty):
    key = random_key()
    faulty.service.start("slow=0.4")
    assert add_key(faulty, "bob", key).code == 0
    assert stored_keys(faulty.service) == {"alice": faulty.key, "bob": key}


def test_each_absence_has_a_message_of_its_own(faulty):
    messages = {}

    def note(what, result):
        assert result.code in (1, 3, 4), result
        messages[what] = result.err.splitlines()[0]

    note("no bus", faulty.run("process", "itself", env={"DBUS_SESSION_BUS_ADDRESS": ""}))
    for what, how in (
        ("hung", "hang=SearchItems"), ("crashed", "crash=SearchItems"), ("refused", "error=SearchItems:AccessDenied"),
        ("locked", "locked=dismiss"), ("garbage", "garbage=SearchItems"),
    ):
        faulty.service.start(how)
        note(what, asked(faulty, "itself"))
    faulty.service.start("locked=dismiss")
    note("dismissed", add_key(faulty, "bob", random_key()))
    faulty.service.kill()
    note("no service", asked(faulty, "itself"))
    assert len(set(messages.values())) == len(messages), messages


# Dialogs


@pytest.mark.parametrize("outcome", ["accept", "dismiss", "never", "crash", "rude"])
@pytest.mark.parametrize("profile", ["itself", "prod"])
def test_process_never_causes_a_dialog(faulty, outcome, profile):
    faulty.start_anew()
    faulty.service.start(f"locked={outcome}")
    asked(faulty, profile).failed(3, "locked")
    assert "Prompt" not in faulty.service.calls()


@pytest.mark.parametrize("how", [["list"], ["status"], ["process", "prod"], ["store"]])
def test_nor_does_anything_that_only_looks(faulty, how):
    faulty.start_anew()
    faulty.service.start("locked=accept")
    faulty.run(*how)
    assert not {"Prompt", "Unlock"} & set(faulty.service.calls())


@pytest.mark.parametrize("command", ["add", "remove", "unlock"])
def test_a_dialog_is_announced_and_answered(faulty, command):
    faulty.start_anew()
    faulty.service.start("locked=accept")
    key = random_key()
    arguments = COMMANDS.get(command, [command])
    result = faulty.run(*arguments, input=lines(key))
    assert result.code == 0 and result.err.startswith("warder: "), result
    assert "Prompt" in faulty.service.calls()
    expected = {"add": {"alice": faulty.key, "bob": key}, "remove": {}, "unlock": {"alice": faulty.key}}
    assert stored_keys(faulty.service) == expected[command]


@pytest.mark.parametrize("command", ["add", "remove", "unlock"])
def test_a_dialog_that_is_dismissed(faulty, command):
    faulty.start_anew()
    faulty.service.start("locked=dismiss")
    result = faulty.run(*COMMANDS.get(command, [command]), input=lines(random_key()))
    assert result.code == 4 and result.out == "", result
    assert "dismissed" in result.err, result
    assert stored_keys(faulty.service) == {"alice": faulty.key}


@pytest.mark.parametrize("command", ["add", "remove", "unlock"])
@pytest.mark.parametrize("how", ["option", "variable"])
def test_with_no_prompt_there_is_no_dialog(faulty, command, how):
    faulty.start_anew()
    faulty.service.start("locked=accept")
    arguments, env = (["--no-prompt"], {}) if how == "option" else ([], {"WARDER_NO_PROMPT": "1"})
    result = faulty.run(*COMMANDS.get(command, [command]), *arguments, input=lines(random_key()), env=env)
    result.failed(3, "locked")
    assert "Prompt" not in faulty.service.calls()
    assert stored_keys(faulty.service) == {"alice": faulty.key}


def test_a_dialog_that_nobody_answers_can_be_left(faulty):
    """Ctrl-C, while the dialog is open."""
    faulty.service.start("locked=never")
    process = faulty.start("remove", "alice", "--yes")
    deadline = time.monotonic() + 20
    while "Prompt" not in faulty.service.calls() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "Prompt" in faulty.service.calls()
    process.terminate()
    assert process.wait(5) != 0
    process.communicate()
    assert stored_keys(faulty.service) == {"alice": faulty.key}


def test_a_service_without_a_default_collection(mocked):
    mocked.service.start("no-default")
    result = add_key(mocked, "alice", mocked.key, *LIBSECRET)
    assert result.code in (1, 3) and re.search("keyring|collection", result.err, re.I), result
    assert mocked.service.items() == []
    # Without being told, the vault is taken.
    assert add_key(mocked, "alice", mocked.key, passphrase=True).code == 0
    assert mocked.stored() == {"alice": mocked.key}


def test_a_collection_is_made_where_the_user_agrees(mocked):
    mocked.service.start("create=accept")
    assert add_key(mocked, "alice", mocked.key, *LIBSECRET).code == 0
    assert stored_keys(mocked.service) == {"alice": mocked.key}


def test_a_collection_that_the_user_does_not_want(mocked):
    mocked.service.start("create=dismiss")
    result = add_key(mocked, "alice", mocked.key, *LIBSECRET)
    assert result.code == 4, result
    assert mocked.service.items() == []


# An item that another program replaces meanwhile


@pytest.mark.parametrize("call", ["GetSecret", "Properties.Get"])
def test_a_key_that_is_replaced_between_search_and_get_is_found(faulty, call):
    faulty.service.start(f"move={call}:2")
    result = asked(faulty, "itself")
    assert result.code == 0, result
    assert faulty.key[1] in result.out
    assert faulty.service.calls().count("SearchItems") >= 3


def test_keys_that_are_replaced_while_they_are_listed_are_shown(faulty):
    faulty.service.start("move=Properties.GetAll:1")
    assert faulty.key[0] in answered(faulty, "list").out


@pytest.mark.parametrize("call", ["SetSecret", "Properties.Set"])
def test_a_key_that_is_replaced_while_it_is_written_is_written(faulty, call):
    faulty.service.start(f"move={call}:1")
    key = random_key()
    result = answered(faulty, "add", "alice", "--replace", "--stdin", "--no-verify", input=lines(key))
    assert result.code == 0, result
    assert stored_keys(faulty.service)["alice"] == key


def test_a_key_that_is_replaced_while_it_is_removed_is_removed(faulty):
    faulty.service.start("move=Delete:1")
    result = answered(faulty, "remove", "alice", "--yes")
    assert result.code == 0, result
    assert "alice" not in stored_keys(faulty.service)


# No display


def test_a_locked_keyring_where_there_is_no_display(faulty):
    """Over SSH: its dialog comes up nowhere, and is said to be dismissed."""
    faulty.service.start("locked=dismiss")
    faulty.start_anew()
    mentions = ("locked", "no display", "gnome-keyring-daemon --unlock", "warder store move --to file")
    asked(faulty, "itself").failed(3, *mentions)
    result = answered(faulty, "refresh", "itself")
    assert result.code == 4 and all(mention in result.err for mention in mentions), result
    # At the desktop the hint is to look there.
    result = answered(faulty, "process", "itself", env={"DISPLAY": ":99"})
    assert result.code == 3 and "no display" not in result.err, result
