"""STS's host for every region that botocore knows, with FIPS and dual stack and without, beside botocore's own.

Where the two differ, `docs/compatibility.md` has a row, and `expected` the rule.
"""

import concurrent.futures
import itertools
import json
import re

import botocore.endpoint_provider
import botocore.loaders

SWITCHES = list(itertools.product((False, True), repeat=2))
# Where requests of botocore's client would go, and what they are signed for.
CLIENT = """
import json, sys
import botocore.session
from botocore.config import Config

class Stop(Exception): pass

session = botocore.session.Session()
session.set_credentials("AKIA", "secret")

def place(region, fips, dual):
    seen = []
    def before(request, **_):
        seen.append(request)
        raise Stop
    try:
        client = session.create_client(
            "sts", region_name=region, config=Config(use_fips_endpoint=fips, use_dualstack_endpoint=dual))
        client.meta.events.register_first("before-send.sts", before)
        client.get_caller_identity()
    except Stop:
        authorization = seen[0].headers["Authorization"]
        return [seen[0].url.rstrip("/"), authorization.decode().split("/")[2]]
    except Exception as error:
        return type(error).__name__

print(json.dumps([place(*row) for row in json.loads(sys.argv[1])]))
"""


def section(number, region, fips, dual):
    return (
        f"[profile p{number}]\nregion = {region}\naws_access_key_id = AKIA\naws_secret_access_key = secret\n"
        f"use_fips_endpoint = {str(fips).lower()}\nuse_dualstack_endpoint = {str(dual).lower()}\n")


def by_warder(home, number):
    endpoint = json.loads(home.good("explain", f"p{number}", "--json"))["endpoint"]
    return [endpoint["url"].rstrip("/"), endpoint["signing_region"]]


def expected(row, client, implicit, rules):
    """What warder gives: botocore's place, but for what the page on compatibility lists."""
    region, fips, dual = row
    if region in implicit and client[0] != "https://sts.amazonaws.com":
        # `aws-global` and the like are no names of hosts: the partition's own region is meant.
        return [by_rules(rules, implicit[region], fips, dual), implicit[region]]
    if client == "EndpointVariantError":
        return [by_rules(rules, region, fips, dual), region]
    return client


def by_rules(rules, region, fips, dual):
    return rules.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual, UseGlobalEndpoint=False).url


def test_every_region(bare):
    loader = botocore.loaders.create_loader()
    partitions = loader.load_data("partitions")
    rules = botocore.endpoint_provider.EndpointProvider(
        loader.load_service_model("sts", "endpoint-rule-set-1"), partitions)
    rows = [(region, *switches) for partition in partitions["partitions"] for region in partition["regions"]
            for switches in SWITCHES]
    implicit = {region: partition["outputs"]["implicitGlobalRegion"] for partition in partitions["partitions"]
                for region in partition["regions"] if region.endswith("-global")}
    result = bare.python(CLIENT, json.dumps(rows), timeout=400)
    assert result.returncode == 0, result
    theirs = json.loads(result.stdout)
    bare.config("".join(section(number, *row) for number, row in enumerate(rows)))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        ours = list(pool.map(lambda number: by_warder(bare, number), range(len(rows))))
    assert ours == [expected(row, client, implicit, rules) for row, client in zip(rows, theirs)]
    # What differs is what the page says, and no more.
    differing = {row[0] for row, a, b in zip(rows, ours, theirs) if a != b}
    assert all(re.fullmatch(r"aws(-.*)?-global|(eu-isoe|us-isof)-.*", region) for region in differing), differing
    assert len(rows) >= 200
