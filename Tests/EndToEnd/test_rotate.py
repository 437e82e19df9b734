"""`warder rotate`: a new key at AWS and in the store, and the old one gone; what its options make of that."""

import json
import time

import pytest
import strict_iam
from leaks import holds
from rotating import is_accepted

STEPS = ["CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey"]


# The main job


def test_a_new_key_takes_the_old_one_s_place(either):
    old = either.current()
    result = either.good()
    new = either.current()
    assert new[0] != old[0] and new[1] != old[1]
    either.check_that_it_is_over()
    assert either.iam.changes() == STEPS
    assert not is_accepted(either.iam.url, old)
    # Which key it was and which one it is now, and neither secret.
    assert old[0] in result.out + result.err and new[0] in result.out + result.err
    assert either.store.stored() == {"alice": new}


def test_the_steps_come_in_this_order(either):
    either.good()
    steps = either.iam.actions()
    signers = [request.key_id for request in either.iam.requests]
    new = either.current()[0]
    if either.mfa:
        assert steps.pop(0) == "GetSessionToken" and signers.pop(0) == either.first.id
    assert steps[:2] == ["ListAccessKeys", "CreateAccessKey"]
    # The new key works twice in a row before the old one is touched, and once more before that is deleted.
    update, delete = steps.index("UpdateAccessKey"), steps.index("DeleteAccessKey")
    asked = [at for at, step in enumerate(steps) if step == "GetCallerIdentity" and signers[at] == new]
    assert len([at for at in asked if at < update]) >= 2
    assert [at for at in asked if update < at < delete]
    # With MFA the session signs all of IAM's requests: policies ask for it.
    by_iam = {request.key_id for request in either.iam.requests if request.service == "iam"}
    assert all(key.startswith("ASIA") for key in by_iam) if either.mfa else by_iam == {either.first.id, new}


def test_at_each_request_the_store_holds_a_key_that_works(either):
    """The secret of the new one is there before anything else is asked for."""
    seen = []

    def watch(request, acted):
        identifier, secret = either.stored()
        key = either.account.find(identifier)
        assert key and key.secret == secret and key.active, request.action
        seen.append((request.action, acted, identifier == either.first.id))
        return False

    either.iam.watch = watch
    either.good()
    # The old one is in use until the new one worked twice.
    changed = [old for _, _, old in seen].index(False)
    assert [action for action, acted, _ in seen[:changed] if acted].count("GetCallerIdentity") >= 2
    assert seen[changed][:2] == ("UpdateAccessKey", False)
    assert all(old for _, _, old in seen[:changed]) and not any(old for _, _, old in seen[changed:])


def test_it_is_asked_for_a_second_time(either):
    either.good()
    first = either.current()
    either.good()
    assert either.current() != first
    either.check_that_it_is_over()


def test_what_is_stored_beside_the_key_stays(rotation):
    """Names, the device, the account: all but the key itself."""
    rotation.home.unlock()
    before = json.loads(rotation.store.good("list", "--json"))["entries"]
    assert before[0]["access_key_id"] == rotation.first.id
    rotation.good()
    after = json.loads(rotation.store.good("list", "--json"))["entries"]
    assert [entry["name"] for entry in after] == [entry["name"] for entry in before]
    for old, new in zip(before, after, strict=True):
        changing = {"access_key_id", "stored", "age_days", "due"}
        kept = old.keys() - changing
        assert kept == new.keys() - changing and all(old[name] == new[name] for name in kept)


def test_sessions_that_are_cached_stay_good(with_mfa):
    with_mfa.store.good("refresh", "alice", "--mfa-code", with_mfa.account.code())
    session = json.loads(with_mfa.store.good("process", "alice"))
    with_mfa.iam.requests.clear()
    with_mfa.good()
    assert json.loads(with_mfa.store.good("process", "alice"))["AccessKeyId"] == session["AccessKeyId"]
    assert session["AccessKeyId"] in with_mfa.account.sessions


def test_a_live_session_with_mfa_is_enough(with_mfa):
    """No code is asked for where a session that was made with one is there."""
    with_mfa.store.good("refresh", "alice", "--mfa-code", with_mfa.account.code())
    with_mfa.iam.requests.clear()
    result = with_mfa.store.run("rotate", "alice", "--no-prompt", timeout=150)
    assert result.code == 0, result
    assert "GetSessionToken" not in with_mfa.iam.actions()
    with_mfa.check_that_it_is_over()


def test_a_policy_that_wants_mfa_is_met(with_mfa):
    with_mfa.user.needs_mfa = True
    with_mfa.good()
    with_mfa.check_that_it_is_over()


def test_a_long_list_of_keys_is_read_to_its_end(rotation):
    """AWS may give one key an answer."""
    rotation.account.page = 1
    rotation.account.key(rotation.user, active=False, age=3600)
    rotation.run().failed(5)
    assert rotation.iam.changes() == [] and rotation.account.broken == []


def test_its_endpoints_may_be_two(rotation):
    """Each service has its own endpoint; a request at the other one's would fail."""
    rotation.home.environment.pop("AWS_ENDPOINT_URL")
    rotation.home.environment["AWS_ENDPOINT_URL_STS"] = rotation.iam.url + "/of-sts"
    rotation.home.environment["AWS_ENDPOINT_URL_IAM"] = rotation.iam.url + "/of-iam"
    rotation.good()
    places = {(request.service, request.target.strip("/")) for request in rotation.iam.requests}
    assert places == {("sts", "of-sts"), ("iam", "of-iam")}
    rotation.home.endpoint(rotation.iam.url)
    rotation.check_that_it_is_over()


# Options


def test_dry_run_changes_nothing(either):
    before = either.store.stored()
    file = either.home.vault.read_bytes() if either.kind == "file" else None
    result = either.good("--dry-run")
    assert either.first.id in result.out + result.err
    assert either.iam.changes() == [] and either.at_aws() == {either.first.id: True}
    assert either.store.stored() == before
    assert file is None or either.home.vault.read_bytes() == file


def test_keep_old_leaves_it_inactive(rotation):
    result = rotation.good("--keep-old")
    rotation.check_that_new_is_in_use()
    assert rotation.at_aws() == {rotation.first.id: False, rotation.current()[0]: True}
    assert rotation.first.id in result.out + result.err
    assert rotation.iam.changes() == STEPS[:2]


def test_grace_leaves_it_active_for_a_while(rotation):
    rotation.good("--grace", "2s")
    begun = time.monotonic()
    rotation.check_that_new_is_in_use()
    new = rotation.current()
    assert rotation.at_aws() == {rotation.first.id: True, new[0]: True}
    assert is_accepted(rotation.iam.url, (rotation.first.id, rotation.first.secret))
    time.sleep(max(0, 2.5 - (time.monotonic() - begun)))
    rotation.good(names=())
    assert rotation.at_aws().get(rotation.first.id) is not True
    assert rotation.current() == new
    rotation.check_that_it_works()


def test_while_the_grace_lasts_nothing_is_done(rotation):
    rotation.good("--grace", "1h")
    before, new = rotation.at_aws(), rotation.current()
    rotation.iam.requests.clear()
    rotation.good(names=())
    assert rotation.iam.changes() == [] and rotation.at_aws() == before and rotation.current() == new


@pytest.fixture
def two(rotation):
    """alice's key, which is old, and bob's, which was stored just now."""
    bob = rotation.account.user("bob", device=False)
    key = rotation.account.key(bob)
    assert rotation.store.add("bob", (key.id, key.secret)).code == 0
    rotation.home.add_profile("bob", "warder_session = off")
    rotation.bob, rotation.key_of_bob = bob, key
    return rotation


def test_without_a_name_what_is_due_is_rotated(two):
    """alice's key was stored in 2023 where the test wrote the store."""
    if two.kind == "libsecret":
        pytest.skip("what is written by the service itself has today's date")
    result = two.good(names=())
    assert two.first.id not in two.at_aws() and "alice" in result.out + result.err
    assert [key.id for key in two.bob.keys] == [two.key_of_bob.id]
    two.check_that_it_is_over()


def test_all_rotates_each(two):
    two.good("--all", names=())
    assert two.first.id not in two.at_aws()
    assert [key.id for key in two.bob.keys] == [two.store.stored()["bob"][0]] != [two.key_of_bob.id]
    two.check_that_it_is_over()


def test_older_than_is_a_limit_of_one_s_own(two):
    two.good("--older-than", "3000d", names=())
    assert two.iam.changes() == []
    if two.kind == "file":
        two.good("--older-than", "1d", names=())
        assert two.first.id not in two.at_aws() and [key.id for key in two.bob.keys] == [two.key_of_bob.id]


def test_one_that_fails_does_not_keep_the_other(two):
    two.user.denied.add("iam:CreateAccessKey")
    result = two.run("--all", names=())
    assert result.code == 5, result
    two.check_that_old_is_in_use()
    assert [key.id for key in two.bob.keys] == [two.store.stored()["bob"][0]] != [two.key_of_bob.id]


def test_two_names_of_one_key(rotation):
    """None is left with a key that is no more."""
    assert rotation.store.add("work", (rotation.first.id, rotation.first.secret)).code == 0
    result = rotation.run()
    for name, key in rotation.store.stored().items():
        assert is_accepted(rotation.iam.url, key), (name, result, rotation.story())
    if result.code:
        result.failed(result.code, "work")


def test_json_has_an_object_for_each_key(two):
    result = two.good("--all", "--json", names=())
    found = json.loads(result.out)
    assert found == [
        {
            "key": name, "access_key_id": two.store.stored()[name][0], "old_access_key_id": old.id,
            "old_key": "deleted",
        }
        for name, old in (("alice", two.first), ("bob", two.key_of_bob))
    ]


def test_a_key_that_is_not_there(rotation):
    rotation.run(names=("carol",)).failed(7, "carol")
    assert rotation.iam.requests == []


@pytest.mark.parametrize("options", [
    ["--older-than", "soon"], ["--older-than", "-1d"], ["--grace", "x"], ["--grace", "366d"], ["--all", "alice"],
], ids=" ".join)
def test_words_that_make_no_sense(rotation, options):
    result = rotation.store.run("rotate", *options)
    result.failed(2)
    assert rotation.iam.requests == []


# Secrets


def leaked(data, secrets):
    return any(holds(data, secret) for secret in secrets)


@pytest.mark.parametrize("how", ["well", "json", "refused", "rolled back", "killed"])
def test_no_secret_is_in_a_file_an_argument_or_an_output(either, how):
    """While it runs, and afterwards; the server knows all of them."""
    looked = []
    process = None

    def secrets():
        keys = [key.secret for key in either.user.keys] + [either.first.secret]
        return keys + [part for session in either.account.sessions.values() for part in (session.secret, session.token)]

    def watch(request, acted):
        for name in ("cmdline", "environ"):
            with open(f"/proc/{process.pid}/{name}", "rb") as file:
                assert not leaked(file.read(), secrets()), name
        folders = [folder for folder in (either.home.root, either.home.runtime)]
        files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
        for path in files:
            assert not leaked(path.read_bytes(), secrets()), path
        looked.append(request.action)
        if how == "killed" and request.action == "UpdateAccessKey" and acted:
            process.kill()
        return False

    if how == "refused":
        either.user.denied.add("iam:UpdateAccessKey")
    if how == "rolled back":
        either.iam.next("CreateAccessKey", strict_iam.cut_short)
    either.iam.watch = watch
    process = either.start(*["--json"] * (how == "json"))
    out, err = process.communicate(timeout=150)
    assert (process.returncode == 0) == (how in ("well", "json")), err
    assert not leaked(out + err, secrets())
    assert "CreateAccessKey" in looked
    either.iam.watch = strict_iam.unwatched
    for path in [path for path in either.home.root.rglob("*") if path.is_file()]:
        assert not leaked(path.read_bytes(), secrets()), path


# AWS as moto has it


def test_moto_s_iam_agrees(bare, moto):
    """Listed with boto3: moto checks each signature and each permission."""
    bare.key = moto.user("alice")
    bare.endpoint(moto.url)
    bare.add_vault()
    bare.add_profile("alice", "warder_session = off")
    moto.check_everything()
    result = bare.run("rotate", "alice", passphrase=True, timeout=150)
    assert result.code == 0, result
    (identifier, secret) = bare.stored()["alice"]
    keys = moto.client("iam", (identifier, secret)).list_access_keys(UserName="alice")["AccessKeyMetadata"]
    assert [(key["AccessKeyId"], key["Status"]) for key in keys] == [(identifier, "Active")]
    assert identifier != bare.key[0] and secret != bare.key[1]
    assert moto.client("sts", (identifier, secret)).get_caller_identity()["Arn"].endswith(":user/alice")
