# SPDX-License-Identifier: GPL-3.0-or-later
"""Every item of every menu, chosen by keyboard alone, does what it says. Which items there are is asked of
the open menu, so that a new one without a check here is a fault."""

import pathlib

import tap
from lbreader import ReaderCase
from lbtest import Backend, stats, wait_until

ADDED = "http://127.0.0.2:9"
PASTED = "http://127.0.0.3:9"
IMPORTED = "http://127.0.0.4:9"


class TestMenus(ReaderCase):
    def setUp(self):
        super().setUp()
        self.backend = Backend(self, "one")
        self.visited = self.folder / "visited"
        self.add_browser()
        self.write_config(port=self.port, backends=[{"url": self.backend.url}],
                          probe={"interval_ms": 60000})
        self.start()
        wait_until(lambda: self.server()["health"] == "up", 10, "it is up")

    def add_browser(self):
        """A browser that writes down where it is sent."""
        applications = pathlib.Path(self.environment["XDG_DATA_HOME"]) / "applications"
        applications.mkdir(parents=True)
        program = self.folder / "browser"
        program.write_text(f'#!/bin/sh\necho "$1" >> "{self.visited}"\n', "utf-8")
        program.chmod(0o700)
        (applications / "browser.desktop").write_text(
            f"[Desktop Entry]\nType=Application\nName=Browser\nExec={program} %u\n"
            "MimeType=x-scheme-handler/http;\n", "utf-8")
        config = pathlib.Path(self.environment["XDG_CONFIG_HOME"])
        (config / "mimeapps.list").write_text(
            "[Default Applications]\nx-scheme-handler/http=browser.desktop\n", "utf-8")

    def items(self):
        """Returns the items of the menu that is open."""
        return [one for one in self.ask("tree") if one["role"].endswith("menu item")]

    def open_menu(self, key):
        """Opens the menu that the key opens, and returns the item that has the focus."""
        self.key(key)
        wait_until(self.is_in_menu, 10, "the menu is open, and has the focus")
        return self.ask("focus")

    def is_in_menu(self):
        return self.ask("focus").get("role", "").endswith("menu item")

    def wait_until_left(self):
        """Waits until something else has the focus. An entry does not say so, but then the menu is gone."""
        def look():
            if self.process.popen.poll() is not None:
                return True
            return self.ask("focus").get("role") and (not self.is_in_menu() or not self.items())
        wait_until(look, 10, "the menu is closed")

    def close_menu(self):
        self.key("Escape")
        self.wait_until_left()

    def choose(self, key, name):
        """Opens the menu that the key opens, goes to an item and presses Enter."""
        focus = self.open_menu(key)
        for _ in range(30):
            # Undo and Redo say of what.
            if focus["name"] == name or focus["name"].startswith(f"{name} "):
                self.key("Return")
                self.wait_until_left()
                return
            focus = self.tab("Down")
        self.fail(f"the Down key does not come to “{name}”")

    def assert_items(self, key, checks):
        """Each item of the menu has a check, and each check is of an item."""
        self.open_menu(key)
        names = [one["name"] for one in self.items()]
        self.close_menu()
        self.assertEqual([name for name in names if name not in checks], [], "they have no check")
        self.assertEqual([name for name in checks if name not in names], [], "they are not in the menu")

    def choose_each(self, key, checks):
        """Does each check, which begins by choosing its item."""
        for name, check in checks.items():
            try:
                check(lambda name=name: self.choose(key, name))
            except AssertionError as error:
                raise AssertionError(f"{name}: {error}") from error
        self.assert_no_complaints()

    def titles(self):
        """Returns the titles of the windows, without popovers, which are windows to the X server."""
        return [one["name"] for one in self.ask("tree") if one["depth"] == 1]

    def wait_for_windows(self, number):
        wait_until(lambda: len(self.titles()) == number, 10, f"there are {number} windows")

    def wait_for_stats(self, key, value):
        wait_until(lambda: stats(self.url)[key] == value, 10, f"{key} is {value}")

    def wait_for_file(self, path, start):
        wait_until(lambda: path.exists() and path.read_bytes().startswith(start), 10, f"{path.name} is saved")

    def assert_copied(self, text):
        """Pastes into the entry, which refuses a backend in the pool, and the balancer, by its URL."""
        self.key("ctrl+n", "ctrl+v")
        wait_until(lambda: self.key("Return") or self.find(f"{text} is", "alert"), 10, f"“{text}” is pasted")
        self.key("ctrl+a", "Delete", "Escape")

    def copy(self, text):
        self.key_and_type("ctrl+f", text)
        self.key("ctrl+a", "ctrl+c", "Escape")

    def opens(self, title):
        """Returns a check that an item opens a window with such a title."""
        def check(choose):
            choose()
            wait_until(lambda: title in self.titles(), 10, f"“{title}” is open")
            self.key("Escape")
            self.wait_for_windows(1)
        return check

    def check_add(self, choose):
        choose()
        self.xdotool("type", ADDED)
        self.key("Return", "Escape")
        wait_until(lambda: ADDED in self.urls(), 10, "it is added")

    def check_paste(self, choose):
        self.copy(PASTED)
        choose()
        wait_until(lambda: PASTED in self.urls(), 10, "it is added")

    def check_undo(self, choose):
        choose()
        wait_until(lambda: PASTED not in self.urls(), 10, "it is taken back")

    def check_redo(self, choose):
        choose()
        wait_until(lambda: PASTED in self.urls(), 10, "it is there again")

    def probes(self):
        return stats(self.url)["servers"][0]["probes"]

    def check_probe(self, choose):
        before = self.probes()
        choose()
        wait_until(lambda: self.probes() > before, 10, "it is probed")

    def check_pause(self, choose):
        for paused in (True, False):
            choose()
            self.wait_for_stats("paused", paused)

    def check_copy_address(self, choose):
        choose()
        self.assert_copied(self.url)

    def check_open_address(self, choose):
        choose()
        self.wait_for_file(self.visited, self.url.encode())
        self.visited.unlink()

    def check_import(self, choose):
        file = self.folder / "pool.json"
        file.write_text(f'{{"version": 1, "backends": [{{"url": "{IMPORTED}"}}]}}', "utf-8")
        choose()
        self.wait_for_windows(2)
        self.key_and_type("ctrl+l", str(file))
        self.key("Return")
        self.wait_for("1 backend will be added.")
        self.key("Return")
        wait_until(lambda: IMPORTED in self.urls(), 10, "it is added")
        self.wait_for_windows(1)

    def save(self, name, start):
        """Types the name of a file into the chooser, and waits until it is saved."""
        path = self.folder / name
        self.wait_for("Name:", "label")
        self.key("ctrl+a")
        self.xdotool("type", str(path))
        self.key("Return")
        self.wait_for_file(path, start)
        self.wait_for_windows(1)

    def check_export(self, choose):
        choose()
        wait_until(lambda: "focused" in self.button("Save As…")["states"], 10, "the focus is on Save As")
        self.key("Return")
        self.save("exported.json", b"{")

    def check_save_chart(self, choose):
        choose()
        self.save("chart.svg", b"<?xml")

    def check_save_figures(self, choose):
        choose()
        self.save("figures.csv", b"# pxname,")

    def check_copy_node(self, choose):
        """A text of many lines is no list of URLs."""
        choose()
        self.choose("F10", "Paste URLs")
        self.wait_for("There is no URL in that text.")

    def check_quit(self, choose):
        choose()
        self.assertEqual(self.process.popen.wait(20), 0)

    def main_menu_of_changes(self):
        """Undo and Redo are named after what they would do, and take back what was pasted just before."""
        return {
            "Paste URLs": self.check_paste,
            "Undo": self.check_undo,
            "Redo": self.check_redo,
            "Add Backend": self.check_add,
            "Probe Now": self.check_probe,
            "Pause": self.check_pause,
            "Copy Address": self.check_copy_address,
            "Open Address in Browser": self.check_open_address,
        }

    def main_menu_of_windows(self):
        return {
            "Import…": self.check_import,
            "Export Pool…": self.check_export,
            "Save Chart As…": self.check_save_chart,
            "Save Figures As…": self.check_save_figures,
            "Copy Configuration for a Node": self.check_copy_node,
            "Preferences": self.opens("Preferences"),
            "Probe Defaults…": self.opens("Probe Defaults"),
            "HAProxy Nodes…": self.opens("HAProxy Nodes"),
            "Keyboard Shortcuts": self.opens("Keyboard Shortcuts"),
            "About Load Balancer": self.opens("About Load Balancer"),
            "Quit": self.check_quit,
        }

    def test_the_main_menu_is_all_checked(self):
        self.assert_items("F10", self.main_menu_of_changes() | self.main_menu_of_windows())

    def test_the_main_menu_changes(self):
        self.choose_each("F10", self.main_menu_of_changes())

    def test_the_main_menu_opens(self):
        self.choose_each("F10", self.main_menu_of_windows())

    def check_details(self, choose):
        choose()
        self.wait_for_focus("Close the Details")
        self.key("Escape")
        wait_until(lambda: not self.find("Close the Details"), 10, "they are closed")

    def check_test(self, choose):
        choose()
        self.wait_for("Good: The status is as expected.")
        self.key("Escape")
        self.wait_for_windows(1)

    def check_copy_url(self, choose):
        choose()
        self.assert_copied(self.backend.url)

    def check_open_url(self, choose):
        choose()
        self.wait_for_file(self.visited, self.backend.url.encode())
        self.visited.unlink()

    def becomes(self, state):
        """Returns a check that an item sets the backend's state."""
        def check(choose):
            choose()
            wait_until(lambda: self.server()["state"] == state, 10, f"it is {state}")
        return check

    def check_remove(self, choose):
        choose()
        wait_until(lambda: self.urls() == [], 10, "it is gone")

    def choose_all_of_the_backend(self, key):
        checks = {
            "Details": self.check_details,
            "Edit…": self.opens("Edit Backend"),
            "Test Now…": self.check_test,
            "Probe Now": self.check_probe,
            "Copy URL": self.check_copy_url,
            "Open in Browser": self.check_open_url,
            "Drain": self.becomes("drain"),
            "Maintenance": self.becomes("maint"),
            "Ready": self.becomes("ready"),
            "Remove": self.check_remove,
        }
        self.assert_items(key, checks)
        self.choose_each(key, checks)

    def tab_to(self, role, name=""):
        for _ in range(40):
            focus = self.tab()
            if focus["role"] == role and name in focus["name"]:
                return
        self.fail(f"Tab does not come to the {role} “{name}”")

    def test_the_menu_of_a_row(self):
        self.tab_to("push button", "Weight of")
        self.choose_all_of_the_backend("Menu")

    def test_the_menu_of_a_bar(self):
        self.tab_to("level bar", self.backend.url)
        self.choose_all_of_the_backend("shift+F10")

    def sets(self, action, value):
        """Returns a check that an item sets an action of the window to a state."""
        def check(choose):
            choose()
            self.wait_for_state(action, value)
        return check

    def test_the_menu_of_the_chart(self):
        self.tab_to("push button", "View Options")
        checks = {
            "URL": self.sets("sort", "'url'"),
            "Response Time": self.sets("sort", "'response-time'"),
            "Share": self.sets("sort", "'share'"),
            "Health": self.sets("sort", "'health'"),
            "Order in the Pool": self.sets("sort", "'pool'"),
            "Descending": self.sets("sort-descending", "true"),
            "Logarithmic Scale": self.sets("log-scale", "true"),
        }
        self.assert_items("Return", checks)
        self.choose_each("Return", checks)
        self.open_menu("Return")
        self.key("f")
        self.xdotool("type", "40")
        self.key("Return")
        self.wait_for_state("threshold", "uint32 40")


if __name__ == "__main__":
    tap.main()
