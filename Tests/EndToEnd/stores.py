"""The two places where keys lie, each behind the same few words, so that one suite judges both."""

import collections
import json

import vault_v1 as v1

from secret_service import stored_keys

KILLED = (-9, 137)
# What `add` is told where it is not to choose by itself.
LIBSECRET = ["--store", "libsecret"]
# Seconds after which `process` is back, whatever the Secret Service does.
LIMIT = 1.0


def lines(key):
    """A key as `add --stdin` reads it."""
    return f"{key[0]}\n{key[1]}\n"


def add_key_profile(home, name, key=None):
    """A profile whose credentials are the stored key itself."""
    home.add_profile(name, "warder_session = off", *([f"warder_key = {key}"] if key else []))


def asked(home, profile, **options):
    """What `process` says. A helper gives a service that a busy machine holds up half a second, and is asked again here:
    that it gives no more is not what most tests are about."""
    for _ in range(5):
        result = home.run("process", profile, **options)
        if result.code != 3 or "does not answer" not in result.err:
            break
    return result


def add_key(home, name, key, *options, **more):
    return home.run("add", name, "--stdin", "--no-verify", *options, input=lines(key), **more)


def marker(home):
    return (home.data / "store").read_text()


class Store:
    """A home whose store holds alice's key."""

    passphrase = False

    def __init__(self, home):
        self.home = home
        home.config("")
        add_key_profile(home, "alice")
        self.begin()

    def run(self, *arguments, **options):
        return self.home.run(*arguments, **{"passphrase": self.passphrase} | options)

    def good(self, *arguments, **options):
        return self.home.good(*arguments, **{"passphrase": self.passphrase} | options)

    def add(self, name, key, *options, **more):
        return self.run("add", "--stdin", "--no-verify", *options, "--", name, input=lines(key), **more)

    def process(self, profile="alice"):
        """The stored key as an SDK gets it."""
        result = asked(self, profile)
        assert result.code == 0, result
        answer = json.loads(result.out)
        assert answer.keys() <= {"Version", "AccessKeyId", "SecretAccessKey", "AccountId"}, answer.keys()
        return answer["AccessKeyId"], answer["SecretAccessKey"]


class FileStore(Store):
    kind = "file"
    passphrase = True

    def begin(self):
        self.home.add_vault()
        self.home.lend_data_key()

    def stored(self):
        return self.home.stored()

    def session_cache_key(self):
        return self.home.read_vault().session_cache_key()

    def put_back(self, keys, created=1_700_000_000):
        """Makes the store hold these keys and no more, without warder's help."""
        vault = self.home.read_vault()
        vault.records = [(tag, value) for tag, value in vault.records if tag != v1.ACCESS_KEY]
        for name, (identifier, secret) in keys.items():
            key = {"name": name, "access_key_id": identifier, "secret": secret, "created_at": created}
            vault.records.append(v1.access_key_record(key))
        self.home.vault.write_bytes(v1.write(vault))


class SecretServiceStore(Store):
    kind = "libsecret"

    def begin(self):
        added = self.add("alice", self.home.key, "--store", "libsecret")
        assert added.code == 0, added
        (self.pattern,) = self.service.items("AccessKey")

    @property
    def service(self):
        return self.home.keyring

    def stored(self):
        return stored_keys(self.service)

    def session_cache_key(self):
        (item,) = self.service.items("SessionCacheKey")
        return item["secret"]

    def put_back(self, keys):
        pattern = self.pattern
        for name in self.stored().keys() - keys.keys():
            self.service.clear("AccessKey", name=name)
        found = self.stored()
        for name, key in keys.items():
            if found.get(name) != key:
                rest = [line for line in pattern["secret"].splitlines() if not line.startswith("aws_")]
                text = [f"aws_access_key_id = {key[0]}", f"aws_secret_access_key = {key[1]}", *rest]
                attributes = {k: v for k, v in pattern["attributes"].items() if k != "xdg:schema"} | {"name": name}
                self.service.put("AccessKey", "\n".join(text) + "\n", pattern["label"], **attributes)


# All of the first calls of a kind, and fewer and fewer of those that follow: each costs a whole run, and back.
MOMENTS = [1, 2, 4, 8, 16, 32]


def kill_before_each(run, calls, start_over):
    """Runs a command anew for many system calls that it makes, and kills it there; yields (call, number) after each.

    `run` takes what strace is to do, as a prefix. The count is each thread's own, so that a call of any thread is met;
    a call is through when nobody was killed any more."""
    met = collections.Counter()
    for call in calls:
        for number in MOMENTS:
            start_over()
            inject = ["-e", f"trace=?{call}", "-e", f"inject=?{call}:signal=SIGKILL:when={number}"]
            result = run(["strace", "-f", "-o", "/dev/null", *inject])
            if result.code not in KILLED:
                assert result.code == 0, (call, number, result)
                break
            met[call] += 1
            yield call, number
    assert sum(met.values()) >= 5, met


