#!/usr/bin/env python3
"""Makes the table of docs/fidelity.md from what "hookwalk verify --random N --seed S --json F" wrote: mkfidelity.py F...

Everything between the two marks of the page is replaced; nothing else is touched. A family (IPv4, IPv6) of which no file is
given keeps the numbers that stand there."""
import collections
import json
import re
import sys

PAGE = "docs/fidelity.md"
BEGIN, END = "<!-- table: tests/mkfidelity.py -->", "<!-- end of table -->"
GROUPS = [("topic", "Topics"), ("table", "Tables"), ("rule", "Rules"), ("match", "Matches"), ("target", "Targets"),
          ("route", "Routes"), ("sysctl", "Settings"), ("event", "Traffic")]
FAMILIES = ["IPv4", "IPv6"]


class Family:
    """seeds: a line of text; run, agreed: cases by "group:feature"."""

    def __init__(self):
        self.seeds, self.run, self.agreed = "", collections.Counter(), collections.Counter()


def from_files(results):
    f, seeds, total, events, good, again = Family(), [], 0, 0, 0, 0
    for result in results:
        seeds.append("%d (%d)" % (result["seed"], len(result["cases"])))
        for case in result["cases"]:
            total += 1
            events += case["events"]
            good += case["status"] == "agrees"
            again += case["status"] == "agrees" and case["differences"] > 0
            for feature in case["features"] + ["topic:" + case["topic"]]:
                f.run[feature] += 1
                f.agreed[feature] += case["status"] == "agrees"
    f.seeds = ("seeds (cases): %s. In all **%d cases, %d events: %d agreed**%s, %d did not." %
               (", ".join(seeds), total, events, good, ", %d of them only when run again" % again if again else "", total - good))
    return f


def from_page(table):
    families, group = {name: Family() for name in FAMILIES}, None
    titles = {title: prefix for prefix, title in GROUPS}
    for line in table.split("\n"):
        if line.startswith("### "):
            group = titles[line[4:]]
        for name in FAMILIES:
            if line.startswith(name + ": "):
                families[name].seeds = line[len(name) + 2:]
        cells = [c.strip() for c in line.strip("|").split("|")] if group and line.startswith("| ") else []
        if len(cells) < 5 or not re.fullmatch(r"\d*", cells[1]) or not cells[1] + cells[3]:
            continue
        for i, name in enumerate(FAMILIES):
            if cells[1 + 2 * i]:
                families[name].run[group + ":" + cells[0]] = int(cells[1 + 2 * i])
                families[name].agreed[group + ":" + cells[0]] = int(cells[2 + 2 * i])
    return families


def row(families, feature):
    cells, differs = [], False
    for name in FAMILIES:
        f = families[name]
        cells += [str(f.run[feature]), str(f.agreed[feature])] if f.run[feature] else ["", ""]
        differs |= f.run[feature] != f.agreed[feature]
    return "| %s | %s | %s |" % (feature.split(":", 1)[1], " | ".join(cells), "**differs**" if differs else "")


def main():
    with open(PAGE) as f:
        text = f.read()
    head, rest = text.split(BEGIN, 1)
    table, tail = rest.split(END, 1)
    families, given = from_page(table), collections.defaultdict(list)
    for name in sys.argv[1:]:
        with open(name) as f:
            result = json.load(f)
        given["IPv6" if result.get("family") == "ipv6" else "IPv4"].append(result)
    for name, results in given.items():
        families[name] = from_files(results)
    out = [BEGIN, ""]
    for name in FAMILIES:
        out += [name + ": " + families[name].seeds, ""]
    for prefix, title in GROUPS:
        names = sorted({n for f in families.values() for n in f.run if n.startswith(prefix + ":")})
        out += ["### " + title, "", "| | IPv4 cases | agreed | IPv6 cases | agreed | |", "|---|---:|---:|---:|---:|---|"]
        out += [row(families, n) for n in names] + [""]
    with open(PAGE, "w") as f:
        f.write(head + "\n".join(out) + "\n" + END + tail)


main()
