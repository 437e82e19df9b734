"""The bounds of `/etc/warder/config`: each one, and each way around it."""

import dataclasses
import pathlib
import typing

import pytest
from home import ROLE, random_key
from ruled import PATH, Machine, Ruled, missing
from stores import lines

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")
LONG = "a passphrase of more than thirty characters"
RAW = ["warder_key = alice", "warder_session = off"]


@pytest.fixture
def machine(tmp_path):
    tmp_path.chmod(0o755)
    return Machine(tmp_path / "etc")


# What is refused: the rule, what the user does, and what is said. Each works without the rule.


@dataclasses.dataclass
class Way:
    """A way around a rule."""

    rule: str
    words: list
    mentions: list
    profile: list = dataclasses.field(default_factory=list)
    settings: str = "[warder]\n"
    env: dict = dataclasses.field(default_factory=dict)
    input: typing.Optional[str] = None
    prepare: typing.Optional[typing.Callable] = None
    # Without a vault at first.
    bare: bool = False
    works: bool = True

    def __str__(self):
        return f"{self.rule.split()[0]}: {' '.join(map(str, self.words))[:40]}"


def plain(home):
    key = random_key()
    home.add_profile("plain", f"aws_access_key_id = {key[0]}", f"aws_secret_access_key = {key[1]}")
    with home.config_file.open("a") as file:
        file.write(f"\n[profile lower]\nwarder_source_profile = plain\nwarder_role_arn = {ROLE}\nregion = eu-west-1\n")


def with_token(home):
    plain(home)
    text = home.config_file.read_text()
    home.config_file.write_text(text.replace("\naws_secret_access_key", '\naws_session_token = ""\naws_secret_access_key'))


TOKEN_ENV = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "x" * 40, "AWS_SESSION_TOKEN": "x"}
MFA_RULE = "require_mfa = true"
NO_MFA = ["warder_key = alice"]
SHORT = {"WARDER_NEW_PASSPHRASE": "short one"}
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

WAYS = [
    # require_mfa
    *[Way(MFA_RULE, [*words], ["p asks for no MFA code", "add mfa_serial"], profile=NO_MFA)
      for words in (["process", "p"], ["env", "p"], ["exec", "p", "--", "true"], ["exec", "--serve", "p", "--", "true"],
                    ["refresh", "p"], ["whoami", "p"], ["use", "p", "--keys"], ["env", "--format", "json", "p"])],
    Way(MFA_RULE, ["process", "p"], ["p asks for no MFA code"], profile=RAW),
    Way(MFA_RULE, ["process", "p"], ["p asks for no MFA code"], profile=[*RAW, f"warder_role_arn = {ROLE}"]),
    Way(MFA_RULE, ["process", "p"], ["p asks for no MFA code"], profile=[*NO_MFA, f"warder_role_arn = {ROLE}",
                                                                          "warder_duration_seconds = 7200"]),
    Way(MFA_RULE, ["process", "lower"], ["lower asks for no MFA code", "/.aws/config:"], prepare=plain),
    Way(MFA_RULE, ["process", "plain"], ["plain asks for no MFA code"], prepare=plain),
    Way(MFA_RULE, ["process", "p"], ["p asks for no MFA code"],
        profile=[f"warder_role_arn = {ROLE}", "warder_credential_source = Environment"],
        env={"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "x" * 40}),
    # A token makes no session of a long-term key.
    *[Way(rule, ["process", name], [said], prepare=with_token)
      for rule, said in ((MFA_RULE, "asks for no MFA code"), ("plaintext_keys = refuse", "the key of plain is in plain"))
      for name in ("plain", "lower")],
    Way("max_session_duration = 1h", ["process", "plain"], ["the key of plain would be given out as it is"],
        prepare=with_token),
    *[Way(rule, ["process", "p"], [said], profile=source, env=TOKEN_ENV)
      for source in (["warder_credential_source = Environment"],
                     ["warder_credential_process = echo '{\"Version\":1,\"AccessKeyId\":"
                      "\"AKIAENVIRONMENT00000\",\"SecretAccessKey\":\"xxxx\",\"SessionToken\":\"x\","
                      "\"Expiration\":\"2099-01-01T00:00:00Z\"}'"])
      for rule, said in ((MFA_RULE, "p asks for no MFA code"),
                         ("max_session_duration = 1h", "the long-term key AKIAENVIRONMENT00000"))],
    Way(MFA_RULE, ["process", "p"], ["p asks for no MFA code"], env=TOKEN_ENV,
        profile=[f"warder_role_arn = {ROLE}", "warder_credential_source = Environment"]),
    # plaintext_keys
    *[Way("plaintext_keys = refuse", [*words], ["the key of plain is in plain text", "warder import plain"],
          prepare=plain)
      for words in (["process", "plain"], ["process", "lower"], ["env", "lower"], ["exec", "lower", "--", "true"],
                    ["refresh", "lower"])],
    # max_session_duration
    Way("max_session_duration = 1h", ["exec", "--min-ttl", "2h", "prod", "--mfa-code", "123456", "--", "true"],
        ["--min-ttl asks for 2h", "1h at most"], works=False),
    Way("max_session_duration = 1h", ["process", "p"],
        ["the key alice would be given out as it is", "warder_session = off"], profile=RAW),
    Way("max_session_duration = 1h", ["process", "plain"],
        ["the key of plain would be given out as it is", "warder import"], prepare=plain),
    Way("max_session_duration = 1h", ["process", "p"], ["the long-term key AKIAENVIRONMENT00000 that p begins with"],
        profile=["warder_credential_source = Environment"],
        env={"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT00000", "AWS_SECRET_ACCESS_KEY": "x" * 40}),
    Way("max_session_duration = 1h", ["process", "p"], ["the long-term key AKIAPROGRAM000000000 that p begins with"],
        profile=['warder_credential_process = echo \'{"Version":1,"AccessKeyId":"AKIAPROGRAM000000000",'
                 '"SecretAccessKey":"xxxx"}\'']),
    # max_unlock_time
    Way("max_unlock_time = 1h", ["unlock", "--for", "2h"], ["--for asks for 2h", "1h at most"]),
    Way("max_unlock_time = 1h", ["unlock", "--keys", "--for", "61m"], ["--for asks for 1h 1m", "1h at most"]),
    # allow_unlock_keys
    Way("allow_unlock_keys = false", ["unlock", "--keys"], ["this would leave the vault's own key unlocked"]),
    Way("allow_unlock_keys = off", ["unlock", "--keys", "--for", "1s"],
        ["this would leave the vault's own key unlocked"]),
    # stores
    *[Way("stores = libsecret", [*words], ["the keys are in the vault", "warder store move --to libsecret"],
          profile=RAW, **more)
      for words, more in ((["process", "p"], {}), (["env", "p"], {}),
                          (["add", "bob", "--stdin", "--no-verify"], {"input": lines(random_key())}),
                          (["refresh", "prod", "--mfa-code", "123456"], {}))],
    Way("stores = libsecret", ["add", "alice", "--totp", "--stdin"], ["the keys are in the vault"], input=SEED + "\n"),
    Way("stores = libsecret", ["rotate", "--dry-run", "alice", "--mfa-code", "123456"], ["the keys are in the vault"],
        works=False),
    Way("stores = libsecret", ["vault", "init"],
        ["this would store a key in the vault", "allowed: libsecret"], bare=True),
    Way("stores = libsecret", ["add", "bob", "--stdin", "--no-verify", "--store", "file"],
        ["this would store a key in the vault"], bare=True, input=lines(random_key())),
    Way("stores = libsecret", ["add", "bob", "--stdin", "--no-verify"], ["store is file (", "config/warder/config:2)"],
        bare=True, input=lines(random_key()), settings="[warder]\nstore = file\n"),
    Way("stores = file", ["store", "move", "--to", "libsecret"],
        ["this would store a key in the desktop's Secret Service"], works=False),
    Way("stores = file", ["add", "bob", "--stdin", "--no-verify", "--store", "libsecret"],
        ["this would store a key in the desktop's Secret Service"], bare=True, input=lines(random_key()), works=False),
    # slots
    Way("slots = passphrase", ["vault", "slots", "add", "keyfile", "/tmp/k{pid}"],
        ["this would add a keyfile slot to the vault"]),
    Way("slots = passphrase", ["vault", "recovery"], ["this would add a recovery slot to the vault"]),
    Way("slots = passphrase", ["vault", "slots", "add", "recovery"], ["this would add a recovery slot to the vault"]),
    Way("slots = passphrase", ["vault", "slots", "add", "libsecret"], ["this would add a libsecret slot to the vault"],
        works=False),
    Way("slots = passphrase", ["vault", "init"], ["a new vault gets a recovery code", "--no-recovery"], bare=True),
    Way("slots = keyfile, tpm2", ["vault", "init"], ["a new vault needs a passphrase"], bare=True),
    Way("slots = keyfile, recovery", ["vault", "passphrase"], ["this would add a passphrase slot to the vault"],
        env={"WARDER_NEW_PASSPHRASE": LONG}),
    Way("slots = keyfile", ["process", "p"], ["opens by its passphrase slot", "warder vault slots add keyfile"],
        profile=RAW),
    Way("slots = recovery, libsecret", ["unlock"], ["opens by its passphrase slot", "warder vault slots add"]),
    # min_passphrase_length
    Way("min_passphrase_length = 16", ["vault", "passphrase"], ["this passphrase has 9 characters", "a longer one"],
        env=SHORT),
    Way("min_passphrase_length = 29", ["vault", "init"], ["this passphrase has 28 characters"], bare=True),
    Way("min_passphrase_length = 29", ["add", "bob", "--stdin", "--no-verify", "--store", "file"],
        ["this passphrase has 28 characters"], bare=True, input=lines(random_key())),
    # allow_totp_seeds
    Way("allow_totp_seeds = false", ["add", "alice", "--totp", "--stdin"],
        ["this would store a seed beside its key", "mfa_process"], input=SEED + "\n"),
    Way("allow_totp_seeds = false", ["add", "bob", "--totp", "--stdin", "--no-verify"],
        ["this would store a seed beside its key"], input=lines(random_key()) + SEED + "\n"),
]


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_a_way_around_a_rule(bare, sts, machine, way):
    home = bare
    home.endpoint(sts.url)
    home.add_profiles()
    if not way.bare:
        home.add_vault()
    home.settings(way.settings)
    if way.prepare:
        way.prepare(home)
    if way.profile:
        home.add_profile("p", *way.profile)
    ruled = Ruled(home, machine)
    words = [word.replace("{pid}", home.root.name) for word in way.words]

    def run():
        return ruled.run(*words, passphrase=True, env=way.env, input=way.input)

    ruled.rule(way.rule)
    before = home.vault.read_bytes() if home.vault.exists() else None
    sts.requests.clear()
    result = run()
    assert result.code == 8, result
    assert "AKIA" not in result.out and "ASIA" not in result.out, result
    result.explained(f"{PATH}:2: {way.rule.split()[0]} is ", *way.mentions)
    assert (home.vault.read_bytes() if home.vault.exists() else None) == before
    assert sts.requests == [] or "whoami" in words
    if way.works:
        machine.rule("max_unlock_time = 30d")
        assert run().code == 0, run()
    for path in pathlib.Path("/tmp").glob(f"k{home.root.name}"):
        path.unlink()
