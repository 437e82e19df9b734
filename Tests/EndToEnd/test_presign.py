"""`warder presign` makes the URLs that botocore makes of the same session, character by character."""

import pytest
from presigning import NAMES, REQUESTS, botocore_s, client, credentials, has_dots, parameters, presigned, spelled
from stores import add_key_profile

REGIONS = [
    "us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-gov-east-1", "eusc-de-east-1", "us-iso-east-1",
    "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "xx-new-1", "aws-global",
]


@pytest.fixture(scope="module")
def at_aws(shared):
    """A home whose sessions come from the tests' STS, and whose S3 is AWS's. Nothing is sent there."""
    url = shared.environment.pop("AWS_ENDPOINT_URL")
    shared.environment["AWS_ENDPOINT_URL_STS"] = url
    yield shared
    shared.environment["AWS_ENDPOINT_URL"] = url
    del shared.environment["AWS_ENDPOINT_URL_STS"]


@pytest.fixture(scope="module")
def s3(at_aws):
    return client(credentials(at_aws, "prod"))


@pytest.fixture
def itself(bare):
    """A home whose profile gives alice's key itself: no request to STS, whatever is set of endpoints."""
    bare.add_vault()
    add_key_profile(bare, "itself", "alice")
    with bare.opened():
        bare.key_of = (*bare.key, None)
        yield bare


def test_the_names_are_many():
    assert len(set(NAMES)) == len(NAMES) >= 60


@pytest.mark.parametrize("bucket, key", NAMES, ids=spelled)
def test_each_request_for_an_object(at_aws, s3, bucket, key):
    for operation, more, options in REQUESTS:
        result = at_aws.run("presign", "prod", f"s3://{bucket}/{key}", "--expires", "40m", *options)
        url = result.out.removesuffix("\n")
        assert result.code == 0, result
        assert url == botocore_s(url, s3, operation, bucket, key, 2400, **more)
        assert ("--path-as-is" in result.err) == has_dots(key), result
        assert has_dots(key) or not result.err, result


@pytest.mark.parametrize("region", REGIONS)
def test_regions_of_all_partitions(itself, region):
    for fips in (False, True):
        for dual in (False, True):
            if fips and region.startswith("cn-") or dual and region.startswith(("eu-isoe", "us-isof")):
                continue
            flags = {"use_fips_endpoint": fips, "use_dualstack_endpoint": dual}
            environment = {f"AWS_{name.upper()}": str(value).lower() for name, value in flags.items()}
            theirs = client(itself.key_of, region, **flags)
            for bucket in ("photos", "a.b"):
                url = presigned(itself, "itself", f"s3://{bucket}/k", env=environment | {"AWS_REGION": region})
                assert url == botocore_s(url, theirs, "get_object", bucket, "k", 3600)
                same = presigned(itself, "itself", f"s3://{bucket}/k", "--region", region, env=environment)
                assert same.partition("?")[0] == url.partition("?")[0]


def test_no_fips_in_china(itself):
    failed = itself.run(
        "presign", "itself", "s3://photos/k", env={"AWS_USE_FIPS_ENDPOINT": "true", "AWS_REGION": "cn-north-1"})
    failed.failed(8, "no FIPS endpoints in the partition aws-cn")


def test_the_region_is_the_sdks_own(itself):
    def region(*arguments, **environment):
        return parameters(presigned(itself, "itself", "s3://photos/k", *arguments, env=environment))[
            "X-Amz-Credential"].split("/")[2]

    assert region() == "eu-west-1"
    assert region(AWS_DEFAULT_REGION="eu-west-2") == "eu-west-2"
    assert region(AWS_DEFAULT_REGION="eu-west-2", AWS_REGION="eu-west-3") == "eu-west-3"
    assert region("--region", "us-west-1", AWS_REGION="eu-west-3") == "us-west-1"
    itself.config(itself.config_file.read_text().replace("region = eu-west-1\n", ""))
    result = itself.run("presign", "itself", "s3://photos/k")
    assert result.out.startswith("https://photos.s3.us-east-1.amazonaws.com/k?")
    assert result.err == "warder: no region is set: the URL is for a bucket in us-east-1; --region names another\n"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "https://s3.example", "https://s3.example:8443/base/"])
@pytest.mark.parametrize("bucket, key", [("photos", "a b//../c"), ("a.b", "\u00e9"), ("my_photos", "/")])
def test_an_endpoint_of_ones_own(itself, url, bucket, key):
    theirs = client(itself.key_of, style="path", endpoint_url=url)
    services = f"\n[services mine]\ns3 =\n  endpoint_url = {url}\n"
    for before, after, environment in [
        ("", "", {"AWS_ENDPOINT_URL": url}),
        ("", "", {"AWS_ENDPOINT_URL": "https://other.example", "AWS_ENDPOINT_URL_S3": url}),
        (f"endpoint_url = {url}\n", "", {"AWS_ENDPOINT_URL_STS": "https://other.example"}),
        ("endpoint_url = https://other.example\nservices = mine\n", services, {}),
    ]:
        config = itself.config_file.read_text()
        itself.config(config + before + after)
        ours = presigned(itself, "itself", f"s3://{bucket}/{key}", env=environment)
        assert ours == botocore_s(ours, theirs, "get_object", bucket, key, 3600)
        itself.config(config)


def test_seven_days_for_a_key_without_an_end(itself):
    url = presigned(itself, "itself", "s3://photos/k", "--expires", "7d")
    assert url == botocore_s(url, client(itself.key_of), "get_object", "photos", "k", 604_800)
    assert "X-Amz-Security-Token" not in url


@pytest.mark.parametrize("name, header", [
    ("a.jpg", 'attachment; filename="a.jpg"'),
    ("\u00fcber 50%.txt", "attachment; filename=\"_ber 50_.txt\"; filename*=UTF-8''%C3%BCber%2050%25.txt"),
    ('"x"\\', "attachment; filename=\"_x__\"; filename*=UTF-8''%22x%22%5C"),
])
def test_the_name_of_a_download(at_aws, s3, name, header):
    url = presigned(at_aws, "prod", "s3://photos/k", "--expires", "40m", "--download-as", name)
    expected = botocore_s(url, s3, "get_object", "photos", "k", 2400, ResponseContentDisposition=header)
    assert url == expected
