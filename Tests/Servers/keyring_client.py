#!/usr/bin/python3
"""What tests do to a real Secret Service, and cannot with secret-tool.

    keyring_client.py items              all items of the default collection, as JSON
    keyring_client.py fill COUNT         so many items of somebody else's
    keyring_client.py lock
    keyring_client.py unlock < password
    keyring_client.py locked             prints true or false
"""

import json
import sys

import dbus

SECRET = "org.freedesktop.Secret."
TOP = "/org/freedesktop/secrets"
DEFAULT = TOP + "/aliases/default"
INTERNAL = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"


class Client:
    def __init__(self):
        self.bus = dbus.SessionBus()
        self.service = self.at(TOP, SECRET + "Service")

    def at(self, path, interface):
        return dbus.Interface(self.bus.get_object("org.freedesktop.secrets", path), interface)

    def read(self, path, interface, name):
        return self.at(path, "org.freedesktop.DBus.Properties").Get(SECRET + interface, name)

    def session(self):
        return self.service.OpenSession("plain", dbus.String("", variant_level=1))[1]

    def items(self):
        paths = self.read(DEFAULT, "Collection", "Items")
        secrets = self.service.GetSecrets(paths, self.session()) if paths else {}
        return [
            {
                "label": str(self.read(path, "Item", "Label")),
                "attributes": {str(key): str(value) for key, value in self.read(path, "Item", "Attributes").items()},
                "secret": bytes(secrets[path][2]).decode(errors="replace") if path in secrets else None,
            }
            for path in paths
        ]

    def fill(self, count):
        collection, own = self.at(DEFAULT, SECRET + "Collection"), self.session()
        for number in range(int(count)):
            attributes = {"xdg:schema": "org.example.Password", "site": f"site-{number:05}", "user": "somebody"}
            properties = dbus.Dictionary(
                {
                    SECRET + "Item.Label": f"the password of site {number}",
                    SECRET + "Item.Attributes": dbus.Dictionary(attributes, signature="ss"),
                },
                signature="sv",
            )
            collection.CreateItem(properties, secret(b"a password of somebody's", own), False)

    def lock(self):
        self.service.Lock([self.service.ReadAlias("default")])

    def unlock(self, password):
        path = self.service.ReadAlias("default")
        self.at(TOP, INTERNAL).UnlockWithMasterPassword(path, secret(password, self.session()))

    def locked(self):
        return bool(self.read(DEFAULT, "Collection", "Locked"))


def secret(value, session):
    return dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(value), "text/plain"), signature="oayays")


def main(command, *arguments):
    client = Client()
    if command == "items":
        print(json.dumps(client.items()))
    elif command == "fill":
        client.fill(*arguments)
    elif command == "lock":
        client.lock()
    elif command == "unlock":
        client.unlock(sys.stdin.buffer.read())
    elif command == "locked":
        print(json.dumps(client.locked()))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
