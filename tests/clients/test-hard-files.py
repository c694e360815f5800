# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration file that is none, a folder that cannot be written to, and others who write to it: the
application goes on serving, says what is wrong, and loses nothing."""

import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import sys
import unittest

import tap
from lbdesktop import DesktopCase
from lbreader import ReaderCase
from lbtest import PROGRAM, Backend, Balancer, ClientCase, curl, free_port, stats, wait_until

# Set where mounts are ours alone, and gone with the last process.
MARK = "LB_MOUNTS_OF_ITS_OWN"

MIB = 1 << 20
NEWER = '{"version": 99, "backends": "of a shape that nobody knows yet"}'


def mount(case, where, *options):
    """Mounts something until the case ends."""
    if MARK not in os.environ:
        raise unittest.SkipTest("nothing can be mounted here")
    where.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", *options, where], check=True, timeout=20)
    case.addCleanup(subprocess.run, ["umount", "--lazy", where], check=True, timeout=20)


def fill(folder):
    """Leaves no room for a single byte in the folder, and returns what takes it."""
    path = folder / "all-there-is"
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 512)
        except OSError:
            return path


def remove(path):
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


class Places:
    """What may be where the configuration file should be: a name, how it gets there, and whether it is
    a file, of which what it holds is kept aside."""

    @staticmethod
    def nuls(path):
        path.write_bytes(b'{"version": 1,\0 "backends": []}')

    @staticmethod
    def nul_at_the_end(path):
        path.write_bytes(b'{"version": 1, "backends": []}\0')

    @staticmethod
    def large_json(path):
        path.write_bytes(b'{"version": 1, "backends": []}' + b" " * 100 * MIB)

    @staticmethod
    def unix_socket(path):
        with socket.socket(socket.AF_UNIX) as unix:
            unix.bind(str(path))

    FILES = (nuls, nul_at_the_end, large_json)
    OTHERS = (
        ("directory", pathlib.Path.mkdir),
        ("pipe", os.mkfifo),
        ("socket", unix_socket),
        ("endless", lambda path: path.symlink_to("/dev/zero")),
        ("full", lambda path: path.symlink_to("/dev/full")),
        ("loop", lambda path: path.symlink_to(path)),
    )


class TestReading(ClientCase):
    """Without a window: what is wrong is said on standard error."""

    def setUp(self):
        super().setUp()
        self.config.parent.mkdir(parents=True)
        self.one = Backend(self, "one")
        self.two = Backend(self, "two")

    def wait_for_complaint(self, balancer):
        """Waits until it has said one thing, and that this is about the file, and returns it."""
        line = wait_until(lambda: balancer.complained().splitlines(), 5, "it complains")[0]
        self.assertRegex(line, r"\Aload-balancer: .*\.\Z")
        self.assertIn(str(self.config), line)
        return line

    def assert_serves(self, balancer, url):
        self.assertEqual(list(balancer.backends()), [url])
        self.assertEqual(curl("-L", f"{balancer.url}/who"),
                         {self.one.url: "one\n", self.two.url: "two\n"}[url])

    def others(self):
        return [path for path in self.config.parent.iterdir() if path != self.config]

    def test_what_cannot_be_read_at_the_start_is_kept(self):
        for make in Places.FILES:
            with self.subTest(make.__name__):
                make(self.config)
                held = self.config.read_bytes()
                balancer = Balancer(self, f"--backend={self.one.url}")
                complaint = self.wait_for_complaint(balancer)
                kept, = self.others()
                self.assertIn(str(kept), complaint)
                self.assertTrue(kept.read_bytes() == held)
                self.assert_serves(balancer, self.one.url)
                self.assertLess(balancer.memory(), 64 * MIB)

                # What is mended is taken, also while it runs.
                self.write_config(backends=[{"url": self.two.url}])
                wait_until(lambda: self.two.url in balancer.backends(), 5, "it is taken")
                self.assertEqual(balancer.end(signal.SIGTERM), 0)
                self.assertEqual(balancer.complained().count("\n"), 1)
                kept.unlink()
                self.config.unlink()

    def test_what_is_no_file_at_the_start_is_left_alone(self):
        for name, make in Places.OTHERS:
            with self.subTest(name):
                make(self.config)
                before = os.lstat(self.config)
                balancer = Balancer(self, f"--backend={self.one.url}")
                self.wait_for_complaint(balancer)
                self.assert_serves(balancer, self.one.url)
                self.assertEqual(self.others(), [])
                self.assertEqual(os.lstat(self.config).st_ino, before.st_ino)

                remove(self.config)
                self.write_config(backends=[{"url": self.two.url}])
                wait_until(lambda: self.two.url in balancer.backends(), 10, "it is taken")
                self.assertEqual(balancer.end(signal.SIGTERM), 0)
                self.assertEqual(balancer.complained().count("\n"), 1)
                remove(self.config)

    def test_what_comes_while_it_runs_changes_nothing(self):
        self.write_config(backends=[{"url": self.one.url}])
        balancer = Balancer(self)
        balancer.wait_for_health("up", self.one.url)
        places = [*((make.__name__, make) for make in Places.FILES), *Places.OTHERS]
        for number, (name, make) in enumerate(places, 1):
            with self.subTest(name):
                self.config.unlink()
                make(self.config)
                wait_until(lambda: balancer.complained().count("\n") == number, 5, "it complains")
                self.assertIn(str(self.config), balancer.complained().splitlines()[-1])
                self.assert_serves(balancer, self.one.url)
                remove(self.config)
                self.write_config(backends=[{"url": self.one.url, "weight": number}])
                wait_until(lambda: balancer.backends()[self.one.url]["weight"] == number, 10,
                           "what is mended is taken")
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertEqual(balancer.complained().count("\n"), len(places))
        self.assertEqual(self.others(), [])

    def test_a_file_in_the_folder_s_place(self):
        self.config.parent.rmdir()
        self.config.parent.write_text("no folder", encoding="utf-8")
        balancer = Balancer(self, f"--backend={self.one.url}")
        self.wait_for_complaint(balancer)
        self.assert_serves(balancer, self.one.url)
        self.assertEqual(balancer.end(signal.SIGTERM), 0)
        self.assertEqual(self.config.parent.read_text("utf-8"), "no folder")

    def test_broken_in_a_read_only_folder(self):
        """It cannot be kept aside, and need not be."""
        mount(self, self.config.parent, "-t", "tmpfs", "tmpfs")
        Places.nuls(self.config)
        subprocess.run(["mount", "-o", "remount,ro", self.config.parent], check=True, timeout=20)
        balancer = Balancer(self, f"--backend={self.one.url}")
        self.wait_for_complaint(balancer)
        self.assert_serves(balancer, self.one.url)
        self.assertEqual(self.others(), [])
        self.assertEqual(balancer.end(signal.SIGTERM), 0)

    def test_nobody_hears_what_it_says(self):
        """Neither what it says on standard output nor on standard error can be written."""
        Places.nuls(self.config)
        port = free_port()
        with open("/dev/full", "wb") as full:
            process = subprocess.Popen([PROGRAM, "--headless", f"--port={port}"], stdout=full,
                                       stderr=full, env=self.environment)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_until(lambda: stats(f"http://127.0.0.1:{port}"), 10, "it listens")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=10), 0)

        # A reader that has gone away.
        port = free_port()
        process = subprocess.Popen([PROGRAM, "--headless", f"--port={port}"], stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=self.environment)
        process.stdout.close()
        self.addCleanup(lambda: process.poll() is None and process.kill())
        wait_until(lambda: stats(f"http://127.0.0.1:{port}"), 10, "it listens")
        for text in ("{", "}"):
            self.config.write_text(text, encoding="utf-8")
            wait_until(lambda: stats(f"http://127.0.0.1:{port}"), 10, "it answers")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=10), 0)


class TestSaving(ReaderCase):
    """With a window, in which a backend is added that cannot be saved."""

    URLS = [f"http://127.0.0.{number}:9" for number in (1, 2, 3, 4)]

    def setUp(self):
        super().setUp()
        self.away = self.folder / "away"

    def begin(self, *arguments):
        self.write_config(port=self.port, backends=[{"url": self.URLS[0]}])
        self.start(*arguments)

    def add(self, number):
        self.act("add-backend", f"'{self.URLS[number]}'")
        wait_until(lambda: self.urls() == self.URLS[:number + 1], 5, "it is in the pool")

    def saved(self):
        try:
            return [backend["url"] for backend in self.read_config()["backends"]]
        except (OSError, ValueError):
            return None

    def wait_until_saved(self):
        """Waits for longer than from one try to the next."""
        wait_until(lambda: self.saved() == self.urls(), 15, "it is saved")
        self.assertEqual([path for path in self.config.parent.iterdir() if path.name.startswith(".")],
                         [])

    def wait_for_bar(self, *words):
        """Waits for the one message in the window, with these words in it."""
        message, = self.wait_for("could not be saved", "alert")
        for word in words:
            self.assertIn(word, message["name"])
        self.assertEqual(self.find("more message"), [])

    def check(self, hinder, mend, *words):
        self.begin()
        hinder()
        self.add(1)
        self.wait_for_bar(*words)
        self.add(2)
        self.assertIsNotNone(stats(self.url))
        self.wait_for_bar(*words)
        mend()
        self.wait_until_saved()
        self.add(3)
        self.wait_until_saved()
        self.assertEqual(self.process.end(signal.SIGTERM), 0)

    def put_aside(self, make):
        def hinder():
            self.config.rename(self.away)
            make(self.config)
        return hinder

    def test_no_room(self):
        mount(self, self.config.parent, "-t", "tmpfs", "-o", "size=64k", "tmpfs")
        self.check(lambda: fill(self.config.parent),
                   lambda: (self.config.parent / "all-there-is").unlink(), "No space left")

    def test_no_room_until_the_end(self):
        mount(self, self.config.parent, "-t", "tmpfs", "-o", "size=64k", "tmpfs")
        self.begin()
        fill(self.config.parent)
        before = self.config.read_bytes()
        self.add(1)
        self.wait_for_bar("No space left")
        self.assertEqual(self.process.end(signal.SIGTERM), 0)
        self.assertIn("No space left", self.process.complained())
        self.assertEqual(self.config.read_bytes(), before)
        self.assertEqual(sorted(os.listdir(self.config.parent)), ["all-there-is", "config.json"])

    def test_a_limit_of_file_size(self):
        """As of `ulimit -f`: the kernel sends a signal that ends who has not asked it not to."""
        def hinder():
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

        def mend():
            resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE,
                             (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        self.check(hinder, mend, "File too large")

    def test_a_read_only_folder(self):
        mount(self, self.config.parent, "-t", "tmpfs", "tmpfs")

        def remount(mode):
            subprocess.run(["mount", "-o", f"remount,{mode}", self.config.parent], check=True,
                           timeout=20)
        self.check(lambda: remount("ro"), lambda: remount("rw"), "Read-only file system")

    def test_a_directory_in_its_place(self):
        self.check(self.put_aside(pathlib.Path.mkdir), self.config.rmdir, "is a directory")

    def test_a_pipe_in_its_place(self):
        self.check(self.put_aside(os.mkfifo), self.config.unlink, "a device")

    def test_a_device_in_its_place(self):
        before = os.stat("/dev/full"), sorted(os.listdir("/dev"))
        self.check(self.put_aside(lambda path: path.symlink_to("/dev/full")), self.config.unlink,
                   "a device")
        self.assertEqual((os.stat("/dev/full").st_mode, sorted(os.listdir("/dev"))),
                         (before[0].st_mode, before[1]))

    def test_a_file_in_the_folder_s_place(self):
        folder = self.config.parent

        def hinder():
            folder.rename(self.away)
            folder.write_text("no folder", encoding="utf-8")
        self.check(hinder, folder.unlink, "Not a directory")

    def test_a_folder_that_is_removed_is_made_again(self):
        self.begin()
        shutil.rmtree(self.config.parent)
        self.add(1)
        self.wait_until_saved()

        # And watched again.
        self.write_config(port=self.port, backends=[{"url": self.URLS[2]}])
        wait_until(lambda: self.urls() == [self.URLS[2]], 10, "the edit is taken")
        self.assert_no_complaints()

    def test_a_dangling_link_is_followed(self):
        target = self.folder / "elsewhere" / "deep" / "config.json"
        self.config.parent.mkdir(parents=True)
        self.config.symlink_to(target)
        self.start(f"--port={self.port}")
        self.act("add-backend", f"'{self.URLS[0]}'")
        wait_until(lambda: target.exists() and self.saved() == self.URLS[:1], 10, "it is saved")
        self.assertTrue(self.config.is_symlink())
        self.assertEqual(self.find("could not be saved"), [])

    def test_a_newer_version_s_file_is_not_overwritten(self):
        self.begin()
        self.config.write_text(NEWER, encoding="utf-8")
        self.add(1)
        self.wait_for("newer version", "alert")
        self.add(2)
        self.assertEqual(self.process.end(signal.SIGTERM), 0)
        self.assertEqual(self.config.read_text("utf-8"), NEWER)
        self.assertEqual(os.listdir(self.config.parent), ["config.json"])

    def test_a_newer_version_s_file_at_the_start_is_not_overwritten(self):
        self.config.parent.mkdir(parents=True)
        self.config.write_text(NEWER, encoding="utf-8")
        self.start(f"--port={self.port}")
        self.wait_for("newer version", "alert")
        self.add(0)
        self.assertEqual(self.process.end(signal.SIGTERM), 0)
        self.assertEqual(self.config.read_text("utf-8"), NEWER)
        self.assertEqual(os.listdir(self.config.parent), ["config.json"])

    def test_an_edit_while_a_save_waits(self):
        """There was no room for what was changed here, and somebody makes some by editing the file."""
        mount(self, self.config.parent, "-t", "tmpfs", "-o", "size=64k", "tmpfs")
        self.begin()
        filler = fill(self.config.parent)
        self.add(1)
        self.wait_for_bar("No space left")

        edited = {"version": 1, "port": self.port, "backends": [{"url": self.URLS[3]}]}
        new = self.folder / "new"
        new.write_text(json.dumps(edited), encoding="utf-8")
        filler.unlink()
        shutil.copy(new, self.config.with_name("new"))
        self.config.with_name("new").rename(self.config)

        # What was changed here is neither forgotten nor does it replace the edit for good.
        self.wait_until_saved()
        self.assertEqual(self.urls(), self.URLS[:2])
        kept, = self.config.parent.glob("*.kept-*")
        self.assertEqual(json.loads(kept.read_text("utf-8")), edited)


class TestTwo(DesktopCase):
    """Two instances with one configuration file, each on a bus and a port of its own."""

    def setUp(self):
        super().setUp()
        self.write_config(backends=[])
        self.desktops = []
        for name in ("a", "b"):
            self.folder = self.config.parents[2] / name
            self.folder.mkdir()
            self.environment = dict(self.environment)
            self.port = free_port()
            self.url = f"http://127.0.0.1:{self.port}"
            self.start_bus()
            self.start()
            self.desktops.append((self.environment, self.url))
        self.folder = self.config.parents[2]

    def act_at(self, which, name, parameter):
        self.environment, self.url = self.desktops[which]
        self.act(name, parameter)

    def pools(self):
        return [sorted(server["url"] for server in stats(url)["servers"]) for _, url in self.desktops]

    def test_each_takes_what_the_other_saves(self):
        urls = [f"http://127.0.1.{number}:9" for number in range(1, 7)]
        for number, url in enumerate(urls):
            self.act_at(number % 2, "add-backend", f"'{url}'")
            wait_until(lambda: self.pools() == [urls[:number + 1]] * 2, 10, "both have it")
        self.act_at(0, "set-weight", f"('{urls[0]}', uint32 5)")
        wait_until(lambda: stats(self.desktops[1][1])["servers"][0]["weight"] == 5, 10,
                   "the other has the weight")
        self.assertEqual(os.listdir(self.config.parent), ["config.json"])

    def test_what_both_change_at_once_is_in_a_file(self):
        """However they meet: nothing that either has saved is gone without a trace."""
        urls = [f"http://127.0.{which}.{number}:9" for number in range(1, 9) for which in (1, 2)]
        for number, url in enumerate(urls):
            self.act_at(number % 2, "add-backend", f"'{url}'")

        def look():
            pools = self.pools()
            saved = sorted(backend["url"] for backend in self.read_config()["backends"])
            return pools == [saved] * 2
        wait_until(look, 10, "they agree")
        held = "".join(path.read_text("utf-8") for path in self.config.parent.iterdir())
        for url in urls:
            self.assertIn(f'"{url}"', held)


def main():
    """Runs again where mounts are its own, where that may be."""
    unshare = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if MARK not in os.environ and subprocess.run([*unshare, "true"], stderr=subprocess.DEVNULL,
                                                 check=False).returncode == 0:
        os.execvpe(unshare[0], [*unshare, sys.executable, *sys.argv], dict(os.environ, **{MARK: "1"}))
    tap.main()


if __name__ == "__main__":
    main()
