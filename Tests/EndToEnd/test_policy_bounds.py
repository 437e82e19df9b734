"""What the bounds of `/etc/warder/config` shorten, and what goes on under rules that forbid what there is."""

import calendar
import json
import time

import pytest
from aging import age
from home import MFA, PASSPHRASE, ROLE, random_key
from ruled import PATH, Machine, Ruled, missing
from stores import FileStore, add_key_profile, lines
from test_totp import add_seed, random_seed

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")
CODE = ["--mfa-code", "123456"]


@pytest.fixture
def machine(tmp_path):
    tmp_path.chmod(0o755)
    return Machine(tmp_path / "etc")


@pytest.fixture
def ruled(unlocked, machine):
    """A home whose session cache is unlocked, on a machine without rules so far."""
    return Ruled(unlocked, machine)


def until(end):
    """How long it is until then, in seconds."""
    return calendar.timegm(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) - time.time()


def left(text):
    """How long credentials last from now, in seconds."""
    return until(json.loads(text)["Expiration"])


def explained(ruled, profile, **options):
    return json.loads(ruled.good("explain", profile, "--json", **options))


def rules(ruled, profile, **options):
    return {rule["name"]: rule["effect"] for rule in explained(ruled, profile, **options).get("rules", [])}


def asked_for(sts, action):
    return sts.only(action).parameters.get("DurationSeconds")


# max_session_duration


@pytest.mark.parametrize("rule, lines, action, asked", [
    ("2h", [], "GetSessionToken", "7200"),
    ("2h", ["warder_session_duration = 36h"], "GetSessionToken", "7200"),
    ("2h", ["warder_session_duration = 1h"], "GetSessionToken", "3600"),
    ("36h", [], "GetSessionToken", "43200"),
    ("30m", [f"warder_role_arn = {ROLE}"], "AssumeRole", "1800"),
    ("30m", [f"warder_role_arn = {ROLE}", "duration_seconds = 3600"], "AssumeRole", "1800"),
    ("30m", [f"warder_role_arn = {ROLE}", "duration_seconds = 900"], "AssumeRole", "900"),
    ("2h", [f"warder_role_arn = {ROLE}"], "AssumeRole", None),
    ("2h", [f"warder_role_arn = {ROLE}", "warder_duration_seconds = 43200"], "AssumeRole", "7200"),
    # With the bound the role needs no code of its own: it is assumed with the session, as one of an hour is.
    ("1h", [f"warder_role_arn = {ROLE}", "duration_seconds = 43200"], "AssumeRole", "3600"),
])
def test_what_is_asked_of_sts(ruled, sts, rule, lines, action, asked):
    ruled.home.add_profile("p", "warder_key = alice", *lines)
    ruled.rule(f"max_session_duration = {rule}")
    answer = ruled.good("process", "p", passphrase=True)
    assert asked_for(sts, action) == asked
    assert left(answer) <= max(int(asked or 3600), 900) + 5


def test_what_explain_says_of_it(ruled):
    ruled.rule("max_session_duration = 30m")
    explanation = explained(ruled, "prod")
    session, role = explanation["steps"][1:]
    for step in (session, role):
        assert step["parameters"]["duration_seconds"] == "1800", step
        assert step["origin"]["duration_seconds"] == f"{PATH}:2", step
    rule = {"name": "max_session_duration", "value": "30m", "origin": f"{PATH}:2"}
    assert explanation["rules"] == [
        rule | {"effect": "the session lasts 30m at most, not 12h"},
        rule | {"effect": "the role of prod lasts 30m at most, not 1h"},
    ]
    text = ruled.good("explain", "prod")
    assert f"rule: max_session_duration = 30m ({PATH}:2): the role of prod lasts 30m at most, not 1h\n" in text
    ruled.rule("max_session_duration = 12h")
    assert "rules" not in explained(ruled, "prod")


def test_a_session_of_before_is_not_served_past_the_bound(ruled, sts):
    """Those that were asked for with a longer life are not found any more."""
    ruled.good("process", "prod", *CODE, passphrase=True)
    sts.requests.clear()
    ruled.good("process", "prod")
    assert sts.requests == []
    ruled.rule("max_session_duration = 20m")
    ruled.run("process", "prod").failed(3, "no cached session for prod lasts")
    ruled.rule("max_session_duration = 12h")
    ruled.good("process", "prod")


def test_another_programs_session_ends_at_the_bound(ruled):
    """It cannot be asked to end sooner: it is given out as if it did, and asked for again then."""
    bare = ruled.home
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 30_000))
    count = bare.root / "count"
    bare.add_profile("p", f'warder_credential_process = echo >> {count}; echo \'{{"Version":1,"AccessKeyId":"ASIAP",'
                          f'"SecretAccessKey":"x","SessionToken":"t","Expiration":"{end}"}}\'')

    def runs():
        return len(count.read_text().splitlines())

    assert 29_000 < left(ruled.good("process", "p")) and runs() == 1
    ruled.rule("max_session_duration = 1h")
    # What was made before the rule is served as long as it is younger than the bound, and ends then.
    assert 3500 < left(ruled.good("process", "p")) <= 3600 and runs() == 1
    assert 3500 < until(json.loads(ruled.good("status", "--json"))["sessions"][0]["expiration"]) <= 3600
    age(bare, 3000)
    assert 3500 < left(ruled.good("process", "p")) <= 3600 and runs() == 2
    assert 3500 < left(ruled.good("process", "p")) <= 3600 and runs() == 2


def test_exec_serve_ends_at_the_bound(ruled):
    ruled.rule("max_session_duration = 30m")
    fetch = 'curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" "$AWS_CONTAINER_CREDENTIALS_FULL_URI"'
    answer = ruled.good("exec", "--serve", "prod", *CODE, "--", "sh", "-c", fetch, passphrase=True)
    assert 0 < left(answer) <= 1800


# max_unlock_time, rotate_after, log: settings


def test_how_long_it_stays_unlocked(ruled):
    ruled.home.settings("[warder]\nunlock_time = 10h\n")
    ruled.good("lock")
    ruled.rule("max_unlock_time = 2h")
    assert "unlocked for 2h" in ruled.run("unlock", passphrase=True).err
    assert rules(ruled, "prod")["max_unlock_time"] == "what is unlocked stays so for 2h, not 10h"
    ruled.home.settings("[warder]\nunlock_time = 1h\n")
    assert "unlocked for 1h" in ruled.run("unlock", passphrase=True).err
    assert rules(ruled, "prod") == {}
    assert "for 1h 30m" in ruled.run("unlock", "--for", "90m", passphrase=True).err


def expiry(home, kind):
    """How long a key still lies in the kernel's keyring, in seconds, as the kernel says."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    for line in open("/proc/keys"):
        words = line.split()
        if words[7] == "user" and f":{kind}:{home.read_vault().identifier.hex()}" in words[8]:
            return int(words[3][:-1]) * units[words[3][-1]]
    return None


def test_what_was_unlocked_before_ends_at_the_bound(ruled):
    ruled.good("process", "prod", *CODE, passphrase=True)
    ruled.good("unlock", "--for", "20h", passphrase=True)
    ruled.good("unlock", "--keys", "--for", "20h", passphrase=True)
    kinds = ("session-cache", "vault-key")
    assert [expiry(ruled.home, kind) > 60_000 for kind in kinds] == [True, True]
    ruled.rule("max_unlock_time = 1h")
    add_key_profile(ruled.home, "raw", "alice")
    # The first look makes it shorter, and none after that longer again.
    ruled.good("process", "prod")
    ruled.good("process", "raw")
    assert [expiry(ruled.home, kind) <= 3600 for kind in kinds] == [True, True]
    time.sleep(1.1)
    ruled.good("process", "raw")
    assert [expiry(ruled.home, kind) < 3600 for kind in kinds] == [True, True]


def test_keys_that_were_unlocked_before_they_may_not_be(ruled):
    add_key_profile(ruled.home, "raw", "alice")
    ruled.good("unlock", "--keys", "--for", "1h", passphrase=True)
    ruled.good("process", "raw")
    ruled.rule("allow_unlock_keys = false")
    ruled.run("process", "raw").failed(3)
    ruled.good("process", "raw", passphrase=True)
    assert explained(ruled, "raw")["prompts"]
    ruled.good("lock")


def test_no_hint_tells_to_unlock_keys_that_may_not_be(ruled):
    add_key_profile(ruled.home, "raw", "alice")
    ruled.home.add_profile("direct", "warder_key = alice", "warder_session = off", f"warder_role_arn = {ROLE}")
    ruled.good("unlock", passphrase=True)
    for words in (["process", "raw"], ["process", "direct"], ["exec", "direct", "--", "true"], ["status"]):
        ruled.rule("log = on")
        result = ruled.run(*words)
        assert "warder unlock --keys" in result.out + result.err, result
        ruled.rule("allow_unlock_keys = false")
        result = ruled.run(*words)
        assert "--keys" not in result.out + result.err, result
        assert words == ["status"] or "in a terminal" in result.err, result
    ruled.good("lock")


def test_when_a_key_is_due(ruled):
    ruled.rule("rotate_after = 30d")
    assert rules(ruled, "prod")["rotate_after"] == "a key is due for rotation at 30d, not 90d"
    ruled.home.settings("[warder]\nrotate_after = off\n")
    assert rules(ruled, "prod")["rotate_after"] == "a key is due for rotation at 30d, not never"
    ruled.home.settings("[warder]\nrotate_after = 7d\n")
    assert rules(ruled, "prod") == {}


@pytest.mark.parametrize("days, rule, due", [(40, "30d", True), (40, "60d", False)])
def test_a_key_past_the_machines_age(bare, sts, machine, days, rule, due):
    bare.endpoint(sts.url)
    bare.settings("[warder]\nrotate_after = 3650d\n")
    bare.add_vault(age=days * 86_400)
    bare.add_profiles()
    bare.unlock()
    ruled = Ruled(bare, machine).rule(f"rotate_after = {rule}")
    assert ("warder rotate alice" in ruled.run("status").err) == due


def log_lines(ruled):
    file = ruled.home.state / "log"
    return len(file.read_text().splitlines()) if file.exists() else 0


def test_the_log_is_kept(ruled):
    ruled.good("process", "prod", *CODE, passphrase=True)
    ruled.home.settings("[warder]\nlog = off\n")
    before = log_lines(ruled)
    ruled.good("process", "prod")
    assert log_lines(ruled) == before
    ruled.rule("log = on")
    ruled.good("process", "prod")
    assert log_lines(ruled) == before + 1
    assert rules(ruled, "prod")["log"] == "the log is written, in spite of log = off"
    # A default is not a bound.
    ruled.machine.write("[warder]\nlog = off\n")
    ruled.home.settings("[warder]\n")
    ruled.good("process", "prod")
    assert log_lines(ruled) == before + 1
    ruled.home.settings("[warder]\nlog = on\n")
    ruled.good("process", "prod")
    assert log_lines(ruled) == before + 2


def test_a_refusal_is_in_the_log(ruled):
    add_key_profile(ruled.home, "raw", "alice")
    ruled.rule("require_mfa = true")
    ruled.run("process", "raw").failed(8)
    last = json.loads((ruled.home.state / "log").read_text().splitlines()[-1])
    assert last["event"] == "refused" and f"{PATH}:2" in json.dumps(last), last


# Rules that forbid what there is: what goes on


def test_with_a_code_all_is_well(ruled):
    ruled.rule("require_mfa = true")
    ruled.good("process", "prod", *CODE, passphrase=True)
    ruled.good("process", "alice")
    ruled.home.add_profile("long", f"warder_role_arn = {ROLE}", "warder_key = alice", "duration_seconds = 7200",
                           f"mfa_serial = {MFA}")
    ruled.good("process", "long", "--mfa-code", "654321", passphrase=True)
    assert rules(ruled, "prod") == {}


def test_what_goes_on_without_a_code(ruled):
    add_key_profile(ruled.home, "raw", "alice")
    ruled.good("process", "raw", passphrase=True)
    ruled.rule("require_mfa = true")
    for words in (["status"], ["list"], ["log"], ["forget", "raw"], ["explain", "raw"], ["vault", "verify"], ["lock"]):
        ruled.good(*words, passphrase=True)
    explanation = explained(ruled, "raw")
    assert explanation["fails"].startswith(f"{PATH}:2: require_mfa is true, but raw asks for no MFA code")
    assert [rule["effect"] for rule in explanation["rules"]] == ["no credentials are given out"]
    assert all(step["next"] == "nothing" for step in explanation["steps"])


def test_a_session_that_was_made_without_a_code_before(ruled):
    ruled.home.add_profile("p", "warder_key = alice")
    ruled.good("process", "p", passphrase=True)
    ruled.rule("require_mfa = true")
    ruled.run("process", "p").failed(8, "p asks for no MFA code")


def test_a_warning_about_plain_text(ruled):
    key = random_key()
    ruled.home.add_profile("plain", f"aws_access_key_id = {key[0]}", f"aws_secret_access_key = {key[1]}")
    ruled.rule("plaintext_keys = warn")
    result = ruled.run("env", "plain")
    assert result.code == 0 and result.err.count("\n") == 1, result
    assert f"{PATH}:2: plaintext_keys is warn, but the key of plain is in plain text" in result.err
    assert "warder import plain" in result.err and key[1] not in result.err
    # An SDK reads both streams.
    quiet = ruled.run("process", "plain")
    assert quiet.code == 0 and quiet.err == "", quiet
    assert rules(ruled, "plain") == {"plaintext_keys": "a warning: its key is in plain text"}
    ruled.rule("plaintext_keys = allow")
    assert ruled.run("env", "plain").err == "" and rules(ruled, "plain") == {}


def test_temporary_credentials_in_plain_text_are_no_key(ruled):
    ruled.home.add_profile("plain", "aws_access_key_id = ASIAX", "aws_secret_access_key = x", "aws_session_token = t")
    ruled.rule("plaintext_keys = refuse", "require_mfa = true", "max_session_duration = 1h")
    ruled.good("process", "plain")


def test_import_is_the_way_out(ruled):
    key = random_key()
    credentials = ruled.home.root / ".aws/credentials"
    credentials.write_text(f"[bob]\naws_access_key_id = {key[0]}\naws_secret_access_key = {key[1]}\n")
    ruled.rule("plaintext_keys = refuse", "max_session_duration = 12h")
    ruled.run("process", "bob").failed(8, f"({credentials}:2)", "warder import bob")
    ruled.good("import", "bob", "--yes", "--no-verify", passphrase=True)
    ruled.good("process", "bob", passphrase=True)


def test_a_slot_that_may_not_open_the_vault(ruled):
    keyfile = ruled.home.root / "keyfile"
    add_key_profile(ruled.home, "raw", "alice")
    env = {"WARDER_KEYFILE": str(keyfile)}
    ruled.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    ruled.good("process", "raw", env=env)
    ruled.rule("slots = passphrase, recovery, tpm2")
    ruled.run("process", "raw", env=env).failed(3)
    ruled.good("process", "raw", env=env, passphrase=True)
    assert rules(ruled, "raw", env=env) == {"slots": "the vault's keyfile slot does not open it"}
    assert explained(ruled, "raw", env=env)["prompts"]
    ruled.run("vault", "slots", "remove", "passphrase", "--rekey", "--yes", env=env, passphrase=True).failed(
        8, "the keyfile slot", "would be made anew", "warder vault slots remove")
    # What removes it may be opened by it.
    ruled.good("vault", "slots", "remove", "keyfile", env=env)
    assert [slot["type"] for slot in json.loads(ruled.good("vault", "slots", "--json"))["slots"]] == ["passphrase"]


def test_the_only_slot_may_not_open_the_vault(ruled):
    keyfile = ruled.home.root / "keyfile"
    env = {"WARDER_KEYFILE": str(keyfile)}
    add_key_profile(ruled.home, "raw", "alice")
    ruled.good("vault", "slots", "add", "keyfile", keyfile, passphrase=True)
    ruled.good("vault", "slots", "remove", "passphrase", "--yes", env=env)
    ruled.rule("slots = passphrase", "min_passphrase_length = 20")
    ruled.run("process", "raw", env=env).failed(
        8, f"{PATH}:2: slots is passphrase, but the vault", "by its keyfile slot", "warder vault slots add passphrase")
    assert "by its keyfile slot" in explained(ruled, "raw", env=env)["fails"]
    short = env | {"WARDER_NEW_PASSPHRASE": "short"}
    ruled.run("vault", "slots", "add", "passphrase", env=short).failed(8, f"{PATH}:3")
    ruled.good("vault", "slots", "add", "passphrase", env=env | {"WARDER_NEW_PASSPHRASE": PASSPHRASE})
    ruled.good("process", "raw", env=env, passphrase=True)


def test_a_vault_without_a_recovery_code(bare, sts, machine):
    ruled = Ruled(bare, machine).rule("slots = passphrase")
    result = ruled.run("add", "bob", "--stdin", "--no-verify", "--store", "file", input=lines(random_key()),
                       passphrase=True)
    assert result.code == 0 and "it has no recovery code\n" in result.err, result


def test_a_seed_of_before_gives_no_codes(bare, sts, machine):
    bare.endpoint(sts.url)
    store = FileStore(bare)
    assert add_seed(store, random_seed()).code == 0
    ruled = Ruled(store.home, machine)
    store.home.add_profile("p", "warder_key = alice", f"mfa_serial = {MFA}")
    ruled.good("process", "p", passphrase=True)
    store.home.good("forget")
    ruled.rule("allow_totp_seeds = false")
    ruled.run("process", "p", "--no-prompt", passphrase=True).failed(4)
    effects = rules(ruled, "p", passphrase=True)
    assert effects == {"allow_totp_seeds": "the stored seed of its MFA device gives no codes"}
    # It may be taken away.
    ruled.good("add", "alice", "--no-totp", passphrase=True)


# require_mfa


@pytest.mark.parametrize("identifier, code", [("AKIAPROGRAM000000000", 8), ("ASIAPROGRAM000000000", 0)])
def test_a_role_that_was_cached_before_the_rule(ruled, identifier, code):
    """What the role was assumed with, only its source shows: a long-term key without a code, or a session."""
    token = ',"SessionToken":"t","Expiration":"2099-01-01T00:00:00Z"' if identifier.startswith("ASIA") else ""
    key = f'{{"Version":1,"AccessKeyId":"{identifier}","SecretAccessKey":"xxxx"{token}}}'
    ruled.home.add_profile("base", f"warder_credential_process = echo '{key}'")
    ruled.home.add_profile("role", f"warder_role_arn = {ROLE}", "warder_source_profile = base")
    ruled.good("process", "role")
    ruled.rule("require_mfa = true")
    result = ruled.run("process", "role")
    assert result.code == code and (code == 0 or f"{PATH}:2" in result.err), result


def test_under_the_rule_another_program_is_run_once_for_each_session(ruled):
    """It may prompt, and what it gave was judged when the session was made."""
    runs = ruled.home.root / "runs"
    key = '{"Version":1,"AccessKeyId":"ASIAXXXXXXXXXXXXXXXX","SecretAccessKey":"xxxx","SessionToken":"t",' \
        '"Expiration":"2099-01-01T00:00:00Z"}'
    ruled.home.add_profile("base", f"warder_credential_process = sh -c 'echo >> {runs}; echo \"$0\"' '{key}'")
    ruled.home.add_profile("role", f"warder_role_arn = {ROLE}", "warder_source_profile = base")
    ruled.rule("require_mfa = true")
    for _ in range(3):
        ruled.good("process", "role")
    assert runs.read_text() == "\n"
