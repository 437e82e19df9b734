"""`warder login`: the profile that it makes, and those that it leaves alone; and profiles of the AWS CLI's."""

import json

import pytest
from home import WARDER, exit_code
from logins import CONFIG, add_browser, desktop_user, key, last, own_due, pasted, sign_in_elsewhere, signed_in
from signin import ARN, AUTHORIZE, REDEEMED, CLICache, changed

pytestmark = pytest.mark.needs("curl")
PLAIN = "# mine\n[profile other]\nregion = us-east-1\n"


@pytest.fixture
def newcomer(bare, sign_in):
    """A home with nothing in it, and a browser."""
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    add_browser(bare)
    return bare


def section(home, header):
    """The settings of a section, which is there once."""
    text = home.config_file.read_text()
    (found,) = [part for part in text.split("[") if part.startswith(header + "]\n")]
    return dict(line.split(" = ", 1) for line in found.splitlines()[1:] if line and line[0] != "#")


@pytest.mark.parametrize("arguments, header", [(["work"], "profile work"), ([], "default")], ids=str)
def test_a_profile_is_made(newcomer, sign_in, arguments, header):
    result = newcomer.run("login", *arguments, "--region", "eu-central-1")
    assert result.code == 0 and sign_in.service.arn in result.err, result
    made = section(newcomer, header)
    program = made.pop("credential_process")
    assert made == {"region": "eu-central-1", "warder_login_session": ARN}
    assert program.split(" ")[0] == str(WARDER)
    assert key(newcomer, *(arguments or ["default"])) == last(sign_in)
    assert newcomer.config_file.stat().st_mode & 0o077 == 0


def test_the_profile_of_the_environment(newcomer, sign_in):
    newcomer.good("login", env={"AWS_PROFILE": "mine"})
    assert section(newcomer, "profile mine")["warder_login_session"] == ARN


def test_what_was_there_stays(newcomer, sign_in):
    newcomer.config(PLAIN)
    newcomer.good("login", "work")
    assert newcomer.config_file.read_text().startswith(PLAIN)
    newcomer.good("login", "other")
    assert section(newcomer, "profile other")["region"] == "us-east-1"
    assert key(newcomer, "other") == last(sign_in)
    # Both are of one user: one sign-in serves them.
    assert key(newcomer, "work") == key(newcomer, "other")


def test_two_users_beside_each_other(newcomer, sign_in):
    newcomer.good("login", "one")
    first = last(sign_in)
    sign_in.service.arn = "arn:aws:iam::222222222222:user/path/bob"
    newcomer.good("login", "two")
    assert section(newcomer, "profile two")["warder_login_session"] == sign_in.service.arn
    assert (key(newcomer, "one"), key(newcomer, "two")) == (first, last(sign_in))
    assert json.loads(newcomer.good("process", "two"))["AccountId"] == "222222222222"


def test_by_a_code_of_another_device(newcomer, sign_in):
    terminal = sign_in_elsewhere(newcomer, "login", "work", "--device-code")
    assert exit_code(terminal) == 0, terminal.before
    assert key(newcomer, "work") == last(sign_in)


def test_without_a_display_a_code_is_asked_for(newcomer, sign_in):
    newcomer.environment.pop("DISPLAY")
    newcomer.environment.pop("BROWSER")
    terminal = sign_in_elsewhere(newcomer, "login", "work", codes=[pasted])
    assert exit_code(terminal) == 0, terminal.before


def test_again_it_signs_in_again(newcomer, sign_in):
    newcomer.good("login", "work")
    config = newcomer.config_file.read_bytes()
    sign_in.requests.clear()
    newcomer.good("login", "work")
    assert sign_in.log == [AUTHORIZE, REDEEMED] and newcomer.config_file.read_bytes() == config
    assert key(newcomer, "work") == last(sign_in)


# What is not done


def untouched(home, sign_in, *arguments):
    """Runs warder, which must fail before anybody signs in, and write nothing."""
    result = home.run(*arguments)
    assert result.out == "" and sign_in.log == [] and not home.config_file.exists(), result
    return result.code


def test_with_no_prompt_nothing_is_opened(newcomer, sign_in):
    assert untouched(newcomer, sign_in, "login", "work", "--no-prompt") == 4


def test_a_region_that_is_none(newcomer, sign_in):
    assert untouched(newcomer, sign_in, "login", "work", "--region", "evil.example/x") in (2, 8)


@pytest.mark.parametrize("name", ["", "a b", "x]y", "a'b", "a#b", "é", "a\nregion = x", "[x"], ids=repr)
def test_a_name_that_no_profile_can_have(newcomer, sign_in, name):
    assert untouched(newcomer, sign_in, "login", name) in (2, 8)


def test_declined_nothing_is_written(newcomer, sign_in):
    sign_in.service.user = "declines"
    assert newcomer.run("login", "work").code == 5
    assert not newcomer.config_file.exists()


def test_a_profile_with_other_credentials(newcomer, sign_in):
    """Those would go first, or be lost."""
    config = "[profile work]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
    newcomer.config(config)
    result = newcomer.run("login", "work")
    assert result.code not in (0, 1) and "hint: " in result.err, result
    assert sign_in.log == [] and newcomer.config_file.read_text() == config


def test_a_config_that_cannot_be_written_is_known_before(newcomer, sign_in):
    newcomer.config_file.mkdir()
    result = newcomer.run("login", "work")
    assert result.code != 0 and str(newcomer.config_file) in result.err, result
    assert sign_in.log == []


# Profiles of the AWS CLI's


def test_its_profile_is_adopted(newcomer, sign_in):
    """SDKs find `login_session` before `credential_process`: it must give way."""
    newcomer.config(f"[profile work]\nregion = eu-west-1\nlogin_session = {ARN}\n")
    cache = CLICache(newcomer, sign_in, left=900)
    newcomer.good("adopt", "work")
    assert "\nlogin_session" not in newcomer.config_file.read_text()
    assert section(newcomer, "profile work")["warder_login_session"] == ARN
    # boto3 asks warder, which uses the AWS CLI's sign-in as long as it has none.
    program = ("import boto3; credentials = boto3.Session(profile_name='work').get_credentials()\n"
               "print(credentials.method, credentials.get_frozen_credentials().access_key)")
    asked = newcomer.python(program)
    assert asked.stdout.split() == ["custom-process", cache.read()["accessToken"]["accessKeyId"]], asked.stderr


def test_once_signed_in_the_aws_clis_file_may_go(newcomer, sign_in):
    newcomer.config(f"[profile work]\nregion = eu-west-1\nlogin_session = {ARN}\n")
    cache = CLICache(newcomer, sign_in, left=900)
    newcomer.good("login", "work")
    cache.file.unlink()
    assert key(newcomer, "work") == last(sign_in)


def test_signed_out_it_is_gone(signed_in, sign_in):
    signed_in.good("forget", "me")
    result = signed_in.run("process", "me")
    assert result.code in (0, 4), result
    assert sign_in.sent() == []


def renewed_once(home, sign_in):
    """Signs in, and has the sign-in renewed."""
    own_due(home, sign_in)
    key(home)
    assert len(sign_in.sent()) == 1


def test_forgotten_sign_ins_are_counted_once(desktop_user, sign_in):
    renewed_once(desktop_user, sign_in)
    result = desktop_user.run("forget")
    assert result.err == "warder: dropped 1 session and 1 sign-in\n", result
    assert [path for path in desktop_user.cache.iterdir() if len(path.name) >= 64] == []


def test_forgotten_while_locked(desktop_user, sign_in):
    renewed_once(desktop_user, sign_in)
    desktop_user.good("lock")
    assert desktop_user.run("forget").err == "warder: dropped 2 sessions or sign-ins (locked, they look alike)\n"


def test_lock_takes_warders_own_alone(bare, sign_in):
    """Without a store, the key is gone for good; the AWS CLI's sign-in is not encrypted with it."""
    bare.config(CONFIG)
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    cache = CLICache(bare, sign_in, left=900)
    assert key(bare) == cache.read()["accessToken"]["accessKeyId"]
    own = "warder: locked; cached sessions and warder's own sign-ins are gone with it\n"
    assert bare.run("lock").err == own
    assert key(bare) == cache.read()["accessToken"]["accessKeyId"]
    add_browser(bare)
    bare.good("login", "me")
    cache.file.unlink()
    assert bare.run("lock").err == own
    bare.run("process", "me").failed(4, "sign in")


# The clock


@pytest.mark.parametrize("ahead", [-50, 50])
def test_a_clock_that_is_a_little_off(desktop_user, sign_in, ahead):
    sign_in.service.ahead = ahead
    desktop_user.good("refresh", "me")
    assert key(desktop_user) == last(sign_in)


def test_a_clock_that_is_far_off(bare, lax_sign_in):
    """The proof has a time, which AWS checks."""
    lax_sign_in.service.ahead = 3600
    bare.environment["AWS_ENDPOINT_URL_SIGNIN"] = lax_sign_in.url
    add_browser(bare)
    result = bare.run("login", "work")
    assert result.code == 5 and "DPoP: iat" in result.err, result
    assert lax_sign_in.service.broken[0].startswith("DPoP: iat")


# What is wrong is said before the user signs in


@pytest.mark.parametrize("region", ["eu-west-1\ncredential_process = touch x", "nonsense!!", "", "eu west"])
def test_a_region_that_is_none(newcomer, sign_in, region):
    newcomer.environment["AWS_REGION"] = "eu-west-1"
    result = newcomer.run("login", "work", "--region", region)
    assert result.code == 2 and "is not a region" in result.err, result
    assert sign_in.log == [] and not newcomer.config_file.exists()


@pytest.mark.parametrize("name", ["a#b", "a;b", "a=b", "a,b", "ä"])
def test_a_name_that_is_none(newcomer, sign_in, name):
    result = newcomer.run("login", name)
    assert result.code == 2 and "is not a valid profile name" in result.err, result
    assert sign_in.log == [] and not newcomer.config_file.exists()


def test_the_command_line_goes_before_the_environment(newcomer, sign_in):
    """The address shows where, since the endpoint of the tests is the same for all."""
    newcomer.environment |= {"AWS_REGION": "us-west-2"}
    newcomer.environment.pop("AWS_ENDPOINT_URL_SIGNIN")
    terminal = newcomer.terminal("login", "work", "--region", "eu-central-1", "--device-code")
    terminal.expect(r"https://(\S+)\.signin\.aws\.amazon\.com/v1/authorize")
    assert terminal.match[1] == "eu-central-1"
    terminal.sendintr()
    exit_code(terminal)


def test_a_role_is_not_touched(newcomer, sign_in):
    text = "[profile w]\nrole_arn = arn:aws:iam::111111111111:role/R\nsource_profile = x\n[profile x]\nregion = eu-west-1\n"
    newcomer.config(text)
    result = newcomer.run("login", "w")
    assert result.code == 8 and "warder login x" in result.err, result
    assert newcomer.config_file.read_text() == text and sign_in.log == []
    newcomer.good("login", "x")


def test_an_empty_login_session(newcomer, sign_in):
    newcomer.config("[profile w]\nlogin_session =\n")
    result = newcomer.run("login", "w")
    assert result.code == 8 and "config:2: login_session is empty" in result.err, result
    assert sign_in.log == []


def test_a_profile_without_a_region_gets_it(newcomer, sign_in):
    newcomer.config("[profile w]\noutput = json\n")
    newcomer.good("login", "w", "--region", "eu-central-1")
    assert section(newcomer, "profile w")["region"] == "eu-central-1"


def test_nowhere_to_keep_it(newcomer, sign_in):
    newcomer.cache.parent.mkdir(parents=True, exist_ok=True)
    newcomer.cache.write_text("")
    result = newcomer.run("login", "w")
    assert result.code != 0 and sign_in.log == [], result
    assert not newcomer.config_file.exists()


def test_two_at_once(newcomer, sign_in):
    both = [newcomer.start("login", "w") for _ in range(2)]
    assert [process.wait(60) for process in both] == [0, 0]
    assert section(newcomer, "profile w")["warder_login_session"] == ARN


def test_a_stored_key_is_not_hidden(unlocked, sign_in):
    """Whether the store has such a key cannot be seen while it is locked."""
    unlocked.environment["AWS_ENDPOINT_URL_SIGNIN"] = sign_in.url
    add_browser(unlocked)
    before = unlocked.config_file.read_text() if unlocked.config_file.exists() else None
    result = unlocked.run("login", "alice")
    assert result.code in (3, 8) and sign_in.log == [], result
    assert (unlocked.config_file.read_text() if unlocked.config_file.exists() else None) == before


@pytest.mark.parametrize("lasting", ["900", 0, -1, 1.5, 1 << 63, None], ids=str)
def test_a_life_that_is_none(newcomer, sign_in, lasting):
    """The refresh token is used up: what came with it is kept."""
    sign_in.service.lives["access"] = 290
    newcomer.good("login", "work")
    sign_in.service.lives["access"] = 900
    sign_in.next(changed(expiresIn=lasting))
    assert key(newcomer, "work") == last(sign_in)
    assert key(newcomer, "work") == last(sign_in)


def test_a_file_that_cannot_be_used_is_no_obstacle_to_signing_in(newcomer, sign_in):
    newcomer.config(f"[profile me]\nregion = eu-west-1\nlogin_session = {ARN}\n")
    cache = CLICache(newcomer, sign_in)
    cache.write({})
    assert newcomer.run("process", "me").code == 9
    result = newcomer.run("refresh", "me")
    assert result.code == 0 and "counts as absent" in result.err, result


def test_the_endpoint_of_services(newcomer, sign_in):
    newcomer.environment.pop("AWS_ENDPOINT_URL_SIGNIN")
    newcomer.config(f"[profile me]\nservices = s\nregion = eu-west-1\nlogin_session = {ARN}\n"
                    f"[services s]\nsignin =\n  endpoint_url = {sign_in.url}\n")
    newcomer.good("refresh", "me")
    assert sign_in.log == [AUTHORIZE, REDEEMED]


def test_a_profile_that_signs_in_already_is_not_judged_as_a_new_one(newcomer, sign_in):
    """What `adopt` would refuse, signs in again all the same."""
    newcomer.config(f"[profile me]\nlogin_session = {ARN}\ncredential_process = warder process other\n")
    result = newcomer.run("login", "me")
    assert sign_in.log == [AUTHORIZE, REDEEMED], result
