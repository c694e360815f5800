# SPDX-License-Identifier: GPL-3.0-or-later
"""What a screen reader finds in every state of the window and in every dialog: each thing that takes the
focus has a name, once, and a role that says what it is."""

import re

import tap
from lbreader import ReaderCase
from lbtest import Backend, wait_until

DOWN = "http://127.0.0.1:9"

# What takes the focus is one of these.
ROLES = {"check box", "check menu item", "combo box", "entry", "image", "label", "level bar", "list",
         "list item", "menu item", "page tab", "panel", "push button", "radio button", "radio menu item",
         "spin button", "table row", "text", "toggle button", "tree table"}

# What GTK 4.8 has no better for: a role, a name, and why.
GTK_CANNOT = (
    ("filler", "GtkListItemWidget", "the item that a drop-down shows; its button says it"),
    ("list item", "", "the items of a drop-down; their labels say it"),
    ("scroll pane", "", "one of GTK's own takes the focus only if nothing in it does"),
)
ABOUT = (("text", "GtkTextView", "the pages behind the buttons of GTK's dialog"),)
SHORTCUTS = (("push button", "GtkMenuButton", "is there only where there are more sections than one"),)
CHOOSER = ((".*", "|Gtk.*", "GTK's chooser stands in where a desktop has none of its own"),)


def find_faults(objects, allowed=()):
    """Returns what is wrong with the windows, and with what takes the focus."""
    found = []
    for one in objects:
        role, name = one["role"], one["name"]
        is_window = one["depth"] == 1
        if not is_window and "focusable" not in one["states"] or any(
                re.fullmatch(its_role, role) and re.fullmatch(its_name, name)
                for its_role, its_name, _ in (*GTK_CANNOT, *allowed)):
            continue
        words = name.replace("_", "").split()
        half = len(words) // 2
        if not name or re.match(r"(Gtk|Gdk|Lb)[A-Z]", name):
            found.append(f"{role} “{name}” has no name")
        elif re.search(r"(\A|\s)_\w", name):
            found.append(f"{role} “{name}” is spoken with its mnemonic")
        elif half and words[:half] == words[half:]:
            found.append(f"{role} “{name}” is said twice")
        elif not is_window and role not in ROLES:
            found.append(f"{role} “{name}” does not say what it is")
    return found


class TestNames(ReaderCase):
    def setUp(self):
        super().setUp()
        self.backend = Backend(self, "one")

    def start_with_backends(self):
        self.start(f"--backend={self.backend.url}", f"--backend={DOWN}")
        self.wait_for("ready, up", "level bar")
        self.wait_for("ready, down", "level bar")

    def assert_all_named(self, allowed=()):
        found = find_faults(self.ask("tree"), allowed)
        self.assertEqual(found, [], "\n".join(found))

    def wait_for_window(self, number=2):
        wait_until(lambda: len(self.windows()) == number, 10, f"there are {number} windows")

    def look_into_window(self, allowed=()):
        """Waits for the second window, demands names in it and closes it."""
        try:
            self.wait_for_window()
            self.assert_all_named(allowed)
        finally:
            self.key("Escape")
            self.wait_for_window(1)

    def test_the_empty_window(self):
        self.start()
        self.wait_for("No Backends Yet")
        self.assert_all_named()

    def test_with_backends(self):
        self.start_with_backends()
        self.assert_all_named()

    def test_every_view(self):
        self.start_with_backends()
        for key, chart in (("alt+2", "Traffic"), ("alt+3", "History of response times")):
            with self.subTest(key=key):
                self.key(key)
                self.wait_for(chart)
                self.assert_all_named()

    def test_the_details(self):
        self.start_with_backends()
        self.act_in_window("show-details", f"'{self.backend.url}'")
        self.wait_for("Close the Details")
        self.assert_all_named()

    def test_the_bars_above_the_charts(self):
        self.start_with_backends()
        self.key("ctrl+f")
        self.act("remove-backend", "'http://nobody'")
        self.act("pause")
        self.act_in_window("remove-backend", f"'{DOWN}'")
        self.key("ctrl+n")
        for name in ("Which Backends to Show", "nobody", "Paused", f"Removed {DOWN}"):
            self.wait_for(name)
        self.assert_all_named()

    def test_a_port_in_use(self):
        other = Backend(self, "two")
        self.write_config(port=other.port)
        self.port = other.port
        self.start_process()
        self.wait_for("Try Again")
        self.assert_all_named()

    def test_the_popovers(self):
        self.start_with_backends()
        for name, within, role in (("Main Menu", "Preferences", "menu item"),
                                   ("View Options", "Logarithmic Scale", "check menu item"),
                                   ("Policy: Random", "Round Robin", "radio button"),
                                   (f"Weight of {DOWN}: 1", "Weight", "spin button"),
                                   (f"Menu of {DOWN}", "Remove", "menu item")):
            with self.subTest(name=name):
                self.press(name)
                self.wait_for(within, role)
                self.assert_all_named()
                self.key("Escape")

    def test_the_dialogs(self):
        self.start_with_backends()
        for action, parameter in (("preferences", ()), ("probe-defaults", ()), ("proxying", ()), ("nodes", ()),
                                  ("edit-backend", (f"'{DOWN}'",)), ("test-backend", (f"'{DOWN}'",)),
                                  ("export", ())):
            with self.subTest(action=action):
                self.act_in_window(action, *parameter)
                self.look_into_window()

    def test_the_shortcuts(self):
        self.start()
        self.key("ctrl+question")
        self.look_into_window(SHORTCUTS)

    def test_about(self):
        self.start()
        self.act("about")
        self.look_into_window(ABOUT)

    def test_the_file_chooser(self):
        self.start_with_backends()
        for action in ("save-chart", "import"):
            with self.subTest(action=action):
                self.act_in_window(action)
                self.look_into_window(CHOOSER)

    def test_the_import_plan(self):
        file = self.folder / "pool.cfg"
        file.write_text("backend web\n  server a 127.0.0.1:8001\n  server b 127.0.0.1:8002 check foo\n")
        self.start_with_backends()
        self.act_in_window("import")
        self.wait_for_window()
        self.key_and_type("ctrl+l", str(file))
        self.key("Return")
        self.wait_for("2 backends will be added.")
        self.assert_all_named()

    def test_refused_urls(self):
        self.start_with_backends()
        self.key_and_type("ctrl+n", "http://127.0.0.1:10 ftp://x nonsense://y")
        self.key("ctrl+a", "ctrl+x", "Escape", "ctrl+v")
        self.wait_for_window()
        self.assert_all_named()


if __name__ == "__main__":
    tap.main()
