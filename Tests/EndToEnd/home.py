"""A throwaway home, and warder run in it."""

import contextlib
import dataclasses
import hashlib
import os
import pathlib
import random
import shutil
import string
import subprocess
import sys
import tempfile
import time

import forks
import pexpect

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS / "VaultReader"))
import vault_v1 as v1  # noqa: E402

WARDER = pathlib.Path(os.environ.get("WARDER", TESTS.parent / ".build/release/warder")).resolve()
PASSPHRASE = "correct horse battery staple"
MFA = "arn:aws:iam::111111111111:mfa/alice"
# A user who is not root, and not another worker's: the kernel gives each user 200 keys. So is the one below.
ORDINARY = 10_001 + 2 * (os.getpid() % 25_000)
# Of the passphrase slots in vaults that the second writer makes.
SALT = os.urandom(32)
ROLE = "arn:aws:iam::222222222222:role/Admin"

PROFILES = f"""\
[profile alice]
region = eu-west-1
mfa_serial = {MFA}
credential_process = {WARDER} process alice

[profile prod]
region = eu-west-1
credential_process = {WARDER} process prod
warder_role_arn = {ROLE}
warder_source_profile = alice

[profile audit]
region = eu-west-1
credential_process = {WARDER} process audit
warder_role_arn = arn:aws:iam::333333333333:role/Audit
warder_source_profile = alice
"""


@dataclasses.dataclass
class Result:
    arguments: tuple
    code: int
    out: str
    err: str

    def failed(self, code, *mentions):
        """That it failed as warder fails: the exit code, nothing on stdout, one line that says what, one what to do."""
        assert self.code == code, self
        assert self.out == "", self
        self.explained(*mentions)

    def explained(self, *mentions):
        lines = self.err.splitlines()
        assert [line.split(" ")[0] for line in lines] == ["warder:", "hint:"], self
        for line in lines:
            text = line.split(" ", 1)[1]
            assert text and not text[0].isspace() and not text.endswith("."), self
        for mention in mentions:
            assert mention in self.err, self


def random_key():
    """An access key that occurs nowhere else: its id and its secret, with what needs quoting and encoding."""
    letters = string.ascii_uppercase + string.digits
    identifier = "AKIA" + "".join(random.choices(letters, k=16))
    secret = "".join(random.choices(string.ascii_letters + string.digits, k=37)) + "/+x"
    return identifier, secret


def kernel_keys(user, identifiers=None):
    """The serial numbers of what a user has in the kernel's keyring: keys, marks of locks, sessions. Each user sees only
    their own in /proc/keys.

    - identifiers: those of the stores that it belongs to; None for whatever warder stored.
    """
    listed = subprocess.run(["cat", "/proc/keys"], capture_output=True, text=True, cwd="/", **user).stdout
    lines = [line.split() for line in listed.splitlines()]
    found = [(words[0], words[8].split(":")) for words in lines if len(words) > 8 and words[7] == "user"]
    ours = [(key, name[2]) for key, name in found if name[0] == "warder" and name[2:]]
    return [str(int(key, 16)) for key, name in ours if identifiers is None or name in identifiers]


def unlink(keys, user):
    """Takes keys out of the user's keyring."""
    for key in keys:
        subprocess.run(["keyctl", "unlink", key, "@u"], capture_output=True, check=False, cwd="/", **user)


def exit_code(terminal):
    """Waits for a program at a terminal to end."""
    terminal.expect(pexpect.EOF)
    # Once the child is reaped, closing has nothing to wait for.
    terminal.wait()
    terminal.ptyproc.delayafterclose = 0
    terminal.close()
    return terminal.exitstatus


class Home:
    def __init__(self, root):
        self.root = root
        self.key = random_key()
        self.ordinary = None
        # Of scrypt, in the vaults that the second writer makes: the lowest that the format allows, so that warder opens
        # them in a tenth of a second.
        self.cost = 15
        self.data = root / "data/warder"
        self.cache = root / "cache/warder/sessions"
        self.state = root / "state/warder"
        self.vault = self.data / "vault"
        self.config_file = root / ".aws/config"
        self.config_file.parent.mkdir()
        # In memory where there is such a place: where the kernel has no keyring, that is where the key goes.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else root
        self.runtime = pathlib.Path(tempfile.mkdtemp(prefix="warder-run-", dir=memory))
        self.environment = {
            "HOME": str(root),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "XDG_DATA_HOME": str(root / "data"),
            "XDG_CACHE_HOME": str(root / "cache"),
            "XDG_STATE_HOME": str(root / "state"),
            "XDG_CONFIG_HOME": str(root / "config"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.identifiers = set()
        self.settings("[warder]\n")

    # Making it

    def endpoint(self, url):
        self.environment["AWS_ENDPOINT_URL"] = url

    def add_vault(self, passphrase=PASSPHRASE, cost=None, age=0, **keys):
        """Writes a vault with the second writer: `name=(id, secret)`; alice's own key if none is named. They were stored
        `age` seconds ago.

        All these vaults have the same salt, so that the second writer runs scrypt once; each still has its own wrapping
        key.
        """
        vault = v1.Vault(os.urandom(16), os.urandom(32))
        cost = bytes([cost or self.cost])
        slot = v1.make_slot(v1.PASSPHRASE, vault.identifier, vault.data_key, passphrase.encode(), SALT, cost)
        vault.slots = [slot]
        vault.records = [(v1.CACHE_KEY, os.urandom(32))]
        for name, (identifier, secret) in (keys or {"alice": self.key}).items():
            created = int(time.time()) - age
            key = {"name": name, "access_key_id": identifier, "secret": secret, "created_at": created}
            vault.records.append(v1.access_key_record(key))
        self.data.mkdir(parents=True, mode=0o700)
        self.vault.write_bytes(v1.write(vault))
        self.vault.chmod(0o600)
        self.identifiers.add(vault.identifier.hex())
        return vault

    def config(self, text):
        self.config_file.write_text(text)

    def add_profiles(self):
        self.config(PROFILES)

    def add_profile(self, name, *lines):
        """Adds a profile in eu-west-1 that asks warder, with more lines."""
        section = [f"\n[profile {name}]", "region = eu-west-1", f"credential_process = {WARDER} process {name}", *lines]
        with self.config_file.open("a") as file:
            file.write("\n".join(section) + "\n")

    def settings(self, text):
        """Writes warder's settings. Nobody is waited for from elsewhere, unless they say so."""
        if "handoff_time" not in text:
            text = text.rstrip("\n") + "\nhandoff_time = 0\n" if "[warder]" in text else text + "[warder]\nhandoff_time = 0\n"
        folder = self.root / "config/warder"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "config").write_text(text)

    def put_back(self, vault):
        """Locks, and makes the vault the one with these bytes, with nothing beside it and nothing made from it."""
        self.good("lock")
        shutil.rmtree(self.data)
        for folder in ("state", "cache"):
            shutil.rmtree(self.root / folder, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self.vault.write_bytes(vault)
        self.vault.chmod(0o600)

    def lend_data_key(self):
        """Puts the vault's data key where `warder unlock --keys` leaves it, so that warder opens the vault without
        scrypt, which takes most of a short test. Returns the key's serial number, or None if the kernel refuses it."""
        vault = self.read_vault()
        deadline = int((time.clock_gettime(time.CLOCK_BOOTTIME) + 300) * 1000)
        payload = b"warder-key2\n" + deadline.to_bytes(8, "big") + bytes(12) + vault.data_key
        put = ["keyctl", "padd", "user", f"warder:vault-key:{vault.identifier.hex()}", "@u"]
        given = subprocess.run(put, input=payload, capture_output=True) if shutil.which("keyctl") else None
        return given.stdout.decode().strip() if given and given.returncode == 0 else None

    @contextlib.contextmanager
    def opened(self):
        """Lends the data key, if there is a vault, while a test sets up what it starts from."""
        key = self.lend_data_key() if self.vault.exists() else None
        yield
        if key:
            subprocess.run(["keyctl", "unlink", key, "@u"], capture_output=True, check=True)

    def unlock(self, *arguments):
        self.good("unlock", *arguments, passphrase=True)

    # Running in it

    def variables(self, passphrase=False, env=None):
        given = {"WARDER_PASSPHRASE": PASSPHRASE if passphrase is True else passphrase} if passphrase else {}
        return {**self.environment, **given, **(env or {})}

    def command(self, *arguments):
        return [str(WARDER), *map(str, arguments)]

    def start(self, *arguments, passphrase=False, env=None, prefix=(), **options):
        """Starts warder without a terminal, in a session of its own."""
        options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        return subprocess.Popen(
            [*map(str, prefix), *self.command(*arguments)],
            env=self.variables(passphrase, env), start_new_session=True, cwd=self.root, **options,
        )

    def run(self, *arguments, input=None, timeout=60, **options):
        """Runs warder without a terminal, with nothing to read unless `input` is given, and with no passphrase unless
        `passphrase` is: True for the right one."""
        if input is not None:
            options["stdin"] = subprocess.PIPE
        process = self.start(*arguments, **options)
        try:
            out, err = process.communicate(input.encode() if input is not None else None, timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        return Result(arguments, process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))

    def good(self, *arguments, **options):
        """Runs warder, which must succeed; what it printed."""
        result = self.run(*arguments, **options)
        assert result.code == 0, result
        return result.out

    def terminal(self, *arguments, passphrase=False, env=None, command=None):
        """Runs warder (or another command) at a terminal of its own."""
        command = command or self.command(*arguments)
        variables = self.variables(passphrase, env) | {"TERM": "dumb"}
        return pexpect.spawn(
            command[0], command[1:], env=variables, cwd=str(self.root), timeout=90, encoding="utf-8", echo=True
        )

    def python(self, program, *arguments, env=None, timeout=60):
        """Runs a Python program, as one who uses an SDK would."""
        return subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env=self.variables(False, env), cwd=self.root, capture_output=True, text=True, timeout=timeout,
            start_new_session=True,
        )

    def sdk(self, program, *arguments):
        """The same in a process that has most of botocore's dependencies imported already."""
        return forks.run("-c", program, *arguments, env=self.variables(), cwd=self.root, python=sys.executable)

    def as_ordinary_user(self, user=ORDINARY):
        """How to start a program as somebody who is not root, to whom the home is given."""
        if os.geteuid() != 0:
            return {"user": os.geteuid(), "executable": str(WARDER)}
        binary = shutil.copy(WARDER, self.root / "warder")
        for folder in (self.root, self.runtime):
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, user, user)
        self.ordinary = {"user": user, "group": user, "extra_groups": []}
        return self.ordinary | {"executable": str(binary)}

    # Looking at it

    def read_vault(self, passphrase=PASSPHRASE):
        """The vault as the second reader sees it."""
        return v1.read(self.vault.read_bytes(), passphrase.encode())

    def stored(self, passphrase=PASSPHRASE):
        """Name → (id, secret), as the second reader finds them."""
        keys = self.read_vault(passphrase).access_keys()
        return {key["name"]: (key["access_key_id"], key["secret"]) for key in keys}

    def sessions(self):
        """The files of cached sessions."""
        return sorted(path for path in self.cache.glob("*") if len(path.name) == 64) if self.cache.exists() else []

    def kernel_key(self, identifier=None):
        """The serial number of the kernel's key for this vault; None where there is none."""
        identifier = identifier or self.vault.read_bytes()[16:32].hex()
        search = ["keyctl", "search", "@u", "user", f"warder:session-cache:{identifier}"]
        found = subprocess.run(search, capture_output=True, text=True, check=False)
        return found.stdout.strip() if found.returncode == 0 else None

    def has_secret(self, needle, *folders):
        """The files under the home that hold `needle`, which none should."""
        found = [path for folder in folders or (self.root, self.runtime) for path in folder.rglob("*")]
        return [path for path in found if path.is_file() and needle.encode() in path.read_bytes()]

    def start_anew(self):
        """Leaves nothing unlocked, as a new start of the machine does."""
        marker = self.data / "store"
        key = self.kernel_key(marker.read_text().split()[1] if marker.exists() else None)
        if key:
            subprocess.run(["keyctl", "unlink", key, "@u"], capture_output=True, check=True)
        for path in self.runtime.rglob("warder:*"):
            path.unlink()

    def clean(self):
        """Takes away what lies outside of the home."""
        if self.vault.exists():
            self.identifiers.add(self.vault.read_bytes()[16:32].hex())
        if (self.data / "store").is_file():
            self.identifiers.update((self.data / "store").read_text(errors="replace").split()[-1:])
        # Where nothing is stored, the key belongs to the home.
        self.identifiers.add(hashlib.sha256(str(self.data / "store").encode()).hexdigest()[:32])
        unlink(kernel_keys({}, self.identifiers), {})
        if self.ordinary is not None:
            unlink(kernel_keys(self.ordinary), self.ordinary)
        shutil.rmtree(self.runtime, ignore_errors=True)
