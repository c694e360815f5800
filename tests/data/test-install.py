# SPDX-License-Identifier: GPL-3.0-or-later
"""What `meson install` puts where a desktop finds it."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import tap

BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
PREFIX = pathlib.PurePath(os.environ["LB_PREFIX"])
ID = "org.example.LoadBalancer"
FILES = {
    "bin/load-balancer",
    "lib/systemd/user/load-balancer.service",
    f"share/applications/{ID}.desktop",
    f"share/dbus-1/services/{ID}.service",
    f"share/glib-2.0/schemas/{ID}.gschema.xml",
    f"share/icons/hicolor/scalable/apps/{ID}.svg",
    f"share/icons/hicolor/symbolic/apps/{ID}-symbolic.svg",
    "share/locale/ar/LC_MESSAGES/load-balancer.mo",
    "share/locale/de/LC_MESSAGES/load-balancer.mo",
    "share/locale/es/LC_MESSAGES/load-balancer.mo",
    "share/locale/fr/LC_MESSAGES/load-balancer.mo",
    "share/locale/zh_CN/LC_MESSAGES/load-balancer.mo",
    "share/man/man1/load-balancer.1",
    f"share/metainfo/{ID}.metainfo.xml",
}


class TestInstall(unittest.TestCase):
    def test_puts_these_files_and_no_other(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet"],
                           env=dict(os.environ, DESTDIR=folder), check=True, timeout=60,
                           stdout=subprocess.DEVNULL)
            top = pathlib.Path(folder) / PREFIX.relative_to("/")
            found = {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}
            self.assertEqual(found, FILES)
            self.assertTrue(os.access(top / "bin" / "load-balancer", os.X_OK))
            service = top / "share" / "dbus-1" / "services" / f"{ID}.service"
            self.assertIn(f"Exec={PREFIX}/bin/load-balancer ", service.read_text("utf-8"))


if __name__ == "__main__":
    tap.main()
