"""What `warder doctor` finds on the machine: other programs, hooks, completions, space, regions, pinentries."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest
from doctor import Case, cases, codes, examined, goes_through, mend
from home import WARDER

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def program(path, text="#!/bin/sh\n"):
    write(path, text).chmod(0o755)
    return path


# Other programs


def another_warder(home):
    program(home.root / "bin/warder")
    shutil.copy("/bin/true", home.root / "bin/warder")
    return {"PATH": f"{home.root}/bin:{home.environment['PATH']}"}


# The hook


def lines(*files):
    def breaking(home):
        for name, text in files:
            write(home.root / name, text)

    return breaking


def copied_hook(shell, name, *more):
    """A copy of another version's hook, and what loads it."""

    def breaking(home):
        text = (SOURCE / f"shell/warder.{shell}").read_text()
        assert "warder drop" in text
        write(home.root / name, text.replace("warder drop", "warder leave"))
        lines(*more)(home)

    return breaking


BASH = 'eval "$(warder hook bash)"\n'
HOOKS = [
    Case("twice in .bashrc", lines((".bashrc", f"a=1\n{BASH}b=2\n{BASH}")), "hook_twice", ".bashrc:4"),
    Case("in .profile, which reads .bashrc too",
         lines((".profile", f"{BASH}. ~/.bashrc\n"), (".bashrc", BASH)), "hook_twice", ".bashrc:1"),
    Case("in .zshenv and .zshrc",
         lines((".zshenv", "source <(warder hook zsh)\n"), (".zshrc", 'eval "$(warder hook zsh)"\n')),
         "hook_twice", ".zshrc:1"),
    Case("in config.fish and in conf.d",
         lines(("config/fish/conf.d/a.fish", "warder hook fish | source\n"),
               ("config/fish/config.fish", "warder hook fish | source\n")), "hook_twice", "config.fish:1"),
    Case("a copy beside a line that evaluates it",
         lines(("config/fish/conf.d/a.fish", "warder hook fish | source\n"),
               ("config/fish/conf.d/warder.fish", (SOURCE / "shell/warder.fish").read_text())),
         "hook_twice", "conf.d/warder.fish:1"),
    Case("a file of another version, sourced",
         copied_hook("bash", "lib/warder.bash", (".bashrc", ". ~/lib/warder.bash\n")), "hook_old", "lib/warder.bash"),
    Case("a copy in conf.d", copied_hook("fish", "config/fish/conf.d/warder.fish"), "hook_old", "conf.d/warder.fish"),
    Case("a copy in nushell's autoload", copied_hook("nu", "data/nushell/vendor/autoload/warder.nu"),
         "hook_old", "autoload/warder.nu"),
]


@pytest.mark.parametrize("change", [str, lambda text: text.replace("warder drop", "warder leave")], ids=["twice", "old"])
def test_a_hook_among_lines_of_ones_own_is_for_an_editor(home, change):
    """No command takes those lines away."""
    text = "alias precious=1\n" + change((SOURCE / "shell/warder.bash").read_text())
    write(home.root / ".bashrc", text)
    write(home.root / ".bash_profile", f"{BASH}. ~/.bashrc\n")
    findings = examined(home)["findings"]
    assert {finding["code"] for finding in findings} <= {"hook_twice", "hook_old"} and findings
    for finding in findings:
        assert re.fullmatch(r"\$\{EDITOR:-vi\} \+[0-9]+ \S+/\.bashrc", finding["command"]), finding


def test_hooks_that_are_well_loaded_are_no_finding(home):
    """Each shell once; in two files of which one shell reads but one; in a comment; a copy of this version."""
    bash = (SOURCE / "shell/warder.bash").read_text()
    write(home.root / "lib/warder.bash", bash)
    (home.root / ".bash_login").symlink_to(".bashrc")
    lines(
        (".bash_profile", BASH), (".bashrc", f'# {BASH}source "$HOME/lib/warder.bash"\nalias w=warder\n'
         'alias h="warder hook bash"\ncase $TERM in\n    a) eval "$(warder hook bash)" ;;\n    *) eval "$(warder hook bash)" ;;\n'
         'esac\nif [ -n "$ZSH_VERSION" ]; then eval "$(warder hook zsh)"; fi\n'),
        (".zshrc", 'eval "$(warder hook zsh)"\n'), ("config/fish/config.fish", "warder hook fish | source\n"),
        ("data/nushell/vendor/autoload/warder.nu", (SOURCE / "shell/warder.nu").read_text()),
    )(home)
    assert codes(examined(home)) == []


# Completions


def completions(text, path="data/bash-completion/completions/warder"):
    def breaking(home):
        write(home.root / path, text)

    return breaking


def of_another_version(name):
    """The text of completions, as another version wrote them."""
    text = (SOURCE / "completions" / name).read_text()
    assert THIS in text
    return text.replace(THIS, "# of warder 0.0.9")


OLD = (SOURCE / "completions/warder.bash").read_text()
THIS = next(line for line in OLD.splitlines() if line.startswith("# of warder "))
# Where each shell looks for them by itself.
ELSEWHERE = {
    "zsh/site-functions/_warder": "_warder", "zsh/vendor-completions/_warder": "_warder",
    "fish/vendor_completions.d/warder.fish": "warder.fish", "warder/completions/warder.nu": "warder.nu",
}
COMPLETIONS = [
    Case("of another version", completions(OLD.replace(THIS, "# of warder 0.0.9")), "completions_old", "warder"),
    Case("from before versions were noted", completions(OLD.replace(THIS + "\n", "")), "completions_old", "warder"),
    *[Case(path, completions(of_another_version(name), f"data/{path}"), "completions_old", path)
      for path, name in ELSEWHERE.items()],
    Case("of fish, in the config",
         completions(of_another_version("warder.fish"), "config/fish/completions/warder.fish"),
         "completions_old", "fish/completions/warder.fish"),
]


@pytest.mark.parametrize("text", [OLD, "complete -c warder\n"], ids=["of this version", "not ours"])
def test_other_completions_are_no_finding(home, text):
    completions(text)(home)
    assert codes(examined(home)) == []


# Regions


def misspelt_region(home):
    home.config(home.config_file.read_text().replace("eu-west-1", "eu-wset-1", 1))


def region_of_nowhere(home):
    home.config(home.config_file.read_text().replace("eu-west-1", "middle-earth-1", 1))


REGIONS = [
    Case("a misspelt region", misspelt_region, "unknown_region", "config:2"),
    Case("a region of nowhere", region_of_nowhere, "unknown_region", "config:2"),
    Case("one in the environment", lambda home: {"AWS_REGION": "us-esat-1"}, "unknown_region", "AWS_REGION"),
    Case("nowhere, in the environment", lambda home: {"AWS_DEFAULT_REGION": "x"}, "unknown_region",
         "AWS_DEFAULT_REGION"),
]


def test_a_misspelt_region_becomes_the_nearest(home):
    goes_through(home, REGIONS[0])
    assert home.config_file.read_text().splitlines()[1] == "region = eu-west-1"


def test_a_command_for_a_line_that_has_moved_changes_nothing(home):
    misspelt_region(home)
    (finding,) = examined(home)["findings"]
    home.config("# a line more\n" + home.config_file.read_text())
    before = home.config_file.read_text()
    mend(home, finding["command"])
    assert home.config_file.read_text() == before
    goes = examined(home)["findings"][0]["command"]
    mend(home, goes)
    assert codes(examined(home)) == [] and "region = eu-west-1" in home.config_file.read_text()


@pytest.mark.parametrize("region", ["auto", "garage", "nyc3", "fr-par"])
def test_the_regions_of_other_services_are_no_finding(home, region):
    """Where the profile has endpoints of its own, or is none of warder's."""
    text = home.config_file.read_text()
    for own in ("endpoint_url = https://s3.example.com", "services = elsewhere"):
        home.config(text.replace("region = eu-west-1", f"region = {region}\n{own}")
                    + "\n[services elsewhere]\ns3 =\n  endpoint_url = https://s3.example.com\n")
        assert "unknown_region" not in codes(examined(home))
        assert "unknown_region" not in codes(examined(home, "alice"))
    home.config(text + f"\n[profile other]\nregion = {region}\n")
    assert codes(examined(home)) == []
    assert "unknown_region" in codes(examined(home, "other"))


def test_a_region_of_the_environment_counts_where_warder_is_used(bare):
    bare.environment["AWS_REGION"] = "garage"
    bare.config("[profile other]\nregion = garage\n")
    assert codes(examined(bare)) == []


def test_a_region_newer_than_this_warder_is_a_note(home):
    home.config(home.config_file.read_text().replace("eu-west-1", "eu-west-9", 1))
    report = examined(home)
    assert codes(report) == []
    (note,) = [note for note in report["notes"] if note["code"] == "new_region"]
    assert note["place"].endswith("config:2") and "eu-west-9" in note["message"]


# Pinentries


def settings(text):
    def breaking(home):
        home.settings(f"[warder]\n{text}\n")

    return breaking


def pinentry_for_terminals(home):
    program(home.root / "bin/pinentry-tty")
    (home.root / "bin/pinentry").symlink_to("pinentry-tty")
    settings("process_prompt = pinentry")(home)
    return {"PATH": f"{home.root}/bin:{home.environment['PATH']}", "DISPLAY": ":77"}


def a_window(home):
    (home.root / "bin/pinentry").unlink(missing_ok=True)
    program(home.root / "bin/pinentry")


def without_pinentry(setting):
    """A PATH in which there is all but a pinentry."""

    def breaking(home):
        settings(f"{setting} = pinentry")(home)
        folder = home.root / "bin"
        folder.mkdir()
        for name in ("bash", "env", "apt-get"):
            (folder / name).symlink_to(shutil.which(name))
        return {"PATH": str(folder)}

    return breaking


PINENTRIES = [
    Case("a pinentry that is not there", settings("pinentry = pinentry-absent"), "no_pinentry", "warder/config"),
    *[Case(f"no pinentry, for {setting}", without_pinentry(setting), "no_pinentry", "warder/config", mends=a_window)
      for setting in ("process_prompt", "code_prompt")],
    Case("a pinentry for terminals on a desktop", pinentry_for_terminals, "pinentry_without_window", "warder/config",
         mends=a_window),
]


@cases(Case("certificates that are not there", lambda home: {"AWS_CA_BUNDLE": "/nowhere/ca.pem"}, "ca_bundle_unusable",
            "AWS_CA_BUNDLE"),
       Case("another warder in PATH", another_warder, "two_warders", "bin/warder"),
       *HOOKS, *COMPLETIONS, *REGIONS, *PINENTRIES)
def test_a_fault_of_the_machine_is_found_and_mended(home, case):
    goes_through(home, case)


def test_a_script_that_starts_warder_is_no_finding(home):
    script = program(home.root / "bin/warder", f'#!/bin/sh\nexec {WARDER} "$@"\n')
    home.environment["PATH"] = f"{home.root}/bin:{home.environment['PATH']}"
    assert codes(examined(home)) == []
    home.config(home.config_file.read_text().replace(str(WARDER), str(script)))
    assert codes(examined(home)) == []


def test_the_same_warder_by_another_path_is_no_finding(home):
    (home.root / "bin").mkdir()
    (home.root / "bin/warder").symlink_to(WARDER)
    home.environment["PATH"] = f"{home.root}/bin:{home.environment['PATH']}"
    assert codes(examined(home)) == []


# What a kernel's state brings


@pytest.fixture(params=["state", "cache", "data", "the runtime folder"])
def small(request, home):
    """One of the folders that warder writes to, with what is in it, on a file system of its own: 2 MiB, 64 inodes."""
    folder = home.runtime if request.param == "the runtime folder" else home.root / request.param
    folder.mkdir(exist_ok=True)
    kept = shutil.copytree(folder, home.root / "kept")
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m,nr_inodes=64,mode=700", "none", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs to mount a tmpfs")
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def place(small):
    """The folder that is there already, of those that warder writes to."""
    return str(next(iter(small.glob("warder")), small))


def test_a_full_file_system_is_found(small, home):
    filler = small / "filler"

    def fill(home):
        with pytest.raises(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()

    goes_through(home, Case("full", fill, "no_space", place(small), mends=lambda home: filler.unlink()))


def test_a_file_system_without_inodes_is_found(small, home):
    def fill(home):
        for number in range(52):
            (small / str(number)).touch()

    def clear(home):
        for number in range(52):
            (small / str(number)).unlink()

    goes_through(home, Case("no inodes", fill, "no_inodes", place(small), mends=clear))


@pytest.mark.parametrize(
    ("call", "error", "name"),
    [("inotify_init1", "EMFILE", "max_user_instances"), ("inotify_add_watch", "ENOSPC", "max_user_watches")],
)
def test_used_up_inotify_is_found(home, call, error, name):
    if not shutil.which("strace"):
        pytest.skip("needs strace")
    prefix = ["strace", "-qq", "-o", os.devnull, "-e", f"inject={call}:error={error}"]
    report = examined(home, prefix=prefix)
    assert codes(report) == ["inotify_used_up"]
    (finding,) = report["findings"]
    assert finding["place"] == f"/proc/sys/fs/inotify/{name}"
    # The command doubles the number; what it would run is looked at, as the machine's own limit stays.
    shown = subprocess.run(
        ["bash", "-c", finding["command"].replace("sudo sysctl", "echo")], capture_output=True, text=True)
    now = int(pathlib.Path(finding["place"]).read_text())
    assert shown.stdout == f"fs.inotify.{name}={now * 2}\n"
    assert codes(examined(home)) == []


# Notes


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("HTTPS_PROXY", "http://alice:hunter2@proxy:3128", "proxy", "http://proxy:3128"),
        ("AWS_CA_BUNDLE", "/etc/hosts", "ca_bundle", "/etc/hosts"),
        ("AWS_ENDPOINT_URL", "https://alice:hunter2@sts.here", "endpoint", "https://sts.here"),
        ("AWS_ENDPOINT_URL_STS", "https://alice:hunter2@sts.here", "endpoint", "https://sts.here"),
    ],
)
def test_what_is_in_force_is_a_note(home, name, value, code, said):
    home.environment[name] = value
    report = examined(home)
    assert codes(report) == []
    (note,) = [note for note in report["notes"] if note["place"] == name]
    assert note["code"] == code and said in note["message"]
    text = home.good("doctor")
    assert f"note: {name}: " in text and "hunter2" not in text + str(report)


def test_the_certificates_of_a_profile_are_a_note(home):
    home.add_profile("own", "warder_key = alice", "ca_bundle = /etc/own.pem")
    line = len(home.config_file.read_text().splitlines())
    for arguments, count in (([], 1), (["own"], 1), (["prod"], 0)):
        found = [note for note in examined(home, *arguments)["notes"] if note["code"] == "ca_bundle"]
        assert len(found) == count, found
        for note in found:
            assert note["place"].endswith(f"config:{line}") and "/etc/own.pem" in note["message"], note
