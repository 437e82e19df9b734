"""`warder import` while others change the files, and beside another import."""

import concurrent.futures

import pytest
from home import random_key
from importing import asking, pair, run, user
from recording_sts import invalid_key
from secret_service import stored_keys


@pytest.mark.parametrize("moment", ["another is refused", "it calls IAM"])
@pytest.mark.parametrize("change", ["a key more", "another key"])
def test_a_file_that_changes_while_aws_is_asked(keyed, sts, moment, change):
    """What was shown and checked is stored, and nothing else; the file stays as the other program left it."""
    one, two, three = random_key(), random_key(), random_key()
    text = f"[one]\n{pair(one)}[two]\n{pair(two)}"
    after = text + f"[three]\n{pair(three)}" if change == "a key more" else text.replace(pair(one), pair(three))
    keyed.credentials.write_text(text)

    def answer(server, request):
        if request.action == "GetUser":
            keyed.credentials.write_text(after)
            return user(server, request)
        if moment == "another is refused" and request.access_key_id == two[0]:
            keyed.credentials.write_text(after)
            return invalid_key(server, request)
        return server.ordinary(request)

    for action in ("GetCallerIdentity", "GetUser"):
        sts.always(action, answer)
    result = run(keyed, "--yes", "--session-off")
    assert result.code == 1 and "was changed meanwhile" in result.err and "warder import again" in result.err, result
    assert keyed.stored() == ({"one": one} if moment == "another is refused" else {"one": one, "two": two})
    assert keyed.credentials.read_text() == after
    assert three[0] not in {request.access_key_id for request in sts.requests}


def eight_at_once(home, stored, **options):
    """The very same keys are no conflict, in an empty store and in one that has others."""
    credentials = home.root / ".aws/credentials"
    every = {}
    for turn in range(2):
        keys = {f"p{turn}{number}": random_key() for number in range(6)}
        every |= keys
        credentials.write_text("".join(f"[{name}]\n{pair(key)}" for name, key in keys.items()))
        with concurrent.futures.ThreadPoolExecutor(8) as threads:
            results = list(threads.map(lambda _: run(home, "--yes", "--no-verify", **options), range(8)))
        assert [result.code for result in results] == [0] * 8, results
        assert stored() == every and credentials.read_text() == ""
        assert home.config_file.read_text() == "\n".join(f"[profile {name}]\n{asking(name)}" for name in every)
        assert sorted(path.name for path in credentials.parent.iterdir()) == ["config", "credentials"]


def test_eight_at_once_with_a_vault(keyed):
    eight_at_once(keyed, keyed.stored)


def test_eight_at_once_with_the_secret_service(desktop):
    eight_at_once(desktop, lambda: stored_keys(desktop.keyring), passphrase=False)
