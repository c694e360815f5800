# SPDX-License-Identifier: GPL-3.0-or-later
"""A notification server that shows nothing: it prints what it is asked to show, one JSON object a line.
What a person would choose is told to it over the bus.

Its argument says whose words it knows: org.freedesktop.Notifications, as any desktop has, or
org.gtk.Notifications, as GNOME Shell has besides, which GLib prefers."""

import json
import sys

from gi.repository import Gio, GLib

XML = """<node>
  <interface name="org.freedesktop.Notifications">
    <method name="Notify">
      <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
      <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
    </method>
    <method name="CloseNotification"><arg type="u" direction="in"/></method>
    <signal name="ActionInvoked"><arg type="u"/><arg type="s"/></signal>
    <signal name="NotificationClosed"><arg type="u"/><arg type="u"/></signal>
  </interface>
  <interface name="org.gtk.Notifications">
    <method name="AddNotification">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    </method>
    <method name="RemoveNotification">
      <arg type="s" direction="in"/><arg type="s" direction="in"/>
    </method>
  </interface>
  <interface name="org.example.Test">
    <method name="Invoke"><arg type="u" direction="in"/><arg type="s" direction="in"/></method>
  </interface>
</node>"""
URGENCIES = {"low": 0, "normal": 1, "high": 1, "urgent": 2}


def say(**event):
    print(json.dumps(event))


class Freedesktop:
    """The server keeps nothing: it tells the application what was chosen, which knows what to do."""

    name = "org.freedesktop.Notifications"
    path = "/org/freedesktop/Notifications"

    def __init__(self):
        self.last = 0

    def notify(self, parameters):
        _, replaced, _, title, body, actions, hints, _ = parameters.unpack()
        if replaced == 0:
            self.last += 1
        number = replaced or self.last
        say(event="notify", id=number, title=title, body=body, actions=actions,
            urgency=hints.get("urgency"), desktop=hints.get("desktop-entry"))
        return GLib.Variant("(u)", (number,))

    def close(self, connection, number, reason):
        """What a person or the application is done with goes away."""
        say(event="close", id=number)
        connection.emit_signal(None, self.path, self.name, "NotificationClosed",
                               GLib.Variant("(uu)", (number, reason)))

    def call(self, connection, method, parameters):
        if method == "Notify":
            return self.notify(parameters)
        if method == "CloseNotification":
            self.close(connection, parameters[0], 3)
        else:
            connection.emit_signal(None, self.path, self.name, "ActionInvoked", parameters)
            self.close(connection, parameters[0], 2)
        return None


class Gtk:
    """The server activates the application's action, and so may start the application."""

    name = "org.gtk.Notifications"
    path = "/org/gtk/Notifications"

    def __init__(self):
        self.numbers = {}
        self.actions = {}

    def add(self, application, name, what):
        """Shows a notification, or another one instead of it."""
        number = self.numbers.setdefault((application, name), len(self.numbers) + 1)
        buttons = what.get("buttons", [])
        chosen = {"default": (what["default-action"], what.get("default-action-target"))}
        words = ["default", ""]
        for index, button in enumerate(buttons):
            chosen[str(index)] = (button["action"], button.get("target"))
            words += [str(index), button["label"]]
        self.actions[number] = (application, name, chosen)
        say(event="notify", id=number, title=what["title"], body=what.get("body"), actions=words,
            urgency=URGENCIES[what.get("priority", "normal")], desktop=application)

    def remove(self, application, name):
        """GLib asks for it also if it was never there."""
        number = self.numbers.get((application, name))
        if self.actions.pop(number, None) is not None:
            say(event="close", id=number)

    def activate(self, connection, number, key):
        application, name, chosen = self.actions[number]
        action, target = chosen[key]
        parameter = [] if target is None else [GLib.Variant("s", target)]
        connection.call(application, "/" + application.replace(".", "/"),
                        "org.freedesktop.Application", "ActivateAction",
                        GLib.Variant("(sava{sv})", (action.removeprefix("app."), parameter, {})),
                        None, Gio.DBusCallFlags.NONE, -1, None)
        self.remove(application, name)

    def call(self, connection, method, parameters):
        if method == "AddNotification":
            self.add(*parameters.unpack())
        elif method == "RemoveNotification":
            self.remove(*parameters)
        else:
            self.activate(connection, *parameters)


SERVERS = {server.name: server for server in (Freedesktop, Gtk)}
server = SERVERS[sys.argv[1]]()


def on_call(connection, sender, path, interface, method, parameters, invocation):
    invocation.return_value(server.call(connection, method, parameters))


def on_bus(connection, name):
    for interface in Gio.DBusNodeInfo.new_for_xml(XML).interfaces:
        if interface.name in (server.name, "org.example.Test"):
            connection.register_object(server.path, interface, on_call)


Gio.bus_own_name(Gio.BusType.SESSION, server.name, Gio.BusNameOwnerFlags.NONE, on_bus,
                 lambda connection, name: print(f"ready: {name}"), lambda connection, name: loop.quit())
loop = GLib.MainLoop()
loop.run()
