"""`warder use` and `warder drop` by the hooks of bash and zsh, in scripts."""

import random

import pytest
from home import MFA, ROLE, WARDER, exit_code
from hooked import VARIABLES, Hooked, entries

STATES = 200


@pytest.fixture(params=["bash", "zsh"])
def program(request):
    return request.param


@pytest.fixture
def shell(shared, program):
    return Hooked(shared, program)


@pytest.fixture
def own(working, program):
    """A shell in a home that the test may change."""
    return Hooked(working, program)


def good(shell, text, **options):
    result = shell.script("set -u\n" + text, **options)
    assert result.returncode == 0 and result.stderr == b"", result
    return result.stdout.decode()


def shown(*names):
    return "; ".join(f'printf "%s\\n" "{name}=${{{name}-unset}}"' for name in names) + "\n"


POINTED = shown("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "WARDER_PROFILE")


# What the variables were

BYTES = [bytes([byte]) for byte in range(1, 256)]
HOSTILE = [
    b"$(touch ran)", b"`touch ran`", b"${HOME}", b"a b  c", b"'", b'"', b"'\"'", b"\\", b"\\\\n", b"\n", b"a\nb\n", b"\r",
    b"!x", b"!!", b"*", b"[a-z]", b"~", b"~root", b"=ls", b"{a,b}", b"-n", b"-", b"--", b";touch ran", b"|cat", b"&",
    b"#", b"a#b", b"%s%n", b"\x1b[31m", b"\x7f", b"\xff\xfe", b"\xc3", "ünïcode".encode(), "e\u0301".encode(),
    "\u202egnp".encode(), b"\t", b" ", b"declare -x A=1", b"\nexport EVIL=1", b"()", b"() { :; }", b"x" * 5000, b"$'x'",
]


def quoted(value):
    return "$'" + "".join(f"\\x{byte:02x}" for byte in value) + "'"


def random_value(chance):
    kind = chance.randrange(4)
    if kind == 0:
        return b"".join(chance.choices(BYTES, k=chance.randrange(1, 20)))
    if kind == 1:
        return chance.choice([b"", b"eu-west-1", b"prod", b"0"])
    return b"".join(chance.choices(HOSTILE, k=chance.randrange(1, 3)))


def region_value(chance):
    return b"r" + b"".join(chance.choices([b"eu", b"-", b"1", b"us", b"x9"], k=5)) + b"1"


def random_state(chance, program):
    """Statements that make a state of the variables, the same in both shells."""
    lines = []
    for name in VARIABLES:
        # What is no region, and exported, warder would refuse to work with.
        value = quoted(region_value(chance) if name.endswith("REGION") else random_value(chance))
        kind = chance.choice(["unset"] * 3 + ["plain"] * 3 + ["exported"] * 6 + ["both", "integer", "array", "upper", "bare"])
        lines.append({
            "unset": "", "plain": f"{name}={value}", "exported": f"export {name}={value}",
            "both": f"export {name}={value}; export {name}",
            "integer": f"typeset -i {name}={chance.randrange(10**6)}", "upper": f"typeset -u {name}; {name}=" + quoted(region_value(chance).upper()),
            "array": f"typeset -a {name}; {name}=({value} b '')",
            # zsh shows it as empty and keeps it from children: it cannot be told from one that is really empty.
            "bare": f"export {name}" if program == "bash" else f"export {name}=''",
        }[kind])
        if kind in ("integer", "upper") and not name.endswith("REGION"):
            lines.append(f"export {name}")
    return "\n".join(lines)


def test_drop_gives_back_every_state(shell):
    """Every variable with its value and its attributes, and so the environment of every child."""
    chance = random.Random(20261121)
    everything = " ".join(VARIABLES)
    look = f"env -0 >$n.env.%s; typeset -p {everything} >$n.own.%s 2>/dev/null"
    text = []
    for number in range(STATES):
        text += [
            f"n={number}", f"unset {everything}", random_state(chance, shell.program), look.replace("%s", "before"),
            "warder use --keys prod || echo failed $n", look.replace("%s", "during"),
            "warder drop || echo failed $n", look.replace("%s", "after"),
        ]
    folder = shell.home.root / f"states-{shell.program}"
    folder.mkdir()
    result = shell.script("\n".join(text), cwd=folder)
    assert (result.returncode in (0, 1), result.stdout) == (True, b""), result
    assert not (folder / "ran").exists()
    for number in range(STATES):
        before, during, after = (
            {kind: (folder / f"{number}.{kind}.{when}").read_bytes() for kind in ("env", "own")}
            for when in ("before", "during", "after")
        )
        assert entries(after["env"]) == entries(before["env"]), number
        assert after["own"] == before["own"], number
        given = dict(entry.split(b"=", 1) for entry in entries(during["env"]))
        assert given[b"WARDER_PROFILE"] == b"prod" and given[b"AWS_ACCESS_KEY_ID"].startswith(b"ASIA"), number
        assert not given.keys() & {b"AWS_PROFILE", b"AWS_DEFAULT_PROFILE", b"AWS_SECURITY_TOKEN", b"AWS_SECRET_KEY"}, number


def test_what_was_before_is_not_exported(shell):
    text = good(shell, "export AWS_SECRET_ACCESS_KEY=was-here; set -a; warder use prod; env; warder use --keys audit; env")
    assert "was-here" not in text and "__warder" not in text


# Using a profile

def test_use_exports_no_secret(shell):
    text = good(shell, "export AWS_ACCESS_KEY_ID=old AWS_SECURITY_TOKEN=old; warder use prod; " + POINTED + "env")
    assert text.startswith(
        "AWS_PROFILE=prod\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=unset\nWARDER_PROFILE=prod\n"
    )
    assert "SECRET" not in text and "TOKEN" not in text
    assert "AWS_CREDENTIAL_EXPIRATION=20" in text


def test_uses_are_a_stack(shell):
    look = shown("WARDER_PROFILE", "AWS_PROFILE", "AWS_SESSION_TOKEN")
    text = good(
        shell, "AWS_PROFILE=mine\n"
        + "warder use prod\nwarder use audit\nwarder use alice\n" + look + "warder drop\n" + look
        + "warder drop\n" + look + "warder drop\n" + look,
    )
    profiles = [line for line in text.splitlines() if "PROFILE" in line]
    assert profiles == [
        "WARDER_PROFILE=alice", "AWS_PROFILE=alice", "WARDER_PROFILE=audit", "AWS_PROFILE=audit", "WARDER_PROFILE=prod",
        "AWS_PROFILE=prod", "WARDER_PROFILE=unset", "AWS_PROFILE=mine",
    ]


def test_drop_all(shell):
    text = good(
        shell, "export AWS_REGION=mine\nwarder use prod\nwarder use --keys audit\nwarder drop --all\n" + POINTED
        + "warder drop --all; warder drop 2>&1 || echo failed")
    assert text.startswith("AWS_PROFILE=unset\nAWS_REGION=mine\nAWS_DEFAULT_REGION=unset\nAWS_ACCESS_KEY_ID=unset\n")
    assert text.endswith("warder: no profile is in use\nhint: warder use PROFILE\nfailed\n")


def test_the_same_profile_again_takes_its_own_place(shell):
    text = good(shell, "warder use prod\nwarder use --keys prod\n" + POINTED + "warder drop\n" + POINTED)
    first, second = text.split("WARDER_PROFILE=prod\n")
    assert "AWS_PROFILE=unset" in first and "AWS_ACCESS_KEY_ID=ASIA" in first
    assert "AWS_ACCESS_KEY_ID=unset" in second and "WARDER_PROFILE=unset" in second


def test_a_profile_without_a_region_does_not_keep_that_of_the_last(own):
    with own.home.config_file.open("a") as file:
        file.write(f"\n[profile rootless]\nwarder_key = alice\nmfa_serial = {MFA}\n")
        file.write(f"[profile nowhere]\ncredential_process = {WARDER} process nowhere\n")
        file.write(f"warder_role_arn = {ROLE}\nwarder_source_profile = rootless\n")
    own.home.good("refresh", "nowhere", "--mfa-code", "654321", passphrase=True)
    text = good(own, "export AWS_REGION=mine\nwarder use prod\nwarder use nowhere\n" + POINTED)
    assert text.startswith("AWS_PROFILE=nowhere\nAWS_REGION=mine\nAWS_DEFAULT_REGION=unset\n")


@pytest.mark.parametrize("arguments", ["nobody", "", "prod --bogus", "--keys nobody", "bare"])
def test_a_use_that_fails_changes_nothing(own, arguments):
    own.home.config_file.open("a").write("\n[profile bare]\nrole_arn = " + ROLE + "\nsource_profile = alice\n")
    result = own.script(
        "export AWS_PROFILE=mine AWS_REGION=x\nwarder use prod\n" + f"warder use {arguments} && echo used\n" + POINTED
        + "warder drop\n" + POINTED + "warder drop && echo dropped; true")
    assert result.stdout.decode() == (
        "AWS_PROFILE=prod\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=unset\nWARDER_PROFILE=prod\n"
        "AWS_PROFILE=mine\nAWS_REGION=x\nAWS_DEFAULT_REGION=unset\nAWS_ACCESS_KEY_ID=unset\nWARDER_PROFILE=unset\n"
    ), result
    assert result.stderr.decode().count("warder: ") == 2, result


def test_a_profile_that_no_sdk_would_ask_warder_for_is_refused(working):
    working.config_file.open("a").write("\n[profile bare]\nrole_arn = " + ROLE + "\nsource_profile = alice\n")
    result = working.run("use", "--shell", "bash", "bare")
    assert (result.code, result.out) == (8, "false;\n")
    result.explained("bare", "warder adopt bare", "warder use --keys bare")
    assert working.good("use", "--shell", "bash", "--keys", "bare", passphrase=True).count("export ") == 7
    working.good("adopt", "bare")
    assert "export AWS_PROFILE=bare;" in working.good("use", "--shell", "bash", "bare")


def test_read_only(own, sts):
    text = good(own, "warder use --read-only prod\n" + POINTED)
    assert "AWS_ACCESS_KEY_ID=ASIA" in text and "AWS_PROFILE=unset" in text
    assert sts.requests[-1].parameters["PolicyArns.member.1.arn"] == "arn:aws:iam::aws:policy/ReadOnlyAccess"


def test_what_cannot_be_given_back_is_not_touched(shell):
    result = shell.script(
        "export AWS_PROFILE=mine\nreadonly AWS_REGION=x\nwarder use prod && echo used\n" + POINTED)
    assert result.stdout.decode().startswith("AWS_PROFILE=mine\nAWS_REGION=x\nAWS_DEFAULT_REGION=unset\n"), result
    assert b"warder: AWS_REGION is " in result.stderr and b"\nhint: " in result.stderr, result


def test_help_is_shown_and_not_evaluated(shell):
    text = good(shell, "warder use --help; warder use -h; warder drop --help; warder --version; warder list >/dev/null")
    assert text.count("until warder drop") == 2 and text.count("Restores the variables that use set") == 1


def test_drop_in_a_shell_started_from_one_that_uses_a_profile(shell):
    """It gets the variables, and nobody there knows what was before."""
    text = good(
        shell, f"warder use --keys prod\n{shell.program} -c '. {shell.hook}; warder drop; env'\n" + POINTED)
    child, own = text.split("AWS_PROFILE=", 1)
    assert "AWS_REGION" not in child and "WARDER_PROFILE" not in child and "AWS_ACCESS_KEY_ID" not in child
    assert "WARDER_PROFILE=prod" in own


# Shells of all sorts

STRICT = {
    "bash": "set -eu -o pipefail; shopt -s failglob; set -o noclobber; IFS=aeiou0123456789; alias command=false",
    "zsh": "setopt shwordsplit ksharrays nounset errexit noglob extendedglob warncreateglobal noclobber allexport;"
    " alias command=false; IFS=aeiou0123456789",
}


@pytest.mark.parametrize("when", ["before", "after"])
def test_in_a_strict_shell(shell, when):
    strict = STRICT[shell.program]
    before, text = (strict, "") if when == "before" else ("", strict + "\n")
    text += "warder use prod\nwarder use --keys audit\nwarder drop\n" + POINTED + "warder drop\n" + POINTED
    text += 'printf "%s\\n" "IFS=$IFS"\nwarder use nobody\necho not reached'
    result = shell.script(text, before=before)
    assert result.stdout.decode() == (
        "AWS_PROFILE=prod\nAWS_REGION=eu-west-1\nAWS_DEFAULT_REGION=eu-west-1\nAWS_ACCESS_KEY_ID=unset\nWARDER_PROFILE=prod\n"
        "AWS_PROFILE=unset\nAWS_REGION=unset\nAWS_DEFAULT_REGION=unset\nAWS_ACCESS_KEY_ID=unset\nWARDER_PROFILE=unset\n"
        "IFS=aeiou0123456789\n"
    ), result
    assert result.stderr.decode().splitlines()[0].startswith("warder: there is no profile named nobody"), result


def test_a_trace_shows_no_secret(shell):
    result = shell.script("set -x\nwarder use --keys prod\nwarder drop\nwarder use prod\nset +x\n")
    assert result.returncode == 0
    assert b"warder use" in result.stderr
    assert b"SECRET" not in result.stderr and b"ASIA" not in result.stderr, result
    assert result.stderr.count(b"\n") < 40, result


def test_a_script_gets_no_prompt_command(shell):
    text = good(shell, 'echo "${PROMPT_COMMAND-none} ${precmd_functions-none}"; warder use prod; echo $WARDER_PROFILE')
    assert text == "none none\nprod\n"


def test_a_subshell_is_its_own(shell):
    text = good(shell, "warder use prod\n(warder use audit; warder drop; warder drop; " + POINTED + ")\n" + POINTED)
    assert text.count("WARDER_PROFILE=unset") == 1 and text.endswith("WARDER_PROFILE=prod\n")


# Without the hook

def test_without_the_hook_it_says_how_to_load_it(working):
    terminal = working.terminal("use", "prod")
    terminal.expect(r"warder: [^\n]*hook[^\n]*\r\nhint: [^\n]*warder hook \w+")
    assert exit_code(terminal) == 2


@pytest.mark.parametrize("arguments", [[], ["--all"]])
def test_drop_without_the_hook_says_how_to_load_it(bare, arguments):
    bare.run("drop", *arguments).failed(2, "warder drop changes this shell's variables", "warder hook ")


def test_renew_prints_the_end_alone(working, sts):
    end = working.good("renew", "--shell", "bash", "prod")
    assert len(end) == 21 and end.endswith("Z\n") and sts.actions() == []


def test_renew_asks_nobody(unlocked):
    result = unlocked.run("renew", "--shell", "bash", "prod", env={"WARDER_PASSPHRASE": ""})
    result.failed(result.code)
    assert result.code in (3, 4)
