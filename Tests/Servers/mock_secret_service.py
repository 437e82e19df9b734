#!/usr/bin/python3
"""A Secret Service of the tests' own, that misbehaves as it is told to.

    mock_secret_service.py ITEMS LOG [FAULT…]

Its items lie in the JSON file ITEMS, so that they outlive it; LOG gets a line for each call. It prints `ready`. Faults:

    locked=DIALOG                       the collection is locked, and this is what becomes of the dialog
    create=DIALOG                       there is no default collection, and this is what becomes of the dialog
    no-default                          there is none, and none can be made
    hang=CALL   crash=CALL   garbage=CALL   empty=CALL   error=CALL:NAME   late-crash=CALL
    secret=empty|wrong|binary|huge|mangled   what it hands out in a secret's place
    forgetful                           what is stored is acknowledged, and is not there
    vanish                              items are found, and are gone when they are read
    move=CALL:TIMES                     another program replaces the item just before the call, so many times
    no-session                          it can negotiate none
    plain                               it encrypts nothing on the bus
    slow=SECONDS                        so long for each call

DIALOG is accept, dismiss, rude (dismissed, with a result of another type than the question's), never or crash. CALL is
a method's name, with `Properties.` before Get and GetAll.
https://specifications.freedesktop.org/secret-service-spec/
"""

import json
import os
import pathlib
import secrets
import sys
import time

import dbus
import dbus.lowlevel
import dbus.mainloop.glib
import dbus.service
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.padding import PKCS7
from gi.repository import GLib

TOP = "/org/freedesktop/secrets"
MAIN = TOP + "/collection/main"
DEFAULT = TOP + "/aliases/default"
PLACES = (MAIN, DEFAULT)
SECRET = "org.freedesktop.Secret."
PROPERTIES = "org.freedesktop.DBus.Properties"
ERRORS = {
    "IsLocked": SECRET + "Error.IsLocked",
    "NoSuchObject": SECRET + "Error.NoSuchObject",
    "NoSession": SECRET + "Error.NoSession",
    "AccessDenied": "org.freedesktop.DBus.Error.AccessDenied",
    "NotSupported": "org.freedesktop.DBus.Error.NotSupported",
    "Failed": "org.freedesktop.DBus.Error.Failed",
    "UnknownMethod": "org.freedesktop.DBus.Error.UnknownMethod",
}
NONE = dbus.ObjectPath("/")
ENCRYPTED = "dh-ietf1024-sha256-aes128-cbc-pkcs7"
# The second Oakley group, RFC 2409 section 6.2.
PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


class Refusal(Exception):
    """An answer that is an error, by its short name."""


class NoAnswer(Exception):
    """The caller may wait."""


class Session:
    """What goes over the bus in one session: encrypted, or as it is where `offer` is None."""

    def __init__(self, offer=None):
        self.key, self.answer = None, dbus.String("", variant_level=1)
        if offer is not None:
            own = secrets.randbits(1000)
            shared = pow(int.from_bytes(bytes(offer), "big"), own, PRIME)
            self.key = HKDF(SHA256(), 16, None, b"").derive(shared.to_bytes(128, "big"))
            public = pow(2, own, PRIME).to_bytes(128, "big")
            self.answer = dbus.ByteArray(public, variant_level=1)

    def cipher(self, vector):
        return Cipher(algorithms.AES(self.key), modes.CBC(vector))

    def seal(self, value):
        """The parameters and the value as the bus carries them."""
        if self.key is None:
            return b"", value
        padding, vector = PKCS7(128).padder(), secrets.token_bytes(16)
        encryption = self.cipher(vector).encryptor()
        return vector, encryption.update(padding.update(value) + padding.finalize()) + encryption.finalize()

    def open(self, vector, value):
        if self.key is None:
            return bytes(value)
        decryption, padding = self.cipher(bytes(vector)).decryptor(), PKCS7(128).unpadder()
        padded = decryption.update(bytes(value)) + decryption.finalize()
        return padding.update(padded) + padding.finalize()


class Service:
    def __init__(self, bus, items, log, faults):
        self.bus, self.file, self.log = bus, items, log
        self.faults = [fault.partition("=")[::2] for fault in faults]
        self.options = dict(self.faults)
        self.items = self.load()
        self.locked = "locked" in self.options
        self.has_default = not {"create", "no-default"} & self.options.keys()
        self.prompts, self.sessions = {}, {}
        self.moved = 0

    # The bus's side

    def receive(self, connection, message):
        if message.get_type() != 1:
            return 1
        name, path, caller = message.get_member(), message.get_path(), message.get_sender()
        interface = message.get_interface() or ""
        call = f"Properties.{name}" if interface == PROPERTIES else name
        with self.log.open("a") as log:
            log.write(f"{call} {path}\n")
        time.sleep(float(self.options.get("slow", 0)))
        try:
            reply = dbus.lowlevel.MethodReturnMessage(message)
            signature, *values = self.answer(call, path, message.get_args_list(), interface)
            if values:
                reply.append(*values, signature=signature)
        except Refusal as refusal:
            reply = dbus.lowlevel.ErrorMessage(message, ERRORS[str(refusal)], f"the mock refuses {call}")
        except NoAnswer:
            return 0
        connection.send_message(reply)
        if name == "Prompt":
            GLib.timeout_add(20, self.complete, path, caller)
        if ("late-crash", name) in self.faults:
            connection.flush()
            os._exit(1)
        return 0

    def answer(self, call, path, arguments, interface):
        for fault, value in self.faults:
            where, _, what = value.partition(":")
            if where != call:
                continue
            if fault == "hang":
                raise NoAnswer
            if fault == "crash":
                os._exit(1)
            if fault == "error":
                raise Refusal(what)
            if fault == "garbage":
                return "uas", dbus.UInt32(7), ["not", "what", "was", "asked"]
            if fault == "empty":
                return ("",)
            if fault == "move" and self.moved < int(what) and str(path).rpartition("/")[2] in self.items:
                self.moved += 1
                number = str(max(map(int, self.items)) + 1)
                self.items[number] = self.items.pop(str(path).rpartition("/")[2])
                self.save()
                raise Refusal("NoSuchObject")
        answer = getattr(self, call.replace("Properties.", "property_"), None)
        if answer is None:
            raise Refusal("UnknownMethod")
        return answer(path, *arguments) if not call.startswith("Properties.") else answer(path, *arguments[1:])

    def emit(self, path, interface, name, signature, *values, to=None):
        signal = dbus.lowlevel.SignalMessage(path, interface, name)
        signal.append(*values, signature=signature)
        if to:
            signal.set_destination(to)
        self.bus.send_message(signal)

    # Items

    def load(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def save(self):
        if "forgetful" in self.options:
            self.items = self.load()
            return
        partial = self.file.with_suffix(".new")
        partial.write_text(json.dumps(self.items))
        partial.replace(self.file)

    def found(self, attributes):
        wanted = {str(key): str(value) for key, value in attributes.items()}
        return [
            f"{MAIN}/{number}" for number, item in self.items.items() if wanted.items() <= item["attributes"].items()
        ]

    def item(self, path):
        number = str(path).rpartition("/")[2]
        if not str(path).startswith(MAIN) or number not in self.items:
            raise Refusal("NoSuchObject")
        return self.items[number]

    def secret(self, item, session):
        value = {
            "empty": b"", "wrong": b"hello", "binary": bytes(range(256)), "huge": b"x" * (1 << 20),
            "mangled": item["secret"].encode().replace(b"secret_access_key = ", b"secret_access_key = \xff\x01\""),
        }.get(self.options.get("secret"), item["secret"].encode())
        parameters, sealed = self.session(session).seal(value)
        content = item.get("content_type", "text/plain")
        return dbus.Struct(
            (dbus.ObjectPath(session), dbus.ByteArray(parameters), dbus.ByteArray(sealed), content), signature="oayays"
        )

    def session(self, path):
        if path not in self.sessions:
            raise Refusal("NoSession")
        return self.sessions[path]

    def opened(self, secret):
        session, parameters, value, content = secret
        return self.session(session).open(parameters, value).decode(errors="replace"), str(content)

    def must_be_unlocked(self):
        if self.locked:
            raise Refusal("IsLocked")

    # Dialogs

    def prompt(self, kind, nothing, done):
        """`nothing`: the result of a dialog that was dismissed; `done` does what was asked, and gives its result."""
        path = f"{TOP}/prompt/p{len(self.prompts) + 1}"
        self.prompts[path] = (self.options.get(kind, "accept"), nothing, done)
        return dbus.ObjectPath(path)

    def complete(self, path, caller):
        outcome, nothing, done = self.prompts[path]
        if outcome == "crash":
            os._exit(1)
        if outcome == "never":
            return False
        dismissed = outcome != "accept"
        result = done() if not dismissed else dbus.Int32(0, variant_level=1) if outcome == "rude" else nothing
        self.emit(path, SECRET + "Prompt", "Completed", "bv", dbus.Boolean(dismissed), result, to=caller)
        return False

    def Prompt(self, path, window):
        if path not in self.prompts:
            raise Refusal("NoSuchObject")
        return ("",)

    def Dismiss(self, path):
        nothing = self.prompts[path][1]
        self.emit(path, SECRET + "Prompt", "Completed", "bv", dbus.Boolean(True), nothing)
        return ("",)

    # org.freedesktop.Secret.Service

    def OpenSession(self, path, algorithm, offer):
        known = ["plain"] if "plain" in self.options else ["plain", ENCRYPTED]
        if "no-session" in self.options or algorithm not in known:
            raise Refusal("NotSupported")
        session = Session(offer if algorithm == ENCRYPTED else None)
        opened = dbus.ObjectPath(f"{TOP}/session/s{len(self.sessions) + 1}")
        self.sessions[opened] = session
        return "vo", session.answer, opened

    def SearchItems(self, path, attributes):
        found = [dbus.ObjectPath(item) for item in self.found(attributes)]
        if path in PLACES:
            return "ao", dbus.Array(found, "o")
        split = ([], found) if self.locked else (found, [])
        return "aoao", *(dbus.Array(paths, "o") for paths in split)

    def GetSecrets(self, path, items, session):
        self.must_be_unlocked()
        there = {} if "vanish" in self.options else {
            item: self.secret(self.item(item), session) for item in items if str(item).rpartition("/")[2] in self.items
        }
        return "a{o(oayays)}", dbus.Dictionary(there, signature="o(oayays)")

    def Unlock(self, path, objects):
        if not self.locked:
            return "aoo", dbus.Array(objects, "o"), NONE

        def done():
            self.locked = False
            return dbus.Array(objects, "o", variant_level=1)

        return "aoo", dbus.Array([], "o"), self.prompt("locked", dbus.Array([], "o", variant_level=1), done)

    def Lock(self, path, objects):
        self.locked = True
        return "aoo", dbus.Array(objects, "o"), NONE

    def ReadAlias(self, path, name):
        return "o", dbus.ObjectPath(MAIN) if name == "default" and self.has_default else NONE

    def CreateCollection(self, path, properties, alias):
        if "no-default" in self.options:
            raise Refusal("NotSupported")

        def done():
            self.has_default = True
            return dbus.ObjectPath(MAIN, variant_level=1)

        return "oo", NONE, self.prompt("create", dbus.ObjectPath("/", variant_level=1), done)

    # org.freedesktop.Secret.Collection

    def CreateItem(self, path, properties, secret, replace):
        if path not in PLACES or not self.has_default:
            raise Refusal("NoSuchObject")
        self.must_be_unlocked()
        attributes = {str(key): str(value) for key, value in properties[SECRET + "Item.Attributes"].items()}
        same = [p for p in self.found(attributes) if self.item(p)["attributes"] == attributes] if replace else []
        number = same[0].rpartition("/")[2] if same else str(max(map(int, self.items), default=0) + 1)
        value, content = self.opened(secret)
        self.items[number] = {
            "label": str(properties.get(SECRET + "Item.Label", "")), "attributes": attributes,
            "secret": value, "content_type": content,
        }
        self.save()
        return "oo", dbus.ObjectPath(f"{MAIN}/{number}"), NONE

    # org.freedesktop.Secret.Item

    def GetSecret(self, path, session):
        self.must_be_unlocked()
        if "vanish" in self.options:
            raise Refusal("NoSuchObject")
        return "(oayays)", self.secret(self.item(path), session)

    def SetSecret(self, path, secret):
        self.must_be_unlocked()
        self.item(path)["secret"], _ = self.opened(secret)
        self.save()
        return ("",)

    def Delete(self, path):
        self.item(path)
        if self.locked:
            nothing = dbus.String("", variant_level=1)
            return "o", self.prompt("locked", nothing, lambda: nothing)
        del self.items[str(path).rpartition("/")[2]]
        self.save()
        return "o", NONE

    def Close(self, path):
        return ("",)

    # org.freedesktop.DBus.Properties

    def properties(self, path):
        path = str(path)
        if path == TOP:
            return {"Collections": dbus.Array([MAIN] if self.has_default else [], "o")}
        common = {"Locked": dbus.Boolean(self.locked), "Created": dbus.UInt64(1), "Modified": dbus.UInt64(1)}
        if path in PLACES:
            if not self.has_default:
                raise Refusal("NoSuchObject")
            return common | {"Label": "main", "Items": dbus.Array([f"{MAIN}/{n}" for n in self.items], "o")}
        item = self.item(path)
        attributes = dbus.Dictionary(item["attributes"], signature="ss")
        kind = item["attributes"].get("xdg:schema", "")
        return common | {"Label": item["label"], "Attributes": attributes, "Type": kind}

    def property_GetAll(self, path):
        return "a{sv}", dbus.Dictionary(self.properties(path), signature="sv")

    def property_Get(self, path, name):
        if name not in self.properties(path):
            raise Refusal("NotSupported")
        return "v", self.properties(path)[name]

    def property_Set(self, path, name, value):
        item = self.item(path)
        key = str(name).lower()
        item[key] = {str(a): str(b) for a, b in value.items()} if key == "attributes" else str(value)
        self.save()
        return ("",)


def main(items, log, *faults):
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.SessionBus()
    service = Service(bus, pathlib.Path(items), pathlib.Path(log), faults)
    bus._register_object_path(TOP, service.receive, None, True)
    name = dbus.service.BusName("org.freedesktop.secrets", bus, do_not_queue=True)
    assert name
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
