#!/usr/bin/env python3
"""Makes the table of docs/fidelity.md from what "hookwalk verify --random N --seed S --json F" wrote: mkfidelity.py F...

Everything between the two marks of the page is replaced; nothing else is touched."""
import collections
import json
import sys

PAGE = "docs/fidelity.md"
BEGIN, END = "<!-- table: tests/mkfidelity.py -->", "<!-- end of table -->"
GROUPS = [("topic", "Topics"), ("table", "Tables"), ("rule", "Rules"), ("match", "Matches"), ("target", "Targets"),
          ("route", "Routes"), ("sysctl", "Settings"), ("event", "Traffic")]


def main():
    run, agreed, events = collections.Counter(), collections.Counter(), 0
    seeds, total, good, again = [], 0, 0, 0
    for name in sys.argv[1:]:
        with open(name) as f:
            result = json.load(f)
        family = "IPv6 " if result.get("family") == "ipv6" else ""
        seeds.append("%s%d (%d)" % (family, result["seed"], len(result["cases"])))
        for case in result["cases"]:
            total += 1
            events += case["events"]
            good += case["status"] == "agrees"
            again += case["status"] == "agrees" and case["differences"] > 0
            for feature in case["features"] + ["topic:" + family + case["topic"]]:
                run[feature] += 1
                agreed[feature] += case["status"] == "agrees"
    out = [BEGIN, "", "Seeds (cases): %s. In all **%d cases, %d events: %d agreed**%s, %d did not." %
           (", ".join(seeds), total, events, good, ", %d of them only when run again" % again if again else "", total - good)]
    for prefix, title in GROUPS:
        names = sorted(n for n in run if n.startswith(prefix + ":"))
        out += ["", "### " + title, "", "| | cases | agreed | |", "|---|---:|---:|---|"]
        for n in names:
            out.append("| %s | %d | %d | %s |" % (n.split(":", 1)[1], run[n], agreed[n], "" if run[n] == agreed[n] else "**differs**"))
    with open(PAGE) as f:
        text = f.read()
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(PAGE, "w") as f:
        f.write(head + "\n".join(out) + "\n\n" + END + tail)


main()
