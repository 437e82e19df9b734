"""`warder doctor` prints no secret, wherever one was typed."""

import pytest
from doctor import examined, mend, ran
from home import WARDER, random_key

PLACES = {
    "a region": "[profile x]\nregion = {0}\ncredential_process = {1} process x\n",
    "a header without its bracket": "[profile x aws_secret_access_key = {0}\nregion = eu-west-1\n",
    "a header": "[prod {0}\n",
    "a setting of warder's": "[profile x]\nwarder_{0} = y\ncredential_process = {1} process x\n",
    "a value of warder's": "[profile x]\nwarder_session_duration = {0}\ncredential_process = {1} process x\n",
    "a source": "[profile x]\nwarder_source_profile = {0}\nwarder_role_arn = {0}\ncredential_process = {1} process x\n",
    "a program": "[profile x]\nwarder_key = alice\ncredential_process = {0} process x\n",
    "a bundle": "[profile x]\nca_bundle = {0}\ncredential_process = {1} process x\n",
    "a policy": "[profile x]\nwarder_role_arn = arn:aws:iam::1:role/a\nwarder_source_profile = alice\n"
                "warder_policy_file = {0}\ncredential_process = {1} process x\n",
    "a line": "[profile x]\n{0}\n",
    "a name": "[profile x]\n{0} = 1\n",
}
VARIABLES = ["AWS_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "AWS_ENDPOINT_URL",
             "HTTPS_PROXY", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CREDENTIAL_EXPIRATION", "WARDER_PROFILE"]


def said(home):
    return "".join(ran(home, *form).out for form in ([], ["--json"], ["--report"])) + ran(home).err


@pytest.mark.parametrize("place", PLACES)
def test_of_a_file(working, place):
    _, secret = random_key()
    working.config(working.config_file.read_text() + PLACES[place].format(secret, WARDER))
    text = said(working)
    assert secret not in text and secret.lower() not in text, text
    examined(working)


@pytest.mark.parametrize("variable", VARIABLES)
def test_of_a_variable(working, variable):
    _, secret = random_key()
    url = variable in ("AWS_ENDPOINT_URL", "HTTPS_PROXY")
    working.environment[variable] = f"http://user:{secret}@localhost:1/?X-Amz-Security-Token={secret}" if url else secret
    assert secret not in said(working)


def test_of_a_line_of_warders_own_settings(working):
    _, secret = random_key()
    working.settings(f"[warder]\nunlock_time = {secret}\n{secret} = 8h\n")
    assert secret not in said(working)


def test_a_name_of_a_file_that_looks_like_one_is_no_command(working):
    """What a cloned repository brings is printed quoted, or not at all."""
    identifier, secret = random_key()
    for name in ("|touch pwned|{}.env", "$(touch pwned){}.env", ";touch pwned;{}.env", "{}\n touch pwned.env"):
        file = working.root / name.format("Abcdefghij0123456789Abcdefghij0123456789")
        file.write_text(f"AWS_ACCESS_KEY_ID={identifier}\nAWS_SECRET_ACCESS_KEY={secret}\n")
        for finding in examined(working)["findings"]:
            mend(working, finding["command"], prefix=["env", "EDITOR=true"], again=True)
            mend(working, finding["command"], prefix=["env", "EDITOR=true", "bash", "-c", 'exec "$0" "$@"'], again=True)
        assert not (working.root / "pwned").exists(), name
        file.unlink(missing_ok=True)


@pytest.mark.parametrize("place", PLACES)
def test_of_a_token(working, place):
    """Longer than a key, and told apart from a path by more than its slashes."""
    token = "".join(random_key()[1] for _ in range(6))
    working.config(working.config_file.read_text() + PLACES[place].format(token, WARDER))
    text = said(working).lower()
    assert not any(token.lower()[start:start + 30] in text for start in range(len(token) - 30)), text


@pytest.mark.parametrize("line", [
    "[default] password: hunter2", "[default] hunter2", "[default password: hunter2", "[default] # x\n[p] hunter2",
    '[profile b]\ncredential_process = "/opt/x --password hunter2" warder process b',
])
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_of_a_password(working, line, file):
    with (working.root / ".aws" / file).open("a") as written:
        written.write(f"\n{line}\n")
    assert "hunter2" not in said(working)
    if "profile b" in line and file == "config":
        assert "there is no program /opt/x …" in ran(working, "b").out
        # Which quotes the line itself.
        verdict = working.run("explain", "b").out.split("sdks:")[1]
        assert "there is no program /opt/x …" in verdict and "hunter2" not in verdict, verdict
