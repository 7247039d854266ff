#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""check.py BINARY - real users' questions: does "why" name the culprit, and does the fix, applied, work?

Each folder beside this file is a host (or lab) with its traffic.txt and expected.json: the culprit as data, and
"asked": the culprit when this rule is asked about. fix.sh holds the command lines that mend it, fixed-assert.json what
must be true then (in a lab: hosts/NAME/fix.sh): frames that leave ("out": device, pattern), frames that must not ("none"), rules' packet counters
("counters")."""
import json, os, re, shutil, subprocess, sys, tempfile

BIN, HERE = sys.argv[1], os.path.dirname(os.path.abspath(__file__))
KEYS = ("host", "table", "chain", "rule", "sysctl", "route", "setting", "line", "family", "neighbour", "backend")


def run(*args):
    p = subprocess.run([BIN, *args], capture_output=True, text=True, timeout=120)
    if p.returncode not in (0, 1):
        raise RuntimeError(f"{args[0]}: exit {p.returncode}: {p.stderr.strip()[-300:]}")
    return json.loads(p.stdout)


def culprit_wrong(want, got):
    if isinstance(want, str) or isinstance(got, str):
        return None if want == got else f"culprit is {got}, wanted {want}"
    for k in KEYS:
        w = want.get(k)
        if k == "sysctl" and w:
            w = w.split()[0]
        if w is not None and got.get(k) != w:
            return f"culprit's {k} is {got.get(k)}, wanted {w}: {got}"
    for k in ("conntrack", "command"):
        if k in want and k not in got:
            return f"culprit has no {k}: {got}"
    return None


def frames(stories):
    """(device, "tcp A:p>B:q [S]") of all that left."""
    for st in stories:
        for s in st["steps"]:
            m = re.match(r"by (\S+): (\S+) (\S+) > (\S+) ?(\S*)(.*)", s["text"]) if s["phase"] == "leave" else None
            if m:
                yield m[1], f"{m[2]} {m[3]}>{m[4]} [{m[5]}]{m[6]}"


def counters(stories):
    n = {}
    for st in stories:
        for s in st["steps"]:
            if s["phase"] == "hook" or "chain" not in s or (s.get("matched") is False) or s["phase"] == "drop":
                continue
            key = f"{s['table']}/{s['chain']}/{s['rule']}"
            n[key] = n.get(key, 0) + 1
    return n


def fits(pattern, text):
    flags = re.search(r"\[(\w+)\]", pattern)
    if flags and not re.search(r"\[" + "|".join({flags[1], flags[1][::-1]}) + r"\]", text):
        return False
    icmp = re.search(r"type=(\d+)", pattern)
    plain = re.sub(r" *\[\w+\]| *type=.*", "", pattern)
    return plain in text and (not icmp or text.startswith("icmp"))


def fix_wrong(case, want):
    with tempfile.TemporaryDirectory() as tmp:
        host = os.path.join(tmp, "host")
        shutil.copytree(case, host)
        for where, _, files in list(os.walk(host)):
            if "fix.sh" in files:
                with open(os.path.join(where, "commands.sh"), "a") as commands:
                    commands.write("\n" + open(os.path.join(where, "fix.sh")).read())
        stories = run("trace", host, "--json")["stories"]
    left, n = list(frames(stories)), counters(stories)
    for dev, pattern in want.get("out", []):
        if not any(d == dev and fits(pattern, t) for d, t in left):
            return f"nothing like \"{pattern}\" leaves by {dev}: {left}"
    for dev, pattern in want.get("none", []):
        if any(d == dev and fits(pattern, t) for d, t in left):
            return f"\"{pattern}\" leaves by {dev}"
    for key, count in want.get("counters", {}).items():
        have = n.get(key, 0)
        if isinstance(count, str) and count.startswith(">"):
            ok = have > int(count[1:].lstrip("="))  or (count[1] == "=" and have == int(count[2:]))
        else:
            ok = have == count
        if not ok:
            return f"{key} counts {have}, wanted {count}"
    return None


def check(name):
    case = os.path.join(HERE, name)
    want = json.load(open(os.path.join(case, "expected.json")))
    try:
        got = run("why", case, "--json")
        bad = culprit_wrong(want["culprit"], got["culprit"])
        if not bad and (not got.get("reason") or not got.get("fix")):
            bad = "no reason or no fix"
        print(f"ok why/{name}" if not bad else f"not ok why/{name}: {bad}")
        for rule, culprit in want.get("asked", {}).items():
            bad = culprit_wrong(culprit, run("why", case, rule, "--json")["culprit"])
            print(f"ok why/{name} {rule}" if not bad else f"not ok why/{name} {rule}: {bad}")
        if os.path.exists(os.path.join(case, "fixed-assert.json")):
            bad = fix_wrong(case, json.load(open(os.path.join(case, "fixed-assert.json"))))
            print(f"ok why/{name} mended" if not bad else f"not ok why/{name} mended: {bad}")
    except (RuntimeError, subprocess.TimeoutExpired, ValueError) as e:
        print(f"not ok why/{name}: {e}")


for entry in sorted(os.listdir(HERE)):
    if os.path.isfile(os.path.join(HERE, entry, "expected.json")):
        check(entry)
