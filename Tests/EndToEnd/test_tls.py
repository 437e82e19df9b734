"""HTTPS: whom warder trusts, and what it leaves behind."""

import datetime
import ipaddress
import shutil
import ssl
import subprocess

import pytest
import system_certificates
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from recording_sts import RecordingSTS
from system_certificates import in_place


def make_certificate(folder, starts=-1, ends=1, subject="127.0.0.1"):
    """A certificate for this machine, and its key; times in days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now + starts * day, now + ends * day)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), False)
    builder = builder.add_extension(x509.BasicConstraints(True, None), True)
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    return folder


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this machine that only those trust who are told to."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


def secured(certificate):
    server = RecordingSTS()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    return server.start()


@pytest.fixture
def secure(certificate):
    server = secured(certificate)
    yield server
    server.stop()


@pytest.fixture
def at_secure(bare, secure):
    bare.endpoint(secure.url)
    bare.add_vault()
    bare.add_profiles()
    return bare


PROCESS = ["process", "prod", "--mfa-code", "123456"]


def test_a_certificate_that_nobody_vouches_for_is_refused(at_secure, secure):
    result = at_secure.run(*PROCESS, passphrase=True)
    result.failed(6, "SSL certificate problem", "name its file in ca_bundle")
    assert "sSL" not in result.err
    assert secure.requests == []


def test_a_bundle_in_force_is_named_where_it_does_not_help(at_secure, secure, tmp_path):
    """The variable beats the setting: to advise the setting would help nobody."""
    other = make_certificate(tmp_path) / "certificate.pem"
    result = at_secure.run(*PROCESS, passphrase=True, env={"AWS_CA_BUNDLE": str(other)})
    result.failed(6, f"AWS_CA_BUNDLE={other} is in force")
    at_secure.config(at_secure.config_file.read_text().replace("region = ", f"ca_bundle = {other}\nregion = "))
    next_code = [*PROCESS[:-1], "234567"]
    at_secure.run(*next_code, passphrase=True).failed(6, f"the ca_bundle in force: {other}")
    gone = str(tmp_path / "gone.pem")
    last_code = [*PROCESS[:-1], "345678"]
    at_secure.run(*last_code, passphrase=True, env={"AWS_CA_BUNDLE": gone}).failed(8, f"the AWS_CA_BUNDLE {gone}")


@pytest.mark.parametrize("times, words", [((-2, -1), "has expired"), ((1, 2), "not yet valid")])
def test_no_bundle_is_advised_for_a_certificate_out_of_its_time(bare, tmp_path, times, words):
    folder = make_certificate(tmp_path, *times)
    server = secured(folder)
    bare.endpoint(server.url)
    bare.add_vault()
    bare.add_profiles()
    result = bare.run(*PROCESS, passphrase=True, env={"AWS_CA_BUNDLE": str(folder / "certificate.pem")})
    server.stop()
    result.failed(6, words, "clock", "no ca_bundle helps")


@pytest.mark.parametrize("how", ["variable", "profile"])
def test_a_ca_bundle_vouches_for_it(at_secure, secure, certificate, how):
    bundle = certificate / "certificate.pem"
    env = {"AWS_CA_BUNDLE": str(bundle)} if how == "variable" else {}
    if how == "profile":
        text = at_secure.config_file.read_text()
        at_secure.config(text.replace("region = ", f"ca_bundle = {bundle}\nregion = "))
    at_secure.good(*PROCESS, passphrase=True, env=env)
    assert secure.actions() == ["GetSessionToken", "AssumeRole"]


def test_who_trusts_it_is_not_told_that_it_cannot_be_trusted(at_secure, certificate):
    """Neither with another bundle, nor once the bundle is mended."""
    bundle = at_secure.root / "bundle.pem"
    bundle.write_bytes(b"")
    at_secure.add_profile("plain", "warder_key = alice")
    untrusting = at_secure.run("process", "plain", passphrase=True)
    assert untrusting.code in (6, 8), untrusting
    env = {"AWS_CA_BUNDLE": str(bundle)}
    assert at_secure.run("process", "plain", passphrase=True, env=env).code in (6, 8)
    bundle.write_bytes((certificate / "certificate.pem").read_bytes())
    assert at_secure.run("process", "plain", passphrase=True, env=env).code == 0


def test_a_name_that_does_not_match_is_refused(at_secure, secure, certificate):
    at_secure.endpoint(secure.url.replace("127.0.0.1", "localhost"))
    at_secure.run(*PROCESS, passphrase=True, env={"AWS_CA_BUNDLE": str(certificate / "certificate.pem")}).failed(
        6, "another host's", "no ca_bundle helps")
    assert secure.requests == []


def test_what_speaks_no_tls_is_told_of(bare, sts):
    bare.endpoint(sts.url.replace("http:", "https:"))
    bare.add_vault()
    bare.add_profiles()
    bare.run(*PROCESS, passphrase=True).failed(6, "see whether it speaks TLS there")


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_proxy_in_force_is_named_without_its_password(bare, variable):
    bare.add_vault()
    bare.add_profiles()
    bare.run(*PROCESS, passphrase=True, env={variable: "http://me:hunter2@127.0.0.1:9"}).failed(
        6, f"{variable}=http://127.0.0.1:9")


def test_no_file_tells_the_keys_of_the_connection(at_secure, secure, certificate):
    """Debian's libcurl writes them to the file that SSLKEYLOGFILE names: whoever reads it reads the sessions."""
    log = at_secure.root / "keys.log"
    env = {"AWS_CA_BUNDLE": str(certificate / "certificate.pem"), "SSLKEYLOGFILE": str(log)}
    at_secure.good(*PROCESS, passphrase=True, env=env)
    assert secure.actions() == ["GetSessionToken", "AssumeRole"]
    assert not log.exists()


def test_a_proxy_is_not_asked_for_this_machine(home, sts):
    env = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    home.good(*PROCESS, passphrase=True, env=env)
    assert len(sts.requests) == 2


@pytest.mark.parametrize("places", [("file", "folder"), ("folder",), ("file",)])
def test_the_systems_file_and_its_folder_are_both_trusted(at_secure, secure, certificate, tmp_path, places):
    system = copy_of_system(tmp_path, certificate, places)
    at_secure.good(*PROCESS, passphrase=True, prefix=in_place(system))
    assert secure.actions() == ["GetSessionToken", "AssumeRole"]


def test_the_systems_file_is_not_read_where_the_folder_is_enough(at_secure, certificate, tmp_path):
    system = copy_of_system(tmp_path, certificate, ("file", "folder"))
    traced = ["strace", "--follow-forks", "--trace=openat", "--output", tmp_path / "opened"]
    at_secure.good(*PROCESS, passphrase=True, prefix=[*in_place(system), *traced])
    opened = (tmp_path / "opened").read_text()
    assert "/etc/ssl/certs/" in opened
    assert "ca-certificates.crt" not in opened


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_bundle_takes_the_place_of_the_systems_file_and_folder(at_secure, secure, certificate, tmp_path, kind):
    system = copy_of_system(tmp_path, certificate, ("file", "folder"))
    folder = tmp_path / "others"
    folder.mkdir()
    other = shutil.copy(make_certificate(tmp_path, subject="other") / "certificate.pem", folder)
    subprocess.run(["openssl", "rehash", folder], check=True, capture_output=True)
    env = {"AWS_CA_BUNDLE": str(folder if kind == "folder" else other)}
    at_secure.run(*PROCESS, passphrase=True, env=env, prefix=in_place(system)).failed(6, "AWS_CA_BUNDLE")
    assert secure.requests == []


def test_what_the_administrator_removed_is_not_trusted(at_secure, secure, certificate, tmp_path):
    system = copy_of_system(tmp_path, certificate, ("folder",))
    (system / "added.pem").unlink()
    at_secure.run(*PROCESS, passphrase=True, prefix=in_place(system)).failed(6, "name its file in ca_bundle")
    subprocess.run(["openssl", "rehash", system], check=True, capture_output=True)
    next_code = [*PROCESS[:-1], "234567"]
    at_secure.run(*next_code, passphrase=True, prefix=in_place(system)).failed(6, "name its file in ca_bundle")
    assert secure.requests == []


def test_what_the_administrator_adds_is_trusted_at_once(at_secure, certificate, tmp_path):
    """A failure of a moment ago is not shared with a process that trusts more, even where only the folder changed."""
    system = copy_of_system(tmp_path, certificate, ())
    at_secure.add_profile("plain", "warder_key = alice")
    at_secure.run("process", "plain", passphrase=True, prefix=in_place(system)).failed(6, "name its file in ca_bundle")
    shutil.copy(certificate / "certificate.pem", system / "added.pem")
    subprocess.run(["openssl", "rehash", system], check=True, capture_output=True)
    at_secure.good("process", "plain", passphrase=True, prefix=in_place(system))


def copy_of_system(tmp_path, certificate, places):
    if reason := system_certificates.missing():
        pytest.skip(reason)
    return system_certificates.copy_with(tmp_path / "certs", certificate / "certificate.pem", places)


def test_a_bundle_may_be_a_folder_with_hashes(at_secure, secure, certificate, tmp_path):
    shutil.copy(certificate / "certificate.pem", tmp_path)
    env = {"AWS_CA_BUNDLE": str(tmp_path)}
    at_secure.run(*PROCESS, passphrase=True, env=env).failed(
        8, f"the AWS_CA_BUNDLE {tmp_path} is a folder without hashed certificates", f"openssl rehash {tmp_path}")
    subprocess.run(["openssl", "rehash", tmp_path], check=True, capture_output=True)
    at_secure.good(*PROCESS[:-1], "234567", passphrase=True, env=env)
    assert secure.actions() == ["GetSessionToken", "AssumeRole"]
