"""Where `explain` says that a setting comes from, and a value that no request could be made with."""

import json

import pytest
from home import MFA, ROLE

PLAIN = "aws_access_key_id = AKIAPLAIN\naws_secret_access_key = secret/of/it\n"


def endpoint_line(home, name):
    (line,) = [line for line in home.good("explain", name).splitlines() if line.startswith("endpoint: ")]
    return line


def test_which_endpoint_counts(bare):
    bare.config(f"""\
[profile p]
role_arn = {ROLE}
source_profile = p
endpoint_url = https://all.example
{PLAIN}services = s
[services s]
sts =
  endpoint_url = https://sts.example
""")
    place = "~/.aws/config:"
    assert endpoint_line(bare, "p").endswith(f"https://sts.example/, signed for us-east-1 ({place}10)")
    bare.environment["AWS_ENDPOINT_URL"] = "https://of-variable.example"
    assert endpoint_line(bare, "p").endswith("https://of-variable.example/, signed for us-east-1 (AWS_ENDPOINT_URL)")
    bare.environment["AWS_ENDPOINT_URL_STS"] = "https://of-sts.example"
    assert endpoint_line(bare, "p").endswith("https://of-sts.example/, signed for us-east-1 (AWS_ENDPOINT_URL_STS)")
    bare.environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true"
    assert endpoint_line(bare, "p").endswith("https://sts.us-east-1.amazonaws.com/, signed for us-east-1")


def test_tags_of_an_included_profile(bare):
    bare.config(f"""\
[profile tags]
session_tags = team=core
warder_transitive_session_tags = team
[profile p]
include_profile = tags
role_arn = {ROLE}
source_profile = p
{PLAIN}""")
    role = json.loads(bare.good("explain", "p", "--json"))["steps"][1]
    assert role["parameters"]["session_tags"] == "team=core"
    place = f"{bare.config_file}:"
    assert role["origin"]["session_tags"] == place + "2" and role["origin"]["transitive_session_tags"] == place + "3"


@pytest.mark.parametrize(("settings", "environment", "origin"), [
    ("region = eu_west_1", {}, 2),
    ("region = evil.example/", {}, 2),
    ("endpoint_url = http://config.example.com", {}, 2),
    ("sts_regional_endpoints = both", {}, 2),
    ("region = eu-west-1", {"AWS_REGION": "eu_west_1"}, "AWS_REGION"),
    ("region = eu-west-1", {"AWS_DEFAULT_REGION": "eu_west_1"}, "AWS_DEFAULT_REGION"),
    ("region = eu-west-1", {"AWS_ENDPOINT_URL": "http://variable.example.com"}, "AWS_ENDPOINT_URL"),
    ("region = eu-west-1", {"AWS_STS_REGIONAL_ENDPOINTS": "both"}, "AWS_STS_REGIONAL_ENDPOINTS"),
])
def test_a_value_that_no_request_could_be_made_with(bare, settings, environment, origin):
    bare.config(f"[profile p]\n{settings}\nrole_arn = {ROLE}\nsource_profile = p\nmfa_serial = {MFA}\n{PLAIN}")
    bare.environment |= environment
    place = f"{bare.config_file}:{origin}" if isinstance(origin, int) else origin
    bare.run("process", "p").failed(8, place)
    bare.run("explain", "p").failed(8, place)
    error = json.loads(bare.run("explain", "p", "--json").out)["error"]
    assert (error["code"], error["origin"]) == ("bad_value", place)
    assert error["message"].startswith(place + ": ")


def test_a_fips_endpoint_beside_one_of_one_s_own(bare):
    bare.config(f"[profile p]\nendpoint_url = https://a.example\nuse_fips_endpoint = true\nrole_arn = {ROLE}\n"
                f"source_profile = p\n{PLAIN}")
    bare.run("process", "p").failed(8)
    error = json.loads(bare.run("explain", "p", "--json").out)["error"]
    assert (error["code"], error["origin"]) == ("endpoint_conflict", f"{bare.config_file}:2")
