#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the releases in the metainfo as a Debian changelog.

The newest must be the version that is packaged.
Usage: changelog.py VERSION METAINFO.XML
"""

import datetime
import email.utils
import sys
import textwrap
from xml.etree import ElementTree

MAINTAINER = "The Load Balancer developers <load-balancer@example.org>"


def entry(release):
    """Returns what the changelog says of one release: its paragraphs and points."""
    day = datetime.datetime.fromisoformat(release.get("date"))
    date = email.utils.format_datetime(day.replace(tzinfo=datetime.timezone.utc))
    words = [" ".join("".join(element.itertext()).split())
             for element in release.find("description").iter() if element.tag in ("p", "li")]
    lines = [textwrap.fill(text, 78, initial_indent="  * ", subsequent_indent="    ")
             for text in words]
    return "\n".join([f"load-balancer ({release.get('version')}) unstable; urgency=medium", "",
                      *lines, "", f" -- {MAINTAINER}  {date}", ""])


def main():
    version, metainfo = sys.argv[1:]
    releases = ElementTree.parse(metainfo).findall("releases/release")
    newest = releases[0].get("version")
    if newest != version:
        sys.exit(f"The newest release in {metainfo} is {newest}; add what is new in {version}.")

    print("\n".join(map(entry, releases)), end="")


main()
