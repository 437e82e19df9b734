"""A key that warder rotates: the store that holds it, the strict IAM that it is a key of, and what both say of it."""

import contextlib
import http.client
import sys
import threading
import urllib.parse

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from home import TESTS, Result
from secret_service import answered
from stores import FileStore, SecretServiceStore, add_key_profile

sys.path.insert(0, str(TESTS / "Servers"))
import strict_iam  # noqa: E402
import vault_v1 as v1  # noqa: E402

STORES = {"file": (FileStore, "bare"), "libsecret": (SecretServiceStore, "desktop")}
IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"
# An old key's age, in seconds, long past the time at which one is due.
OLD = 400 * 86400


def is_accepted(url, key):
    """Whether AWS accepts a request that this key signed: asked as anybody would, with botocore's signature."""
    request = AWSRequest("POST", url + "/", {"Content-Type": "application/x-www-form-urlencoded"}, IDENTITY)
    SigV4Auth(Credentials(*key), "sts", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=30)
    with contextlib.closing(connection):
        connection.request("POST", "/", IDENTITY, dict(request.headers))
        return connection.getresponse().status == 200


class Rotation:
    """`alice` is the key and the profile whose key `rotate` changes, `itself` a profile that gets the key as it is
    stored. With MFA, alice's profile names her device."""

    def __init__(self, kind, home, iam, mfa=False):
        self.home, self.iam, self.mfa = home, iam, mfa
        self.account = iam.account
        self.user = self.account.user("alice", device=mfa, path="/engineering/")
        self.first = self.account.key(self.user, age=OLD)
        home.key = self.first.id, self.first.secret
        home.endpoint(iam.url)
        self.store = STORES[kind][0](home)
        if kind == "file":
            self.store.put_back({"alice": home.key})
        self.kind = kind
        home.config("")
        own = [f"mfa_serial = {self.user.device}"] if mfa else ["warder_session = off"]
        home.add_profile("alice", *own)
        add_key_profile(home, "itself", "alice")
        self.data_key = home.read_vault().data_key if kind == "file" else None

    # Running

    def arguments(self, *options, names=("alice",)):
        code = ["--mfa-code", self.account.code()] if self.mfa and "--mfa-code" not in options else []
        return ["rotate", *names, *code, *options]

    def run(self, *options, names=("alice",), **more):
        return self.store.run(*self.arguments(*options, names=names), **{"timeout": 150} | more)

    def good(self, *options, **more):
        result = self.run(*options, **more)
        assert result.code == 0, (result, self.story())
        return result

    def start(self, *options, names=("alice",), **more):
        passphrase = {"passphrase": self.store.passphrase} | more
        return self.home.start(*self.arguments(*options, names=names), **passphrase)

    def run_killed(self, when, *options):
        """Runs it, and kills it at the first request of which `when(request, acted)` is true: before AWS acts, or
        before it answers."""
        started = threading.Event()

        def watch(request, acted):
            if not when(request, acted):
                return False
            started.wait()
            process.kill()
            process.wait()
            return True

        self.iam.watch = watch
        process = self.start(*options)
        started.set()
        out, err = process.communicate(timeout=150)
        self.iam.watch = strict_iam.unwatched
        return Result(process.args, process.returncode, out.decode(), err.decode())

    def start_over(self):
        """One key at AWS, the same one in the store, and no trace of an earlier run."""
        self.account.sessions.clear()
        self.account.broken.clear()
        self.user.keys.clear()
        self.first = self.account.key(self.user, age=OLD)
        self.store.put_back({"alice": (self.first.id, self.first.secret)})
        for file in self.home.sessions():
            file.unlink()
        self.iam.requests.clear()

    @contextlib.contextmanager
    def well(self):
        """AWS without the faults that a test has set up, while the test looks."""
        before = self.iam.watch, self.iam.gone
        self.iam.watch, self.iam.gone = strict_iam.unwatched, False
        yield
        self.iam.watch, self.iam.gone = before

    # What is so

    def current(self):
        """The key that programs get, as warder says."""
        # A helper gives the Secret Service half a second, which a busy machine may need for longer than a few tries.
        answered(self.store, "process", "itself")
        return self.store.process("itself")

    def stored(self):
        """The key that programs get, as a second reader finds it."""
        if self.data_key:
            keys = v1.read(self.home.vault.read_bytes(), data_key=self.data_key).access_keys()
            return next((key["access_key_id"], key["secret"]) for key in keys if key["name"] == "alice")
        return self.store.stored()["alice"]

    def at_aws(self):
        """AWS's key ids, each with whether it is active."""
        return {key.id: key.active for key in self.user.keys}

    def check_that_it_works(self, moment=None):
        """The store holds a key that AWS accepts."""
        with self.well():
            key = self.current()
            assert is_accepted(self.iam.url, key), (moment, self.story())
        assert self.account.broken == [], (moment, self.story())
        return key

    def check_that_old_is_in_use(self, moment=None):
        assert self.check_that_it_works(moment) == (self.first.id, self.first.secret), (moment, self.story())

    def check_that_new_is_in_use(self, moment=None):
        assert self.check_that_it_works(moment)[0] != self.first.id, (moment, self.story())

    def check_that_it_is_over(self, moment=None):
        """One key at AWS, and it is the stored one."""
        identifier, _ = self.check_that_it_works(moment)
        assert self.at_aws() == {identifier: True}, (moment, self.story())

    def check_that_next_run_finishes(self, moment=None):
        with self.well():
            after = self.run()
            assert after.code == 0, (moment, after, self.story())
        self.check_that_it_is_over(moment)

    def story(self):
        """What happened, for a test that fails."""
        lines = [
            f"{request.number} {request.action} by {request.key_id}: {request.status}{' acted' * request.acted}"
            for request in self.iam.requests[-25:]
        ]
        return "\n".join(["", *lines, f"at AWS {self.at_aws()}, first {self.first.id}, broken {self.account.broken}"])
