"""`warder import` of a home whose keys lie in plain text."""

from home import WARDER
from recording_sts import wrapped


def pair(key, equals=" = ", end="\n"):
    return f"aws_access_key_id{equals}{key[0]}{end}aws_secret_access_key{equals}{key[1]}{end}"


def asking(name):
    return f"credential_process = {WARDER} process {name}\n"


def run(home, *arguments, **options):
    return home.run("import", *arguments, **{"passphrase": True} | options)


def imported(home, *arguments, **options):
    result = run(home, "--yes", *arguments, **options)
    assert result.code == 0, result
    assert home.key[1] not in result.out + result.err
    return result


def user(sts, request):
    """The answer to iam:GetUser of a key that may call it."""
    return wrapped("GetUser", "<User><UserName>alice</UserName><Arn>arn:aws:iam::111111111111:user/alice</Arn></User>")
