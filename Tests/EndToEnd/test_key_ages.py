"""How old a key is, and what is said of one that is due: `status`, `list`, and `refresh --all` in the morning."""

import json
import re

import pytest
import recording_sts
import vault_v1 as v1
from home import random_key

DAY = 86400
COMMANDS = ["status", "list"]


@pytest.fixture
def aged(bare, sts):
    """Makes an unlocked vault with keys of these ages, in days."""

    def make(**days):
        bare.endpoint(sts.url)
        bare.add_vault(**{name: random_key() for name in days})
        vault = bare.read_vault()
        records = []
        for key in vault.access_keys():
            created = key["created_at"] - days[key["name"]] * DAY - 60
            records.append(v1.access_key_record(key | {"created_at": created}))
        vault.records = [record for record in vault.records if record[0] != v1.ACCESS_KEY] + records
        bare.vault.write_bytes(v1.write(vault))
        bare.add_profiles()
        bare.lend_data_key()
        bare.unlock()
        return bare

    return make


def said(home, command):
    result = home.run(command)
    assert result.code == 0, result
    return result.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_key_that_is_due_is_named_with_the_command(aged, command):
    home = aged(alice=412, bob=89)
    assert said(home, command) == "warder: the key alice is 412d old: warder rotate alice\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_several_are_one_line(aged, command):
    home = aged(alice=90, bob=200, carol=3)
    assert said(home, command) == "warder: the keys alice and bob are over 90d old: warder rotate alice bob\n"


def test_many_are_counted(aged):
    home = aged(**{f"key{number}": 100 for number in range(5)})
    assert said(home, "list") == "warder: 5 keys are over 90d old: warder rotate\n"


@pytest.mark.parametrize("setting, line", [
    ("off", ""), ("500d", ""), ("30d", "warder: the keys alice and bob are over 30d old: warder rotate alice bob\n"),
])
def test_the_age_is_a_setting(aged, setting, line):
    home = aged(alice=412, bob=40)
    home.settings(f"[warder]\nrotate_after = {setting}\n")
    for command in COMMANDS:
        assert said(home, command) == line


def test_list_has_a_column(aged):
    home = aged(alice=412, bob=0)
    rows = [line.split() for line in home.good("list").splitlines()]
    assert rows[0][:3] == ["NAME", "KEY", "AGE"]
    ages = {row[0]: row[2:3] for row in rows[1:]}
    assert ages["alice"] == ["412d"] and re.fullmatch(r"1m|\d+s", ages["bob"][0])


def test_json_says_it_for_each_key(aged):
    home = aged(alice=412, bob=5)
    listed = json.loads(home.good("list", "--json"))["entries"]
    told = json.loads(home.good("status", "--json"))["keys"]
    for entries in (listed, told):
        found = {entry["name"]: (entry["age_days"], entry["due"]) for entry in entries if entry["access_key_id"]}
        assert found == {"alice": (412, True), "bob": (5, False)}
        stored = [entry["stored"] for entry in entries if entry["stored"]]
        assert len(stored) == 2 and all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", time) for time in stored)
    assert [entry["due"] for entry in listed if not entry["access_key_id"]] == [None, None]
    # What reads JSON reads `due`.
    assert home.run("list", "--json").err == home.run("status", "--json").err == ""


def test_while_locked_nothing_is_known(aged):
    home = aged(alice=412)
    home.good("lock")
    assert "old" not in said(home, "list") + said(home, "status")


def test_refresh_all_says_it_once_at_its_end(aged):
    home = aged(alice=412, bob=100)
    result = home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 0, result
    due = "warder: the keys alice and bob are over 90d old: warder rotate alice bob"
    lines = result.err.splitlines()
    assert lines[-1] == due and result.err.count("old: ") == 1 and result.err.count("good for") == 3
    # A single profile is a program's matter too: it says nothing.
    assert "old" not in home.run("refresh", "alice").err


def test_refresh_all_says_it_where_a_profile_failed_too(aged, sts):
    home = aged(alice=412)
    sts.always("AssumeRole", recording_sts.denied)
    result = home.run("refresh", "--all", "--mfa-code", "123456")
    assert result.code == 5
    assert result.err.splitlines()[-1] == "warder: the key alice is 412d old: warder rotate alice"


def test_a_rotated_key_is_young(rotation):
    rotation.home.unlock()
    assert "warder rotate alice" in said(rotation.home, "list")
    rotation.good()
    assert "rotate" not in said(rotation.home, "list") + said(rotation.home, "status")
