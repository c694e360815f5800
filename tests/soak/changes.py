# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes meanwhile: backends that come and go, the pool and its policy, and the window."""

import random
import socket
import threading

from lbtest import Backend, free_port, stats, wait_until

POLICIES = ("random", "round-robin", "least-connections", "two-choices", "fastest", "adaptive", "source-hash",
            "path-hash")
STATUSES = (301, 302, 303, 307, 308)
MOODS = ("well", "well", "slow", "hangs", "resets", "babbles", "errs", "away")
ANSWER = b"HTTP/1.1 %d Soak\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
# A machine that is busy is no fault.
PATIENCE_S = 30


class FickleBackend:
    """A tiny HTTP server on a port that it keeps, in a mood that changes."""

    def __init__(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mood = "away"
        self.listener = None

    def set_mood(self, mood):
        self.mood = mood
        if mood == "away" and self.listener is not None:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        elif mood != "away" and self.listener is None:
            self.listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
            threading.Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(client, self.mood), daemon=True).start()

    @staticmethod
    def _answer(client, mood):
        with client:
            client.settimeout(20)
            try:
                client.recv(65536)
                if mood == "slow":
                    threading.Event().wait(random.uniform(0.05, 1.5))
                if mood == "hangs":
                    client.recv(1)
                elif mood == "babbles":
                    client.sendall(bytes(random.randrange(256) for _ in range(500)))
                elif mood != "resets":
                    client.sendall(ANSWER % (500 if mood == "errs" else 200))
            except OSError:
                pass


class Person:
    """Looks at the window: switches views, resizes, closes and reopens it."""

    def __init__(self, case, world):
        self.case = case
        self.world = world
        self.hands = threading.Lock()

    def wait_for_windows(self, number):
        return wait_until(lambda: len(found := self.case.windows()) == number and (found or True), PATIENCE_S,
                          f"{number} windows")

    def press(self, *keys):
        window, = self.wait_for_windows(1)
        self.case.xdotool("windowfocus", window, "key", *keys, check=False)

    def close_and_reopen(self):
        self.press("ctrl+w")
        self.wait_for_windows(0)
        self.world.pause(random.uniform(0, 3))
        self.case.act("show")
        self.wait_for_windows(1)

    def resize(self):
        window, = self.wait_for_windows(1)
        self.case.xdotool("windowsize", window, str(random.randrange(360, 1280)),
                          str(random.randrange(294, 800)), check=False)

    def look_at_preferences(self):
        window, = self.wait_for_windows(1)
        self.press("ctrl+comma")
        dialog = next(one for one in self.wait_for_windows(2) if one != window)
        self.case.xdotool("windowfocus", dialog, "key", "Escape", check=False)
        self.wait_for_windows(1)

    def freeze(self):
        self.case.act("freeze-chart")
        self.world.pause(random.uniform(0, 2))
        self.case.act("freeze-chart")

    def act(self):
        """Does something with the window, and looks at it for a while."""
        name, deed = random.choice((
            *((f"view {n}", lambda n=n: self.press(f"alt+{n}")) for n in (1, 2, 3)),
            ("close and reopen", self.close_and_reopen),
            ("resize", self.resize),
            ("preferences", self.look_at_preferences),
            ("freeze", self.freeze),
            ("details", lambda: self.press("End", "Return")),
            ("find", lambda: self.press("ctrl+f", "1", "2", "Escape")),
            ("probe now", lambda: self.press("ctrl+r")),
        ))
        with self.hands:
            deed()
        self.world.changes["the window"] += 1
        self.world.count("window", name)
        self.world.pause(random.uniform(0, 2))


class Editor:
    """Changes the pool and the policy: by actions, by the configuration file, and back. Two backends
    stay, so that somebody is up, but for the outages it makes."""

    def __init__(self, case, world, person):
        self.case = case
        self.world = world
        self.person = person
        self.steady = [Backend(case, name) for name in ("one", "two")]
        self.fickle = [FickleBackend() for _ in range(8)]
        self.steady_urls = {backend.url for backend in self.steady}
        self.fickle_urls = {backend.url for backend in self.fickle}
        # The pool may have any of them until the first look at it.
        world.set_pool(self.steady_urls | self.fickle_urls)

    def wait_for(self, condition, what):
        return wait_until(lambda: condition(stats(self.case.url)), PATIENCE_S, what)

    def urls(self):
        return self.wait_for(lambda said: {server["url"] for server in said["servers"]}, "the pool")

    def change(self, name, *parameter, wanted):
        """Activates an action that leads to this pool, and waits for that."""
        self.world.set_pool(self.urls() | wanted)
        self.case.act(name, *parameter)
        wait_until(lambda: self.urls() == wanted, PATIENCE_S, f"{name} is done")
        self.world.set_pool(wanted)

    def add(self):
        urls = self.urls()
        url = random.choice(sorted(self.fickle_urls - urls) or [None])
        if url is not None:
            self.change("add-backend", f"'{url}'", wanted=urls | {url})

    def remove(self):
        urls = self.urls()
        url = random.choice(sorted(urls & self.fickle_urls) or [None])
        if url is not None:
            self.change("remove-backend", f"'{url}'", wanted=urls - {url})

    def set_weight(self):
        url = random.choice(sorted(self.urls()))
        self.case.act("set-weight", f"('{url}', uint32 {random.randrange(1, 257)})")

    def set_state(self):
        url = random.choice(sorted(self.urls() & self.fickle_urls) or [None])
        if url is not None:
            self.case.act("set-state", f"('{url}', '{random.choice(('ready', 'drain', 'maint'))}')")

    def set_policy(self):
        self.case.act("set-policy", f"'{random.choice(POLICIES)}'")

    def undo(self):
        """Nobody knows what is next, so any of them may be in the pool until all is done."""
        with self.person.hands:
            self.world.set_pool(self.steady_urls | self.fickle_urls)
            self.person.press(*random.choice((["ctrl+z"], ["ctrl+z", "ctrl+z"], ["ctrl+shift+z"])))
        self.world.pause(2)
        self.world.set_pool(self.urls())

    def settled_config(self):
        """Returns the configuration, once all that was changed is saved."""
        def look():
            said, saved = stats(self.case.url), self.case.read_config()
            used = [(server["url"], server["weight"], server["state"]) for server in said["servers"]]
            return saved.get("policy", "random") == said["policy"] and used == \
                [(one["url"], one.get("weight", 1), one.get("state", "ready"))
                 for one in saved["backends"]] and saved
        return wait_until(look, PATIENCE_S, "all is saved")

    def edit_file(self):
        config = self.settled_config()
        wanted = self.steady_urls | set(random.sample(sorted(self.fickle_urls), random.randrange(8)))
        backends = [one for one in config["backends"] if one["url"] in wanted]
        backends += [{"url": url} for url in sorted(wanted - {one["url"] for one in backends})]
        self.world.set_pool(self.urls() | wanted)
        config.update(policy=random.choice(POLICIES), redirect_status=random.choice(STATUSES),
                      backends=backends)
        self.case.write_config(**config)
        self.wait_for(lambda said: {server["url"] for server in said["servers"]} == wanted and
                      said["policy"] == config["policy"], "the file is taken over")
        self.world.set_pool(wanted)

    def break_file(self):
        """What is broken is kept aside, and the next good file is taken over."""
        config = self.settled_config()
        text = self.case.config.read_text("utf-8")
        self.case.config.write_text(text[:random.randrange(1, len(text) - 2)], "utf-8")
        self.world.pause(1)
        config["policy"] = random.choice(POLICIES)
        self.case.write_config(**config)
        self.wait_for(lambda said: said["policy"] == config["policy"], "the good file is taken over")

    def pause_balancer(self):
        self.world.begin_outage()
        self.case.act("pause")
        self.wait_for(lambda said: said["paused"], "it is paused")
        self.world.pause(1)
        self.case.act("pause")
        self.wait_for(lambda said: not said["paused"], "it goes on")
        self.world.end_outage()

    def steady_are(self, said, health):
        return all(server["health"] == health for server in said["servers"]
                   if server["url"] in self.steady_urls)

    def stop_all(self):
        """No backend is up for a while."""
        self.world.begin_outage()
        for backend in self.fickle:
            backend.set_mood("away")
        for backend in self.steady:
            backend.stop()
        self.wait_for(lambda said: self.steady_are(said, "down"), "all are down")
        for backend in self.steady:
            backend.start()
        self.wait_for(lambda said: self.steady_are(said, "up"), "they are up")
        self.world.end_outage()

    def act(self):
        """Changes something, and the mood of some backend."""
        deed = random.choice(4 * (self.add, self.remove, self.set_weight, self.set_state, self.set_policy,
                                  self.undo, self.edit_file) +
                             (self.break_file, self.pause_balancer, self.stop_all))
        deed()
        random.choice(self.fickle).set_mood(random.choice(MOODS))
        self.world.changes["the pool"] += 1
        self.world.count("pool", deed.__name__)
        self.world.pause(random.uniform(0, 1))
