# SPDX-License-Identifier: GPL-3.0-or-later
"""What the desktop is told about the application: each file, by the validator of its kind."""

import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest
from xml.etree import ElementTree

import tap

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
ID = "org.example.LoadBalancer"


def interfaces(path):
    """Yields the interface in a file, then those within it that describe the items of a list."""
    root = ElementTree.parse(path).getroot()
    yield root
    for factory in root.iter("object"):
        if factory.get("class") == "GtkBuilderListItemFactory":
            yield ElementTree.fromstring(factory.find("property[@name='bytes']").text.strip())


def leave_gtk_only(element):
    """Takes out what only our own program can resolve: its handlers, and properties of its types."""
    for child in list(element):
        ours = child.get("class", "").startswith("Lb")
        if child.tag in ("signal", "binding") or child.find("lookup") is not None:
            element.remove(child)
        elif child.tag == "object" and ours:
            child.set("class", "GtkBox")
            for own in list(child):
                child.remove(own)
        else:
            leave_gtk_only(child)


class TestDesktop(unittest.TestCase):
    def run_clean(self, *command, **options):
        """Runs a validator that must succeed; what it printed is the failure's text."""
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              check=False, timeout=60, **options)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_desktop_file(self):
        for path in (ROOT / f"{ID}.desktop", BUILD / "data" / f"{ID}.desktop"):
            with self.subTest(path=path.name):
                self.assertEqual(self.run_clean("desktop-file-validate", path), "")

    def test_desktop_file_is_translated(self):
        text = (BUILD / "data" / f"{ID}.desktop").read_text(encoding="utf-8")
        for key in ("Name", "GenericName", "Comment", "Keywords"):
            self.assertRegex(text, re.compile(rf"^{key}\[de\]=.", re.MULTILINE))

    def test_metainfo(self):
        for path in (ROOT / "data" / f"{ID}.metainfo.xml", BUILD / "data" / f"{ID}.metainfo.xml"):
            with self.subTest(path=path):
                self.run_clean("appstreamcli", "validate", "--no-net", path)

    def test_metainfo_is_translated(self):
        text = (BUILD / "data" / f"{ID}.metainfo.xml").read_text(encoding="utf-8")
        self.assertIn('<summary xml:lang="de">', text)

    def test_metainfo_has_the_screenshots(self):
        images = ElementTree.parse(ROOT / "data" / f"{ID}.metainfo.xml").findall(".//image")
        folder = ROOT / "data" / "screenshots"
        self.assertEqual(sorted(image.text.rpartition("/")[2] for image in images),
                         sorted(path.name for path in folder.iterdir()))
        for image in images:
            size = struct.unpack(">II", (folder / image.text.rpartition("/")[2]).read_bytes()[16:24])
            self.assertEqual((int(image.get("width")), int(image.get("height"))), size)

    def test_settings_schema(self):
        self.run_clean("glib-compile-schemas", "--strict", "--dry-run", ROOT / "data")

    def test_service_file_names_the_application(self):
        text = (BUILD / "data" / f"{ID}.service").read_text(encoding="utf-8")
        self.assertIn(f"Name={ID}\n", text)
        self.assertRegex(text, r"Exec=/\S*/load-balancer --gapplication-service\n")

    def test_man_page(self):
        page = ROOT / "data" / "load-balancer.1"
        self.assertEqual(self.run_clean("groff", "-man", "-Tutf8", "-ww", "-z", page), "")

    def test_xml_is_well_formed(self):
        folders = [ROOT / "data", ROOT / "src"]
        files = sorted(path for folder in folders for path in folder.rglob("*")
                       if path.suffix in (".svg", ".ui", ".xml"))
        self.assertGreater(len(files), 3)
        self.run_clean("xmllint", "--noout", "--nonet", *files)

    def test_icons_are_drawn_by_gtk(self):
        """Both icons are found by name, as the window and the menu find them."""
        program = (
            "import gi\n"
            "gi.require_version('Gtk', '4.0')\n"
            "from gi.repository import Gdk, Gtk\n"
            "Gtk.init()\n"
            "theme = Gtk.IconTheme.get_for_display(Gdk.Display.get_default())\n"
            f"for name in ('{ID}', '{ID}-symbolic'):\n"
            "    assert theme.has_icon(name), name\n"
        )
        with tempfile.TemporaryDirectory() as runtime:
            system = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share")
            environment = dict(os.environ, XDG_DATA_DIRS=f"{ROOT / 'data'}:{system}",
                               XDG_RUNTIME_DIR=runtime, GDK_BACKEND="x11")
            self.run_clean("xvfb-run", "-a", "/usr/bin/python3", "-c", program, env=environment)

    def test_ui_files(self):
        files = sorted((ROOT / "src").rglob("*.ui"))
        self.assertGreater(len(files), 0)
        with tempfile.TemporaryDirectory() as folder:
            environment = dict(os.environ, XDG_RUNTIME_DIR=folder, GDK_BACKEND="x11")
            for path in files:
                for number, root in enumerate(interfaces(path)):
                    with self.subTest(path=path.name, number=number):
                        leave_gtk_only(root)
                        stand_in = pathlib.Path(folder) / path.name
                        ElementTree.ElementTree(root).write(stand_in)
                        self.run_clean("xvfb-run", "-a", "gtk4-builder-tool", "validate", stand_in,
                                       env=environment)


if __name__ == "__main__":
    tap.main()
