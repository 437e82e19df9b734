"""A Secret Service that behaves as its first argument says, and writes each call to the file of its second.

Like KeePassXC it hides what is in a locked collection. It shares no code with libsecret or gnome-keyring.
"""

import hashlib
import hmac
import os
import secrets
import subprocess
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

MODE, CALLS = sys.argv[1:]
ROOT = "/org/freedesktop/secrets"
COLLECTION = ROOT + "/collection/mine"
SERVICE_INTERFACE = "org.freedesktop.Secret.Service"
ITEM_INTERFACE = "org.freedesktop.Secret.Item"
COLLECTION_INTERFACE = "org.freedesktop.Secret.Collection"
# RFC 2409 section 6.2.
PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
    16,
)


class Refusal(dbus.DBusException):
    def __init__(self, name, text=""):
        super().__init__(text)
        self._dbus_error_name = name


def note(what):
    with open(CALLS, "a", encoding="utf-8") as file:
        file.write(what + "\n")


def aes(key, iv, data, *options):
    command = ["openssl", "enc", "-aes-128-cbc", "-K", key.hex(), "-iv", iv.hex(), *options]
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout


class Dialog(dbus.service.Object):
    number = 0

    def __init__(self, bus, act):
        Dialog.number += 1
        self.path = f"{ROOT}/prompt/p{Dialog.number}"
        self.act = act
        super().__init__(bus, self.path)

    @dbus.service.method("org.freedesktop.Secret.Prompt", "s", "")
    def Prompt(self, window):
        note("Prompt")
        if MODE == "vanishing":
            os._exit(0)
        if MODE == "lingering":
            return
        if MODE == "dismissing":
            GLib.idle_add(self.Completed, True, dbus.String("", variant_level=1))
        else:
            GLib.idle_add(lambda: self.Completed(False, self.act()) and None)

    @dbus.service.method("org.freedesktop.Secret.Prompt", "", "")
    def Dismiss(self):
        note("Dismiss")
        self.Completed(True, dbus.String("", variant_level=1))

    @dbus.service.signal("org.freedesktop.Secret.Prompt", "bv")
    def Completed(self, dismissed, result):
        pass


class Item(dbus.service.Object):
    def __init__(self, service, number, label, attributes, value):
        self.path = f"{COLLECTION}/{number}"
        self.service, self.label, self.attributes, self.value = service, label, attributes, value
        super().__init__(service.bus, self.path)

    @dbus.service.method("org.freedesktop.DBus.Properties", "ss", "v")
    def Get(self, interface, name):
        return self.GetAll(interface)[name]

    @dbus.service.method("org.freedesktop.DBus.Properties", "s", "a{sv}")
    def GetAll(self, interface):
        # As KeePassXC does.
        own = {"Title": self.label, "Uuid": "0123"}
        return {
            "Label": self.label,
            "Attributes": dbus.Dictionary({**self.attributes, **own}, signature="ss"),
            "Locked": self.service.locked,
        }

    @dbus.service.method("org.freedesktop.DBus.Properties", "ssv", "")
    def Set(self, interface, name, value):
        note("Set " + name)
        self.label = str(value)

    @dbus.service.method(ITEM_INTERFACE, "o", "(oayays)")
    def GetSecret(self, session):
        note("GetSecret")
        if MODE == "dying":
            os._exit(0)
        if MODE == "hanging":
            time.sleep(60)
        if MODE == "noisy":
            raise Refusal("org.example.Error", "one\ntwo\x1b[31m" + "x" * 1000)
        if MODE == "forgetful":
            raise Refusal("org.freedesktop.Secret.Error.NoSuchObject", "gone")
        iv = secrets.token_bytes(16)
        data = aes(self.service.key, iv, self.value)
        if MODE == "garbling":
            data = data[:-1]
        return (session, dbus.ByteArray(iv), dbus.ByteArray(data), "application/octet-stream")

    @dbus.service.method(ITEM_INTERFACE, "(oayays)", "", byte_arrays=True)
    def SetSecret(self, secret):
        note("SetSecret " + secret[3])
        self.value = self.service.opened(secret)

    @dbus.service.method(ITEM_INTERFACE, "", "o")
    def Delete(self):
        note("Delete")
        self.service.items.remove(self)
        self.remove_from_connection()
        return "/"


class Collection(dbus.service.Object):
    def __init__(self, service):
        self.service = service
        super().__init__(service.bus, COLLECTION)

    @dbus.service.method("org.freedesktop.DBus.Properties", "ss", "v")
    def Get(self, interface, name):
        return {"Locked": dbus.Boolean(self.service.locked)}[name]

    @dbus.service.method(COLLECTION_INTERFACE, "a{sv}(oayays)b", "oo", byte_arrays=True)
    def CreateItem(self, properties, secret, replace):
        note(f"CreateItem {secret[3]} {bool(replace)}")
        if self.service.locked:
            raise Refusal("org.freedesktop.Secret.Error.IsLocked", "locked")
        item = self.service.add(
            str(properties[ITEM_INTERFACE + ".Label"]),
            properties[ITEM_INTERFACE + ".Attributes"],
            self.service.opened(secret),
        )
        return (item.path, "/")


class Service(dbus.service.Object):
    def __init__(self, bus):
        self.bus = bus
        self.locked = MODE in ("asking", "dismissing", "vanishing", "lingering")
        self.items, self.key, self.number = [], None, 0
        self.has_collection = MODE != "empty"
        super().__init__(bus, ROOT)
        self.collection = Collection(self)
        if self.has_collection:
            self.add("Alice", {"xdg:schema": "org.example.Test", "name": "alice"}, b"s3cret")

    def add(self, label, attributes, value):
        self.number += 1
        self.items.append(Item(self, self.number, label, dict(attributes), value))
        return self.items[-1]

    def opened(self, secret):
        _, iv, data, _ = secret
        return aes(self.key, bytes(iv), bytes(data), "-d")

    @dbus.service.method(SERVICE_INTERFACE, "sv", "vo", byte_arrays=True)
    def OpenSession(self, algorithm, argument):
        note("OpenSession " + algorithm)
        if MODE == "plain" and algorithm != "plain":
            raise Refusal("org.freedesktop.DBus.Error.NotSupported", "no")
        if algorithm == "plain":
            return (dbus.String("", variant_level=1), ROOT + "/session/s")
        private = secrets.randbits(1024) % PRIME
        shared = pow(int.from_bytes(bytes(argument), "big"), private, PRIME).to_bytes(128, "big")
        pseudo = hmac.digest(b"\0" * 32, shared, hashlib.sha256)
        self.key = hmac.digest(pseudo, b"\1", hashlib.sha256)[:16]
        public = pow(2, private, PRIME).to_bytes(128, "big")
        return (dbus.ByteArray(public, variant_level=1), ROOT + "/session/s")

    @dbus.service.method(SERVICE_INTERFACE, "s", "o")
    def ReadAlias(self, name):
        if MODE == "mute":
            time.sleep(60)
        return COLLECTION if self.has_collection else "/"

    @dbus.service.method(SERVICE_INTERFACE, "a{ss}", None if MODE == "mistyping" else "aoao")
    def SearchItems(self, attributes):
        note("SearchItems")
        if MODE == "mistyping":
            return "nonsense"
        if MODE == "lying":
            return ([item.path for item in self.items], [])
        found = [] if self.locked else self.items
        wanted = attributes.items()
        return ([item.path for item in found if wanted <= item.attributes.items()], [])

    @dbus.service.method(SERVICE_INTERFACE, "ao", "aoo")
    def Unlock(self, paths):
        note("Unlock")

        def unlock():
            self.locked = False
            return dbus.Array(paths, signature="o", variant_level=1)

        return ([], Dialog(self.bus, unlock).path)

    @dbus.service.method(SERVICE_INTERFACE, "a{sv}s", "oo")
    def CreateCollection(self, properties, alias):
        note("CreateCollection " + alias)

        def create():
            self.has_collection = True
            return dbus.ObjectPath(COLLECTION, variant_level=1)

        return ("/", Dialog(self.bus, create).path)


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
session_bus = dbus.SessionBus()
service = Service(session_bus)
if MODE == "slow":
    time.sleep(1)
name = dbus.service.BusName("org.freedesktop.secrets", session_bus)
open(CALLS, "a", encoding="utf-8").close()
GLib.MainLoop().run()
