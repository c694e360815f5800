# SPDX-License-Identifier: GPL-3.0-or-later
"""The words: every file with words for a person is listed, and every language knows all of them."""

import gettext
import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import tap

ROOT = pathlib.Path(os.environ["LB_SOURCE_ROOT"])
BUILD = pathlib.Path(os.environ["LB_BUILD_ROOT"])
PO = ROOT / "po"

# As Meson's preset "glib" calls xgettext.
XGETTEXT = [
    "xgettext", "--package-name=load-balancer", "--from-code=UTF-8", "--add-comments",
    "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2", "--keyword=NC_:1c,2",
    "--keyword=g_dcgettext:2", "--keyword=g_dngettext:2,3", "--keyword=g_dpgettext2:2c,3",
    "--flag=N_:1:pass-c-format", "--flag=C_:2:pass-c-format", "--flag=NC_:2:pass-c-format",
    "--flag=g_dngettext:2:pass-c-format", "--flag=g_strdup_printf:1:c-format",
    "--flag=g_string_printf:2:c-format", "--flag=g_string_append_printf:2:c-format",
    "--flag=g_error_new:3:c-format", "--flag=g_set_error:4:c-format",
    "--flag=g_print:1:c-format", "--flag=g_printerr:1:c-format",
]
MARKED_C = re.compile(r"\b(_|N_|C_|NC_|ngettext|g_dngettext|g_dcgettext|g_dpgettext2)\s*\(\s*[\"(A-Z]")
MARKED_XML = re.compile(r"translatable=[\"'](yes|true|1)[\"']")


def run(*command):
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]}: {done.stderr}")
    return done.stdout


def lines(name):
    text = (PO / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


class TestTranslations(unittest.TestCase):
    def test_each_file_with_words_is_listed_once(self):
        listed = lines("POTFILES")
        marked = {"data/org.example.LoadBalancer.metainfo.xml", "org.example.LoadBalancer.desktop",
                  "data/org.example.LoadBalancer.gschema.xml"}
        for path in (ROOT / "src").rglob("*"):
            pattern = {".c": MARKED_C, ".h": MARKED_C, ".ui": MARKED_XML}.get(path.suffix)
            if pattern is not None and pattern.search(path.read_text(encoding="utf-8")):
                marked.add(str(path.relative_to(ROOT)))
        self.assertEqual(listed, sorted(marked))

    def test_each_language_is_complete(self):
        languages = lines("LINGUAS")
        self.assertIn("de", languages)
        with tempfile.TemporaryDirectory() as folder:
            template = os.path.join(folder, "load-balancer.pot")
            run(*XGETTEXT, f"--output={template}", "--files-from=po/POTFILES")
            for language in languages:
                with self.subTest(language=language):
                    merged = os.path.join(folder, f"{language}.po")
                    run("msgmerge", "--quiet", f"--output-file={merged}", f"po/{language}.po",
                        template)
                    run("msgfmt", "--check", "--output-file=/dev/null", merged)
                    self.assertEqual(run("msgattrib", "--untranslated", "--no-wrap", merged), "")
                    self.assertEqual(run("msgattrib", "--only-fuzzy", "--no-wrap", merged), "")


class TestMnemonics(unittest.TestCase):
    """In an open menu a key chooses at once, so no two items may have the same."""

    # What the program adds to a menu by itself.
    added = {"main_menu": ["_Undo", "_Redo"]}

    def labels(self, menu):
        labels = [one.text for one in menu.iterfind(".//item/attribute[@name='label']")]
        return labels + self.added.get(menu.get("id"), [])

    def assert_differ(self, labels):
        keys = [match.group(1).lower() for match in (re.search(r"_(\w)", label) for label in labels) if match]
        self.assertEqual(sorted(keys), sorted(set(keys)), labels)
        return keys

    def test_differ_in_each_menu_and_language(self):
        menus = [menu for path in sorted((ROOT / "src").rglob("*.ui"))
                 for menu in xml.etree.ElementTree.parse(path).getroot().iter("menu")]
        self.assertIn("main_menu", [menu.get("id") for menu in menus])
        for menu in menus:
            with self.subTest(menu=menu.get("id"), language="en"):
                labels = self.labels(menu)
                self.assertEqual(len(self.assert_differ(labels)), len(labels))
            for language in lines("LINGUAS"):
                with tempfile.TemporaryDirectory() as folder, \
                        self.subTest(menu=menu.get("id"), language=language):
                    path = pathlib.Path(folder, "words.mo")
                    run("msgfmt", f"--output-file={path}", f"po/{language}.po")
                    with path.open("rb") as file:
                        words = gettext.GNUTranslations(file)
                    self.assert_differ([words.gettext(label) for label in labels])


class TestMerged(unittest.TestCase):
    def test_is_made_again_when_a_translation_changes(self):
        """The build tree knows what it is made of: an old tree must not keep old words."""
        for name in ("desktop", "metainfo.xml"):
            done = subprocess.run(["ninja", "-t", "query", f"data/org.example.LoadBalancer.{name}"],
                                  cwd=BUILD, stdout=subprocess.PIPE, text=True, check=True, timeout=60)
            for language in lines("LINGUAS"):
                with self.subTest(file=name, language=language):
                    self.assertIn(f"po/{language}.po\n", done.stdout)


if __name__ == "__main__":
    tap.main()
