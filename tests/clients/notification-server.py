# SPDX-License-Identifier: GPL-3.0-or-later
"""A notification server that shows nothing: it prints what it is asked to show, one JSON object a line.
What a person would choose is told to it over the bus."""

import json

from gi.repository import Gio, GLib

INTERFACES = Gio.DBusNodeInfo.new_for_xml("""<node>
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
  <interface name="org.example.Test">
    <method name="Invoke"><arg type="u" direction="in"/><arg type="s" direction="in"/></method>
  </interface>
</node>""").interfaces
NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"

last = 0


def say(**event):
    print(json.dumps(event))


def close(connection, number, reason):
    """What a person or the application is done with goes away."""
    say(event="close", id=number)
    connection.emit_signal(None, PATH, NAME, "NotificationClosed",
                           GLib.Variant("(uu)", (number, reason)))


def on_call(connection, sender, path, interface, method, parameters, invocation):
    global last
    answer = None

    if method == "Notify":
        _, replaced, _, title, body, actions, hints, _ = parameters.unpack()
        if replaced == 0:
            last += 1
        number = replaced or last
        say(event="notify", id=number, title=title, body=body, actions=actions,
            urgency=hints.get("urgency"), desktop=hints.get("desktop-entry"))
        answer = GLib.Variant("(u)", (number,))
    elif method == "CloseNotification":
        close(connection, parameters[0], 3)
    else:
        connection.emit_signal(None, PATH, NAME, "ActionInvoked", parameters)
        close(connection, parameters[0], 2)

    invocation.return_value(answer)


def on_bus(connection, name):
    for interface in INTERFACES:
        connection.register_object(PATH, interface, on_call)


Gio.bus_own_name(Gio.BusType.SESSION, NAME, Gio.BusNameOwnerFlags.NONE, on_bus,
                 lambda connection, name: print(f"ready: {name}"), lambda connection, name: loop.quit())
loop = GLib.MainLoop()
loop.run()
