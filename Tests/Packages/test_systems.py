"""The package in fresh systems: installed, used, upgraded and purged; and the tarball where there is no package."""

import json

import pytest
from roots import APT

RELEASES = ["bookworm", "trixie", "jammy"]


class Alice:
    """A user of a system, with a key in plain text, and warder's main job."""

    def __init__(self, system, cloud):
        self.system, self.cloud = system, cloud
        key = cloud.key
        self.run(f"""mkdir .aws && cat > .aws/credentials <<'END'
[alice]
region = eu-west-1
aws_access_key_id = {key["AccessKeyId"]}
aws_secret_access_key = {key["SecretAccessKey"]}
END""")

    def run(self, script, check=True):
        return self.system.run(
            f"cd; {script}", "alice", check, AWS_ENDPOINT_URL=self.cloud.url, XDG_RUNTIME_DIR="/run/user/alice",
            WARDER_PASSPHRASE="only for this test", AWS_EC2_METADATA_DISABLED="true")

    def imports(self, program="warder"):
        """What one does after installing: the key goes from the file into a vault, and SDKs get a session at once.

        Then a role is added to the config.
        """
        self.run(f"{program} import --yes")
        assert self.cloud.key["SecretAccessKey"] not in self.run("cat .aws/*").stdout
        answer = json.loads(self.run(f"{program} process alice").stdout)
        assert answer["SessionToken"] and answer["SecretAccessKey"] != self.cloud.key["SecretAccessKey"]
        self.run("""cat >> .aws/config <<'END'

[profile prod]
region = eu-west-1
credential_process = warder process prod
warder_role_arn = arn:aws:iam::123456789012:role/Admin
warder_source_profile = alice
END""")

    def asks(self, profile, program="warder"):
        """What an SDK would be told that it is."""
        return self.cloud.identity(json.loads(self.run(f"{program} process {profile}").stdout))

    def home(self):
        return self.run("find . -type f -exec sha256sum {} + | sort").stdout


@pytest.fixture
def fresh(prepared, tmp_path):
    """A layer of a release for one test."""
    made = []

    def make(release, tools=True):
        base = prepared.get(release, tools)
        made.append(type(base)(release, tmp_path / release, above=base))
        return made[-1]

    yield make
    for system in made:
        system.__exit__()


def of(release):
    """A test of one release: those of the same run one after another, in the system that the first one prepared."""
    return pytest.mark.xdist_group(release)


@pytest.mark.long
@pytest.mark.parametrize("release", [pytest.param(name, marks=of(name)) for name in RELEASES])
def test_a_life_from_installing_to_purging(fresh, cloud, older, package, release):
    system = fresh(release)
    alice = Alice(system, cloud)
    before = system.files()
    two_commands_lead_to_an_answer(system, alice, older)
    installed = system.files()
    an_upgrade_keeps_everything_working(system, alice, package)
    shells_complete_without_a_line_about_warder(alice)
    man_finds_the_pages(alice)
    systemd_finds_the_units_and_starts_none(system, alice)
    purging_leaves_nothing_outside_of_homes(system, alice, before, installed)


def two_commands_lead_to_an_answer(system, alice, older):
    system.put(older, "/mnt/older.deb")
    system.install("/mnt/older.deb")
    alice.imports()
    assert ":assumed-role/Admin/" in alice.asks("prod")


def an_upgrade_keeps_everything_working(system, alice, package):
    before = alice.home()
    system.put(package, "/mnt/warder.deb")
    system.install("/mnt/warder.deb")
    status = system.run("dpkg-query -W -f '${Status} ${Version}' warder").stdout
    assert status == f"install ok installed {package.name.split('_')[1]}"
    assert alice.home() == before
    assert ":assumed-role/Admin/" in alice.asks("prod")


def shells_complete_without_a_line_about_warder(alice):
    asked = "{ _comp_load warder || __load_completion warder; } 2>/dev/null; complete -p warder"
    assert "warder" in alice.run(f"bash -ic {asked!r}").stdout
    found = alice.run("""zsh -fc 'autoload -Uz compinit; compinit -D; echo $_comps[warder]
                         autoload +X _warder && whence -f _warder | head -n 3'""").stdout
    assert found.startswith("_warder\n") and "_warder () {" in found
    lines = alice.run("cat .bashrc .profile .zshrc /etc/bash.bashrc /etc/zsh/* 2>/dev/null || true").stdout
    assert "bash_completion" in lines and "warder" not in lines


def man_finds_the_pages(alice):
    text = alice.run("man warder | cat").stdout
    assert "credential_process" in text and "NAME" in text
    assert "warder_role_arn" in alice.run("man 5 warder-config | cat").stdout


def systemd_finds_the_units_and_starts_none(system, alice):
    folders = alice.run("systemd-analyze --user unit-paths").stdout.split()
    assert "/usr/lib/systemd/user" in folders
    alice.run("cd /usr/lib/systemd/user && systemd-analyze --user verify warder-lock.service warder-rotate.timer")
    assert "warder" not in system.run("find /etc/systemd /var/lib/systemd").stdout


def purging_leaves_nothing_outside_of_homes(system, alice, before, installed):
    home, own = alice.home(), set(system.run("dpkg-query -L warder").stdout.splitlines())
    system.run(f"{APT} purge -y warder")
    left = system.files()
    # What using it has added, and what purging has left of what installing has added.
    assert left - installed == set()
    assert {path for path in left - before if path in own or "warder" in path} == set()
    assert system.run("dpkg-query -W warder", check=False).returncode != 0
    assert alice.home() == home


def unpacked(system, tarball):
    """The folder of the archive in a user's home."""
    system.put(tarball, "/mnt/warder.tar.gz")
    system.run("cd && tar -xzf /mnt/warder.tar.gz", "alice")
    return f"/home/alice/{tarball.name.removesuffix('.tar.gz')}"


@of("jammy")
def test_the_tarball_on_the_oldest_c_library_that_is_supported(fresh, tarball, cloud):
    system = fresh("jammy")
    folder = unpacked(system, tarball)
    system.install("libssl3", "libcurl4")
    alice = Alice(system, cloud)
    alice.run(f"'{folder}/install.sh'")
    alice.imports(".local/bin/warder")
    assert ":assumed-role/Admin/" in alice.asks("prod", ".local/bin/warder")
    entries = alice.run("cat .local/share/warder/installed").stdout.split()
    installed = {f"/home/alice/.local/{entry}" for entry in entries}
    alice.run(".local/share/warder/install.sh --uninstall")
    left = set(alice.run("find $HOME/.local ! -type d").stdout.split())
    assert "/home/alice/.local/share/warder/vault" in left
    assert "/home/alice/.local/bin/warder" in installed and not installed & left


@of("jammy")
def test_the_tarball_says_that_openssl_is_missing(fresh, tarball):
    system = fresh("jammy")
    folder = unpacked(system, tarball)
    system.run("rm -f /usr/lib/*/libcrypto.so.3 /lib/*/libcrypto.so.3")
    refused = system.run(f"{folder}/install.sh", "alice", check=False)
    assert refused.returncode == 1 and "warder needs OpenSSL 3 (libcrypto.so.3)" in refused.stderr
    assert "hint: apt-get install libssl3" in refused.stderr
    assert system.run("cd && find .local ! -type d", "alice").stdout == ""


@of("bullseye")
def test_the_tarball_says_that_the_c_library_is_too_old(fresh, tarball):
    system = fresh("bullseye", tools=False)
    folder = unpacked(system, tarball)
    # OpenSSL is too old there as well, and the loader speaks of it first.
    system.run("ln -s libcrypto.so.1.1 $(dirname /usr/lib/*/libcrypto.so.1.1)/libcrypto.so.3")
    refused = system.run(f"{folder}/install.sh", "alice", check=False)
    assert refused.returncode == 1 and "warder needs glibc 2.34 or newer" in refused.stderr
    assert system.run("cd && find .local ! -type d", "alice").stdout == ""
