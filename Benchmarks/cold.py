"""A request to STS, cold: `warder process` for one role, beside curl sending the same request.

Over HTTPS both trust the system's certificates. An authority of the benchmark's own must be among them: it is added to a
copy of /etc/ssl/certs, which only a mount namespace of the benchmark's own sees in place of the original."""

import contextlib
import datetime
import ipaddress
import json
import pathlib
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from measure import COMMAND, bench, times
from recording_sts import RecordingSTS
from system_certificates import copy_with, in_place, missing

PEM = serialization.Encoding.PEM


def same_request(home):
    """curl with its defaults, sending what warder sends for a role, signature and all."""
    home.role_session.unlink(missing_ok=True)
    home.sts.requests.clear()
    home.good("process", "prod")
    request = home.sts.only("AssumeRole")
    body = home.root / "body"
    body.write_text(urllib.parse.urlencode({"Action": request.action, **request.parameters}))
    headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
    options = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    return ["curl", "-sf", "-o", "/dev/null", "--data-binary", f"@{body}", *options, home.sts.url + "/"]


def http(home):
    """The medians of warder and of curl over plain HTTP, in milliseconds."""
    return side_by_side(home)


def https(home):
    """The same over HTTPS with the system's certificates; None where no authority can be added to them.

    It needs another home, because another user namespace has another keyring."""
    del home
    if missing():
        return None
    with tempfile.TemporaryDirectory(prefix="warder-certificates-") as root:
        folder = pathlib.Path(root)
        make_authority(folder)
        copy = copy_with(folder / "certs", folder / "authority.pem")
        inside = [*in_place(copy), sys.executable, __file__, folder]
        run = subprocess.run(inside, stdout=subprocess.PIPE, text=True, check=True)
    return tuple(json.loads(run.stdout))


def side_by_side(home):
    curl = same_request(home)
    (other, warder), _ = times([curl, COMMAND], home.variables(), 60, prepare=f"rm -f {home.role_session}")
    return warder, other


def make_authority(folder):
    """An authority, and a certificate of its for this machine, with the key."""
    now, day = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(days=1)

    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def certificate(subject, key, extension, signer):
        builder = x509.CertificateBuilder(name("Benchmark CA"), name(subject), key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - day)
        builder = builder.not_valid_after(now + day).add_extension(extension, critical=False)
        return builder.sign(signer, hashes.SHA256()).public_bytes(PEM)

    authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    (folder / "authority.pem").write_bytes(
        certificate("Benchmark CA", authority, x509.BasicConstraints(ca=True, path_length=None), authority))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    (folder / "server.pem").write_bytes(certificate("127.0.0.1", key, address, authority))
    (folder / "server.key").write_bytes(
        key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))


@contextlib.contextmanager
def secured(folder):
    """An STS over TLS, which answers at once: it writes heads and bodies in two pieces, and the second would wait for
    the client's acknowledgement of the first, 40 ms late."""
    server = RecordingSTS()
    server.server.RequestHandlerClass = type(
        "Prompt", (server.server.RequestHandlerClass,), {"disable_nagle_algorithm": True})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    server.server.socket = context.wrap_socket(server.server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    yield server.start()
    server.stop()


def main():
    """Runs in a mount namespace of its own, and prints the two medians as JSON."""
    with bench() as home:
        with secured(pathlib.Path(sys.argv[1])) as server:
            home.sts, plain = server, home.sts
            home.endpoint(server.url)
            for session in home.sessions():
                session.unlink()
            home.good("refresh", "prod", "--mfa-code", "234567", passphrase=True)
            home.role_session = min(home.sessions(), key=lambda file: file.stat().st_mtime)
            print(json.dumps(side_by_side(home)))
            home.sts = plain


if __name__ == "__main__":
    main()
