"""Libraries that Python programs use, whatever they are written in themselves."""

from client import Client

STORAGE = """
import os
url, profile = os.environ["AWS_ENDPOINT_URL"], os.environ.get("AWS_PROFILE")
host = url.removeprefix("http://")
"""

BOTO3 = """
import boto3
print(boto3.client("s3").get_object(Bucket="of-alice", Key="greeting")["Body"].read().decode())
"""

# Signed by the library, and sent by Python.
AWSCRT = STORAGE + """
import urllib.request
from awscrt import auth, http, io
provider = auth.AwsCredentialsProvider.new_default_chain(io.ClientBootstrap.get_or_create_static_default())
request = http.HttpRequest("GET", "/of-alice/greeting", http.HttpHeaders([("host", host)]))
auth.aws_sign_request(request, auth.AwsSigningConfig(
    algorithm=auth.AwsSigningAlgorithm.V4, signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
    credentials_provider=provider, region="eu-west-1", service="s3", use_double_uri_encode=False,
    signed_body_header_type=auth.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256)).result(30)
sent = urllib.request.Request(url + request.path, headers=dict(request.headers))
print(urllib.request.urlopen(sent).read().decode())
"""

S3FS = """
import s3fs
print(s3fs.S3FileSystem().cat("of-alice/greeting").decode())
"""

PYARROW = STORAGE + """
from pyarrow import fs
print(fs.S3FileSystem(endpoint_override=host, scheme="http").open_input_stream("of-alice/greeting").read().decode())
"""

PYICEBERG = STORAGE + """
from pyiceberg.io.pyarrow import PyArrowFileIO
files = PyArrowFileIO({"s3.endpoint": url})
print(files.new_input("s3://of-alice/greeting").open().read().decode())
"""

S3TORCH = STORAGE + """
from s3torchconnectorclient._mountpoint_s3_client import MountpointS3Client
client = MountpointS3Client(region="eu-west-1", endpoint=url, force_path_style=True, profile=profile)
print(b"".join(client.get_object("of-alice", "greeting")).decode())
"""

# daft's threads outlive its work, and now and then take Python with them when it ends.
DAFT = STORAGE + """
import daft
from daft.io import IOConfig, S3Config
where = S3Config(endpoint_url=url, region_name="eu-west-1", profile_name=profile, use_ssl=False)
rows = daft.read_csv("s3://of-alice/greeting", has_headers=False, io_config=IOConfig(s3=where)).to_pylist()
print(*rows[0].values(), flush=True)
os._exit(0)
"""

LANCEDB = STORAGE + """
import lancedb
print(lancedb.connect("s3://of-alice/tables", storage_options={"endpoint": url, "allow_http": "true"}).table_names())
"""

DELTALAKE = STORAGE + """
import deltalake
options = {"endpoint": url, "allow_http": "true"}
print(deltalake.DeltaTable.is_deltatable("s3://of-alice/table", storage_options=options))
"""

POLARS = STORAGE + """
import polars
options = {"aws_endpoint_url": url, "aws_allow_http": "true"}
print(polars.read_csv("s3://of-alice/greeting", has_header=False, storage_options=options).item())
"""

POLARS_PROVIDER = STORAGE + """
import polars
options = {"aws_endpoint_url": url, "aws_allow_http": "true"}
provider = polars.CredentialProviderAWS(profile_name=profile)
print(polars.read_csv(
    "s3://of-alice/greeting", has_header=False, storage_options=options, credential_provider=provider).item())
"""

OBSTORE = STORAGE + """
import obstore
from obstore.store import S3Store
store = S3Store("of-alice", endpoint=url, client_options={"allow_http": True})
print(bytes(obstore.get(store, "greeting").bytes()).decode())
"""

OBSTORE_PROVIDER = STORAGE + """
import obstore
from obstore.auth.boto3 import Boto3CredentialProvider
from obstore.store import S3Store
store = S3Store(
    "of-alice", endpoint=url, client_options={"allow_http": True}, credential_provider=Boto3CredentialProvider())
print(bytes(obstore.get(store, "greeting").bytes()).decode())
"""

OPENDAL = STORAGE + """
import opendal
print(bytes(opendal.Operator("s3", bucket="of-alice", endpoint=url, region="eu-west-1").read("greeting")).decode())
"""

DUCKDB = STORAGE + """
import importlib, pathlib
import duckdb
database = duckdb.connect()
for name in ("httpfs", "aws"):
    package = importlib.import_module(f"duckdb_extension_{name}")
    (file,) = pathlib.Path(package.__file__).parent.rglob(f"{name}.duckdb_extension")
    database.execute(f"LOAD '{file}'")
database.execute(
    f"CREATE SECRET (TYPE s3, PROVIDER credential_chain, ENDPOINT '{host}', USE_SSL false, URL_STYLE 'path')")
print(database.execute("SELECT content FROM read_text('s3://of-alice/greeting')").fetchone()[0])
"""

TILEDB = STORAGE + """
import tiledb
files = tiledb.VFS(tiledb.Config({
    "vfs.s3.endpoint_override": host, "vfs.s3.scheme": "http", "vfs.s3.use_virtual_addressing": "false",
    "vfs.s3.region": "eu-west-1"}))
with files.open("s3://of-alice/greeting", "rb") as file:
    print(file.read().decode())
"""

RASTERIO = STORAGE + """
import rasterio
os.environ |= {"AWS_S3_ENDPOINT": host, "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE"}
with rasterio.open("/vsis3/of-alice/picture.pgm") as picture:
    print("hello from S3" if picture.read(1)[0][0] == ord("H") else "")
"""

RASTERIO_SESSION = STORAGE + """
import rasterio
from rasterio.session import AWSSession
options = {"AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE"}
with rasterio.Env(AWSSession(endpoint_url=host), **options), rasterio.open("s3://of-alice/picture.pgm") as picture:
    print("hello from S3" if picture.read(1)[0][0] == ord("H") else "")
"""

MINIO = STORAGE + """
import minio
print(minio.Minio(host, secure=False, region="eu-west-1", credentials=minio.credentials.ChainedProvider(
    [minio.credentials.EnvAWSProvider(), minio.credentials.AWSConfigProvider(profile=profile),
     minio.credentials.IamAwsProvider()])).get_object("of-alice", "greeting").data.decode())
"""

# These ask an instance's metadata service even where AWS_EC2_METADATA_DISABLED is set: here they are told at once that
# there is none.
NO_INSTANCE = {"AWS_METADATA_ENDPOINT": "{url}"}
DUCKDB_PACKAGES = ("duckdb==1.5.5", "duckdb-extension-aws==1.5.5", "duckdb-extension-httpfs==1.5.5")
# They throw away what is said, and name no reason.
HIDES = {"shows": False, "shows_served": False}

CLIENTS = [
    Client("boto3", "botocore", program=BOTO3, packages=("boto3",), in_tests=True),
    Client("AWS CLI 1", "botocore", ("{bin}/python", "-m", "awscli", "s3", "cp", "s3://of-alice/greeting", "-"),
           packages=("awscli",), in_tests=True),
    Client("s3fs", "botocore", program=S3FS, packages=("s3fs",)),
    Client("awscrt", "C", program=AWSCRT, packages=("awscrt",), in_tests=True, **HIDES),
    Client("s3torchconnector", "C", program=S3TORCH, packages=("s3torchconnectorclient",), in_tests=True,
           **HIDES),
    Client("pyarrow", "C++", program=PYARROW, packages=("pyarrow",), runs=4, in_tests=True, **HIDES),
    Client("pyiceberg", "pyarrow", program=PYICEBERG, packages=("pyiceberg", "pyarrow"), runs=4, **HIDES),
    Client("DuckDB", "C++", program=DUCKDB, packages=DUCKDB_PACKAGES, in_tests=True, **HIDES,
           to_set="its `aws` extension, and a secret of `PROVIDER credential_chain`"),
    Client("TileDB", "C++", program=TILEDB, packages=("tiledb",), runs=4, **HIDES),
    Client("daft", "Rust", program=DAFT, packages=("daft",), variables={"DO_NOT_TRACK": "1"}, shows_served=False,
           in_tests=True),
    Client("lancedb", "Rust", program=LANCEDB, packages=("lancedb",), shows_served=False, runs=6),
    Client("deltalake", "Rust", program=DELTALAKE, packages=("deltalake",), shows_served=False,
           variables={"AWS_FORCE_CREDENTIAL_LOAD": "true"}, to_set="`AWS_FORCE_CREDENTIAL_LOAD=true`"),
    Client("deltalake, as it comes", "object_store", program=DELTALAKE, packages=("deltalake",),
           variables=NO_INSTANCE, lacks=("process", "serve")),
    Client("polars", "botocore", program=POLARS_PROVIDER, packages=("polars", "boto3"),
           to_set="boto3 beside it; `credential_provider=CredentialProviderAWS(profile_name=…)`"),
    Client("polars, as it comes", "object_store", program=POLARS, packages=("polars",), variables=NO_INSTANCE,
           lacks=("process", "serve")),
    Client("obstore", "botocore", program=OBSTORE_PROVIDER, packages=("obstore", "boto3"), in_tests=True,
           to_set="boto3 beside it; `credential_provider=Boto3CredentialProvider()`"),
    Client("obstore, as it comes", "object_store", program=OBSTORE, packages=("obstore",), variables=NO_INSTANCE,
           lacks=("process", "serve"), in_tests=True),
    Client("opendal", "reqsign", program=OPENDAL, packages=("opendal",), lacks=("process",), shows_served=False),
    Client("rasterio", "botocore", program=RASTERIO_SESSION, packages=("rasterio", "boto3"),
           to_set="boto3 beside it; `rasterio.Env(AWSSession())`"),
    Client("rasterio, as it comes", "GDAL", program=RASTERIO, packages=("rasterio",), lacks=("process",),
           shows_served=False),
    Client("minio", "minio-py", program=MINIO, packages=("minio",), lacks=("process",), shows_served=False),
]
