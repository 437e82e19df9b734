"""A notification daemon of the tests' own: notification_daemon.py LOG [silent|broken]; a line of JSON for each call."""

import json
import sys
import time

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

LOG, MODE = sys.argv[1], (sys.argv + [""])[2]
NAME = "org.freedesktop.Notifications"


def note(what):
    with open(LOG, "a") as log:
        log.write(json.dumps(what) + "\n")


class Daemon(dbus.service.Object):
    @dbus.service.method(NAME, in_signature="susssasa{sv}i", out_signature="u")
    def Notify(self, program, replaced, icon, summary, body, actions, hints, timeout):
        note({
            "call": "Notify", "program": program, "replaced": replaced, "summary": summary, "body": body,
            "actions": len(actions), "category": str(hints.get("category", "")), "timeout": timeout,
        })
        if MODE == "silent":
            time.sleep(3600)
        if MODE == "broken":
            raise dbus.DBusException("no", name="org.freedesktop.DBus.Error.Failed")
        return 41

    @dbus.service.method(NAME, in_signature="u", out_signature="")
    def CloseNotification(self, identifier):
        note({"call": "Close", "identifier": identifier})


dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
held = dbus.service.BusName(NAME, bus)
Daemon(bus, "/org/freedesktop/Notifications")
note({"call": "ready"})
GLib.MainLoop().run()
