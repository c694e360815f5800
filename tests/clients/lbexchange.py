# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that pools are exported for: they check a file, or run on it."""

import os
import subprocess

from lbtest import TOOLS, tool

NGINX = """\
error_log stderr;
pid {folder}/nginx.pid;
daemon off;
master_process off;
events {{
}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/pool.conf;
}}
"""


class Programs:
    """What a test case needs besides to call them."""

    @property
    def tools(self):
        """The environment of programs whose packages are unpacked, not installed."""
        return dict(self.environment, LD_LIBRARY_PATH=os.pathsep.join(
            str(path) for path in TOOLS.glob("usr/lib/*-linux-gnu")))

    def save(self, text, suffix):
        path = self.folder / f"pool{suffix}"
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, form, text, check=False):
        """What runs the program on an exported text, or lets it check that."""
        if form == "haproxy":
            path = self.save(text, ".cfg")
            return [tool("haproxy"), "-c" if check else "-db", "-f", path]
        if form == "caddy":
            path = self.save(text, ".json")
            return [tool("caddy"), "validate" if check else "run", "--config", path]
        self.save(text, ".conf")
        path = self.folder / "nginx.conf"
        path.write_text(NGINX.format(folder=self.folder), encoding="utf-8")
        return [tool("nginx"), "-t" if check else "-q", "-c", path]

    def assert_valid(self, form, text):
        done = subprocess.run(self.command(form, text, check=True), env=self.tools, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
        self.assertEqual(done.returncode, 0, f"{done.stdout}\n{text}")
        for word in ("WARNING", "[warn]", "ALERT"):
            self.assertNotIn(word, done.stdout, text)
