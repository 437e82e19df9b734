"""An AWS account: users with at most two access keys, sessions, and what IAM and STS do with them."""

import base64
import dataclasses
import datetime
import os
import random
import string
import time
from xml.sax.saxutils import escape

import signature_v4
from signature_v4 import Refused

ACCOUNT = "111111111111"
QUOTA = 2
NAMESPACES = {
    "iam": ("https://iam.amazonaws.com/doc/2010-05-08/", "2010-05-08"),
    "sts": ("https://sts.amazonaws.com/doc/2011-06-15/", "2011-06-15"),
}
# What AWS says of keys and tokens that it does not take, whatever the reason.
INVALID = "The security token included in the request is invalid."
UNKNOWN_DEVICE = (
    "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and "
    "associated with this user."
)
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
# GetCallerIdentity is allowed whatever policies say, and GetSessionToken can only be asked by a user's own key.
UNDENIABLE = ("GetCallerIdentity", "GetSessionToken")


@dataclasses.dataclass
class Propagation:
    """How a new key becomes known: AWS's many servers do not learn of it at once.

    Times count from the key's creation, in seconds of the machine's monotonic clock. `sts` and `iam` say how long that
    service refuses the key; `alternating` how many further requests are refused by turns, the first of them too;
    `unlisted` how long the key is missing from ListAccessKeys."""

    sts: float = 0
    iam: float = 0
    alternating: float = 0
    unlisted: float = 0


@dataclasses.dataclass
class Key:
    id: str
    secret: str
    created: float
    made: float = dataclasses.field(default_factory=time.monotonic)
    propagation: Propagation = dataclasses.field(default_factory=Propagation)
    active: bool = True
    used: tuple = None
    # Of the requests that met alternating servers, how many there were.
    turns: int = 0

    @property
    def status(self):
        return "Active" if self.active else "Inactive"

    def age(self):
        return time.monotonic() - self.made

    def is_known(self, service):
        """Whether the server that this request meets knows the key. Asking counts."""
        if self.age() < getattr(self.propagation, service):
            return False
        if self.turns < self.propagation.alternating:
            self.turns += 1
            return self.turns % 2 == 0
        return True

    def is_listed(self):
        return self.age() >= self.propagation.unlisted


@dataclasses.dataclass
class Session:
    id: str
    secret: str
    token: str
    user: object
    ends: float
    with_mfa: bool
    role: str = None


@dataclasses.dataclass
class User:
    name: str
    path: str = "/"
    device: str = None
    keys: list = dataclasses.field(default_factory=list)
    # Actions that a policy denies, as `iam:CreateAccessKey`.
    denied: set = dataclasses.field(default_factory=set)
    # Whether a policy denies all of IAM without MFA.
    needs_mfa: bool = False

    @property
    def arn(self):
        return f"arn:aws:iam::{ACCOUNT}:user{self.path}{self.name}"


def random_text(letters, count):
    return "".join(random.SystemRandom().choices(letters, k=count))


def new_id(prefix):
    return prefix + random_text(string.ascii_uppercase + "234567", 16)


def new_secret():
    return random_text(string.ascii_letters + string.digits, 38) + "/+"


def stamp(seconds):
    return datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Account:
    """The state, and each action on it. What would lose a user's access, or go beyond the two keys, is in `broken`."""

    def __init__(self):
        self.users, self.sessions = {}, {}
        # How far AWS's clock is ahead of the machine's, in seconds.
        self.ahead = 0
        self.propagation = Propagation()
        # One-time codes that are right, each once.
        self.codes = set()
        self.spent = set()
        # The most keys in one answer of ListAccessKeys.
        self.page = 1000
        self.broken = []

    def now(self):
        return time.time() + self.ahead

    # What a test sets up, and looks at

    def user(self, name="alice", device=True, path="/", **rules):
        serial = f"arn:aws:iam::{ACCOUNT}:mfa/{name}" if device else None
        self.users[name] = user = User(name, path, serial, **rules)
        return user

    def key(self, user, active=True, age=0, used=None):
        """Gives the user a key that is known everywhere, made `age` seconds ago; `used` (time, service, region)."""
        key = Key(new_id("AKIA"), new_secret(), self.now() - age, active=active, used=used)
        user.keys.append(key)
        return key

    def code(self):
        """A one-time code that is right, once."""
        fresh = f"{random.SystemRandom().randrange(10**6):06d}"
        if fresh in self.codes | self.spent:
            return self.code()
        self.codes.add(fresh)
        return fresh

    def find(self, key_id):
        return next((key for user in self.users.values() for key in user.keys if key.id == key_id), None)

    def owner(self, key):
        return next(user for user in self.users.values() if key in user.keys)

    # Who asks, and whether they may

    def authenticate(self, request):
        """The user or the role's session that signed it, and what it signed with."""
        signed = signature_v4.parse(request.headers)
        session = self.sessions.get(signed.key_id)
        key = None if session else self.find(signed.key_id)
        signer = session or key
        if not signer or (key and not (key.active and key.is_known(request.service))):
            raise Refused(403, "InvalidClientTokenId", INVALID)
        if request.headers.get("x-amz-security-token") != (session.token if session else None):
            raise Refused(403, "InvalidClientTokenId", INVALID)
        regions = ("us-east-1",) if request.service == "iam" else ("us-east-1", "eu-west-1", request.region)
        signature_v4.check(request, signed, signer.secret, self.now(), request.service, regions)
        if session and session.ends <= self.now():
            raise Refused(403, "ExpiredToken", "The security token included in the request is expired")
        if session and not session.role and not session.with_mfa and request.service == "iam":
            raise Refused(403, "InvalidClientTokenId", INVALID)
        user = session.user if session else self.owner(key)
        if key:
            key.used = (self.now(), request.service, signed.region)
        return user, signer

    def authorize(self, request, user, signer):
        action = f"{request.service}:{request.action}"
        session = signer if isinstance(signer, Session) else None
        if session and request.service == "sts" and not session.role:
            if request.action not in ("AssumeRole", "GetCallerIdentity"):
                raise Refused(403, "AccessDenied", f"Cannot call {request.action} with session credentials")
        if request.action in UNDENIABLE:
            return
        because = None
        if action in user.denied or (session and session.role and request.service == "iam"):
            because = f"no identity-based policy allows the {action} action"
        elif user.needs_mfa and request.service == "iam" and not (session and session.with_mfa):
            because = "an explicit deny in an identity-based policy"
        if because:
            how = "with" if because.startswith("an ") else "because"
            what = f"User: {user.arn} is not authorized to perform: {action} on resource: user {user.name}"
            raise Refused(403, "AccessDenied", f"{what} {how} {because}")

    # STS

    def get_caller_identity(self, request, user, signer):
        arn, identity = user.arn, "AIDA" + user.name.upper()
        if isinstance(signer, Session) and signer.role:
            role, name = signer.role
            arn, identity = f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}", f"AROA:{name}"
        return f"<Arn>{escape(arn)}</Arn><UserId>{escape(identity)}</UserId><Account>{ACCOUNT}</Account>"

    def get_session_token(self, request, user, signer):
        serial, code = request.parameters.get("SerialNumber"), request.parameters.get("TokenCode")
        if serial is not None or code is not None:
            if serial != user.device or not serial:
                raise Refused(403, "AccessDenied", UNKNOWN_DEVICE)
            if code not in self.codes:
                raise Refused(403, "AccessDenied", WRONG_CODE)
            self.codes.discard(code)
            self.spent.add(code)
        return self.session(request, user, 43200, 129600, code is not None)

    def assume_role(self, request, user, signer):
        role, name = request.parameters["RoleArn"].split("/")[-1], request.parameters["RoleSessionName"]
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{escape(role)}/{escape(name)}"
        assumed = f"<AssumedRoleId>AROA:{escape(name)}</AssumedRoleId><Arn>{arn}</Arn>"
        session = self.session(request, user, 3600, 43200, False, (role, name))
        return f"<AssumedRoleUser>{assumed}</AssumedRoleUser>{session}"

    def session(self, request, user, usual, longest, with_mfa, role=None):
        seconds = int(request.parameters.get("DurationSeconds", usual))
        if not 900 <= seconds <= longest:
            raise Refused(400, "ValidationError", "1 validation error detected: Value at 'durationSeconds' is invalid")
        token = base64.b64encode(os.urandom(240)).decode()
        made = Session(new_id("ASIA"), new_secret(), token, user, self.now() + seconds, with_mfa, role)
        self.sessions[made.id] = made
        return (
            f"<Credentials><AccessKeyId>{made.id}</AccessKeyId><SecretAccessKey>{made.secret}</SecretAccessKey>"
            f"<SessionToken>{token}</SessionToken><Expiration>{stamp(made.ends)}</Expiration></Credentials>"
        )

    # IAM

    def whose(self, request, user):
        """Who is meant: without a name, whose credentials signed."""
        name = request.parameters.get("UserName")
        if name is None:
            return user
        if name not in self.users:
            raise Refused(404, "NoSuchEntity", f"The user with name {name} cannot be found.")
        if self.users[name] is not user:
            raise Refused(403, "AccessDenied", f"User: {user.arn} is not authorized to perform this on another user")
        return user

    def which(self, request, user):
        """The key that is meant."""
        wanted = request.parameters.get("AccessKeyId", "")
        found = next((key for key in user.keys if key.id == wanted), None)
        if not found:
            raise Refused(404, "NoSuchEntity", f"The Access Key with id {wanted} cannot be found.")
        return found

    def get_user(self, request, user, signer):
        user = self.whose(request, user)
        return (
            f"<User><Path>{user.path}</Path><UserName>{user.name}</UserName><UserId>AIDA{user.name.upper()}</UserId>"
            f"<Arn>{user.arn}</Arn><CreateDate>2020-01-01T00:00:00Z</CreateDate></User>"
        )

    def list_mfa_devices(self, request, user, signer):
        user = self.whose(request, user)
        member = (
            f"<member><UserName>{user.name}</UserName><SerialNumber>{user.device}</SerialNumber>"
            "<EnableDate>2020-01-01T00:00:00Z</EnableDate></member>"
        )
        return f"<IsTruncated>false</IsTruncated><MFADevices>{member if user.device else ''}</MFADevices>"

    def list_access_keys(self, request, user, signer):
        user = self.whose(request, user)
        listed = [key for key in user.keys if key.is_listed()]
        begin = int(request.parameters.get("Marker", "0"))
        end = begin + min(self.page, int(request.parameters.get("MaxItems", "1000")))
        members = "".join(
            f"<member><UserName>{user.name}</UserName><AccessKeyId>{key.id}</AccessKeyId>"
            f"<Status>{key.status}</Status><CreateDate>{stamp(key.created)}</CreateDate></member>"
            for key in listed[begin:end]
        )
        more = f"true</IsTruncated><Marker>{end}</Marker>" if end < len(listed) else "false</IsTruncated>"
        return (
            f"<UserName>{user.name}</UserName><AccessKeyMetadata>{members}</AccessKeyMetadata><IsTruncated>{more}"
        )

    def create_access_key(self, request, user, signer):
        user = self.whose(request, user)
        if len(user.keys) >= QUOTA:
            if all(key.is_listed() for key in user.keys):
                self.broken.append("a third key was asked for")
            raise Refused(409, "LimitExceeded", f"Cannot exceed quota for AccessKeysPerUser: {QUOTA}")
        key = Key(new_id("AKIA"), new_secret(), self.now(), propagation=dataclasses.replace(self.propagation))
        user.keys.append(key)
        return (
            f"<AccessKey><UserName>{user.name}</UserName><AccessKeyId>{key.id}</AccessKeyId><Status>Active</Status>"
            f"<SecretAccessKey>{key.secret}</SecretAccessKey><CreateDate>{stamp(key.created)}</CreateDate></AccessKey>"
        )

    def update_access_key(self, request, user, signer):
        user = self.whose(request, user)
        key = self.which(request, user)
        status = request.parameters.get("Status")
        if status not in ("Active", "Inactive"):
            raise Refused(400, "ValidationError", "Value at 'status' failed to satisfy constraint: [Active, Inactive]")
        key.active = status == "Active"
        self.check_access(user, f"{key.id} was made {status}")
        return None

    def delete_access_key(self, request, user, signer):
        user = self.whose(request, user)
        key = self.which(request, user)
        user.keys.remove(key)
        self.check_access(user, f"{key.id} was deleted")
        return None

    def get_access_key_last_used(self, request, user, signer):
        key = self.which(request, user)
        at, service, region = key.used or (None, "N/A", "N/A")
        date = f"<LastUsedDate>{stamp(at)}</LastUsedDate>" if at else ""
        return (
            f"<UserName>{user.name}</UserName><AccessKeyLastUsed>{date}<ServiceName>{service}</ServiceName>"
            f"<Region>{region}</Region></AccessKeyLastUsed>"
        )

    def check_access(self, user, what):
        if not any(key.active for key in user.keys):
            self.broken.append(f"{what}, and {user.name} has no active key left")


ACTIONS = {
    "sts": {
        "GetCallerIdentity": Account.get_caller_identity, "GetSessionToken": Account.get_session_token,
        "AssumeRole": Account.assume_role,
    },
    "iam": {
        "GetUser": Account.get_user, "ListMFADevices": Account.list_mfa_devices,
        "ListAccessKeys": Account.list_access_keys, "CreateAccessKey": Account.create_access_key,
        "UpdateAccessKey": Account.update_access_key, "DeleteAccessKey": Account.delete_access_key,
        "GetAccessKeyLastUsed": Account.get_access_key_last_used,
    },
}
