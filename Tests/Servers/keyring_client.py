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

bus = dbus.SessionBus()


def at(path, interface):
    return dbus.Interface(bus.get_object("org.freedesktop.secrets", path), interface)


def read(path, interface, name):
    return at(path, "org.freedesktop.DBus.Properties").Get(SECRET + interface, name)


service = at(TOP, SECRET + "Service")


def session():
    return service.OpenSession("plain", dbus.String("", variant_level=1))[1]


def secret(value, session):
    return dbus.Struct((session, dbus.ByteArray(b""), dbus.ByteArray(value), "text/plain"), signature="oayays")


def items():
    paths = read(DEFAULT, "Collection", "Items")
    secrets = service.GetSecrets(paths, session()) if paths else {}
    return [
        {
            "label": str(read(path, "Item", "Label")),
            "attributes": {str(key): str(value) for key, value in read(path, "Item", "Attributes").items()},
            "secret": bytes(secrets[path][2]).decode(errors="replace") if path in secrets else None,
        }
        for path in paths
    ]


def fill(count):
    collection, own = at(DEFAULT, SECRET + "Collection"), session()
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


def unlock(password):
    path = service.ReadAlias("default")
    at(TOP, INTERNAL).UnlockWithMasterPassword(path, secret(password, session()))


def main(command, *arguments):
    if command == "items":
        print(json.dumps(items()))
    elif command == "fill":
        fill(*arguments)
    elif command == "lock":
        service.Lock([service.ReadAlias("default")])
    elif command == "unlock":
        unlock(sys.stdin.buffer.read())
    elif command == "locked":
        print(json.dumps(bool(read(DEFAULT, "Collection", "Locked"))))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
