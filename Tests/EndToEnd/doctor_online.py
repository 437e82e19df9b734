"""What the tests of `warder doctor --online` share."""

import strict_iam

ONLINE = "--online"
ADMIN = "arn:aws:iam::111111111111:role/Admin"


def notes(report, code):
    return [note for note in report["notes"] if note["code"] == code]


def add_roles(home, *names):
    """Profiles with a role each, which alice's credentials assume."""
    for name in names:
        home.add_profile(name, f"warder_role_arn = {ADMIN}", "warder_source_profile = alice")


def denied(server, request):
    return server.error(request, strict_iam.Refused(403, "AccessDenied", "no identity-based policy allows it"))
