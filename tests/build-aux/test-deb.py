# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian package: what is in it, what lintian says of it, and that it starts from the menu."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import tap

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
sys.path.insert(0, str(ROOT / "tests" / "clients"))

from lbdesktop import DesktopCase  # pylint: disable=wrong-import-position
from lbtest import ID, stats, wait_until  # pylint: disable=wrong-import-position

FILES = {
    "bin/load-balancer",
    "lib/systemd/user/load-balancer.service",
    f"share/applications/{ID}.desktop",
    f"share/dbus-1/services/{ID}.service",
    "share/doc/load-balancer/README.md.gz",
    "share/doc/load-balancer/changelog.gz",
    "share/doc/load-balancer/copyright",
    f"share/glib-2.0/schemas/{ID}.gschema.xml",
    f"share/icons/hicolor/scalable/apps/{ID}.svg",
    f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg",
    "share/man/man1/load-balancer.1.gz",
    f"share/metainfo/{ID}.metainfo.xml",
}

# In front of the system's folders lie empty ones, for one process and its children: what is
# installed is seen by nobody else, and gone when they end.
FENCE = """
set -e
mount -t tmpfs tmpfs "$0"
for name in etc usr var; do
  mkdir -p "$0/$name/new" "$0/$name/work"
  mount -t overlay overlay -o "lowerdir=/$name,upperdir=$0/$name/new,workdir=$0/$name/work" "/$name"
done
"""
INSTALL = """
dpkg --install "$1"
/usr/bin/load-balancer --version | sed 's/^/version: /'
gsettings list-keys "$2" | sed 's/^/key: /'
dpkg --purge load-balancer
find "$0" '(' -name '*load-balancer*' -o -name "$2*" ')' -printf 'left: %p\\n'
"""


def run(*command, **options):
    """Runs a program that must succeed, and returns what it printed, on whatever stream."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} exited with {done.returncode}: {done.stdout}")
    return done.stdout


def fenced(folder, script, *arguments):
    """Runs a script of the shell as root, with the system's folders fenced off."""
    return run("unshare", "--mount", "--fork", "--kill-child", "sh", "-c", FENCE + script, folder,
               *arguments, timeout=80)


class TestPackage(DesktopCase):
    @classmethod
    def setUpClass(cls):
        """Makes the package once, and unpacks it."""
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        said = run(ROOT / "build-aux" / "deb", folder, timeout=280)
        cls.package = pathlib.Path(said.splitlines()[-1])
        cls.tree = folder / "tree"
        run("dpkg-deb", "--extract", cls.package, cls.tree, timeout=30)

    def start_bus(self, program=""):
        """The bus and the desktop find what is unpacked, as if it were installed."""
        usr = self.tree / "usr"
        run("glib-compile-schemas", f"--targetdir={self.folder}",
            usr / "share" / "glib-2.0" / "schemas", timeout=30)
        self.environment.update(GSETTINGS_SCHEMA_DIR=str(self.folder),
                                PATH=f"{usr / 'bin'}:{os.environ['PATH']}",
                                XDG_DATA_DIRS=f"{usr / 'share'}:/usr/local/share:/usr/share")
        super().start_bus(usr / "bin" / "load-balancer")

    def test_holds_what_is_installed(self):
        usr = self.tree / "usr"
        found = {str(path.relative_to(usr)) for path in self.tree.rglob("*") if path.is_file()}
        words = {f"share/locale/{language}/LC_MESSAGES/load-balancer.mo"
                 for language in (ROOT / "po" / "LINGUAS").read_text("utf-8").splitlines()
                 if language and not language.startswith("#")}
        self.assertEqual(found, FILES | words)
        for path in (f"share/dbus-1/services/{ID}.service", "lib/systemd/user/load-balancer.service"):
            self.assertIn("=/usr/bin/load-balancer ", (usr / path).read_text("utf-8"))

    def test_has_the_version_that_is_built(self):
        version = re.search(r"^  version: '(.*)',$", (ROOT / "meson.build").read_text("utf-8"),
                            re.MULTILINE)[1]
        self.assertEqual(run("dpkg-deb", "--field", self.package, "Version", timeout=30),
                         f"{version}\n")

    def test_needs_the_libraries(self):
        depends = run("dpkg-deb", "--field", self.package, "Depends", timeout=30)
        for name in ("libgtk-4-1", "libsoup-3.0-0", "libjson-glib-1.0-0"):
            self.assertIn(f"{name} (>= ", depends)

    def test_lintian_finds_no_fault(self):
        run("lintian", "--fail-on=error,warning", "--allow-root", self.package, timeout=80)

    def test_starts_from_the_menu(self):
        self.write_config(port=self.port)
        run("gtk4-launch", ID, env=self.environment, timeout=30)
        wait_until(lambda: stats(self.url), 20, "it listens")
        wait_until(self.windows, 20, "there is a window")
        self.act("quit")
        self.wait_until_ended()

    def test_goes_in_and_leaves_nothing(self):
        folder = self.folder / "fence"
        folder.mkdir()
        try:
            fenced(folder, "")
        except AssertionError as error:
            self.skipTest(f"installing takes root: {str(error).splitlines()[0]}")

        said = fenced(folder, INSTALL, self.package, ID).splitlines()
        version = run("dpkg-deb", "--field", self.package, "Version", timeout=30)
        self.assertIn(f"version: load-balancer {version.strip()}", said)
        self.assertIn("key: window-width", said)
        self.assertEqual([line for line in said if line.startswith("left: ")], [])


if __name__ == "__main__":
    tap.main()
