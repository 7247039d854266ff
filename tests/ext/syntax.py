#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws rules and asks two programs: the installed iptables (legacy) and ours. They must take and refuse the same rules,
with the same words, and print the same saved and listed forms.

    unshare -n tests/ext/syntax.py --number 5000 --seed 7 [--family ip|ip6] [--only 'hashlimit|LOG'] [--kinds ...]

What is drawn: the rows of rules/ext/*.t, pulled to pieces and put together anew, with values at and past their limits,
negations in both places, names cut short, options twice, missing, or in the wrong table. The same seed draws the same
rules. Changes the rules of the network namespace it runs in: never run it in the machine's own."""
import argparse
import collections
import glob
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = {"ip": "iptables", "ip6": "ip6tables"}
CHAINS = {
    "filter": ["INPUT", "FORWARD", "OUTPUT"],
    "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
    "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"],
    "raw": ["PREROUTING", "OUTPUT"],
    "security": ["INPUT", "FORWARD", "OUTPUT"],
}
# Words that are in place before the first rule.
SETUP = ["ipset create s4 hash:ip", "ipset create s6 hash:ip family inet6", "ipset create p4 hash:ip,port",
         "ipset create sk hash:ip skbinfo", "ipset create l1 list:set"]
USER_CHAINS = ["foo", "bar"]
NO_MODULE = re.compile(r"No chain/target/match by that name|missing kernel module")
# What lies in the machine: modules, a file of names.
MACHINE = re.compile(r"Warning: (Extension \S+ revision 0 not supported, missing kernel module\?|cannot open /etc/xtables/connlabel.conf: .*)$")

NUMBERS = [0, 1, 2, 3, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 99, 100, 127, 128, 129, 254, 255, 256, 257, 999, 1000, 1023, 1024,
           4095, 4096, 9999, 10000, 32767, 32768, 65534, 65535, 65536, 65537, 99999, 1000000, 16777215, 16777216,
           2147483647, 2147483648, 4294967294, 4294967295, 4294967296, 4294967297, 9223372036854775807,
           9223372036854775808, 18446744073709551615, 18446744073709551616, 99999999999999999999999]
ODD = ["", " ", "-", "--", "-1", "+1", "0x", "x", "0xg", "1x", "x1", "1.5", "1e3", "08", "010", "0x10", "0X1F", " 5", "5 ", "any",
       "all", "none", "any any", "ALL", "NONE", "tcp", "TCP", "a b", "a,b", "a/b", "a:b", "a-b", ",", ":", "/", "1:", ":1", "1:2", "2:1",
       "1-2", "2-1", "1/2", "1,2", "1,,2", "1,", ",1", "1::2", "1:2:3", "::", ":::", "0/0", "::/0", "0.0.0.0", "1.2.3", "1.2.3.4.5",
       "256.1.1.1", "10.0.0.1/33", "10.0.0.1/24", "10.0.0.1/255.0.255.0", "10.0.0.1-10.0.0.9", "10.0.0.9-10.0.0.1", "fe80::1", "fe80::1/64",
       "fe80::1%lo", "fe80::1%nodev", "fe80::1%5", "2001:db8::1%lo", "::ffff:1.2.3.4", "2001:db8::1-2001:db8::9", "[2001:db8::1]:80", "10.0.0.1:80", "00:11:22:33:44:55",
       "0:1:2:3:4:5", "00:11:22:33:44", "\\", "\"", "'", "a\"b", "a\\b", "é", "x" * 15, "x" * 16, "x" * 31, "x" * 32, "x" * 33, "x" * 255,
       "x" * 256, "x" * 257, "eth0", "eth+", "+", "eth0/1", "!", "! x", "1/second", "1/s", "1/day", "0/s", "s", "1s", "1ms", "1kb",
       "1kb/s", "1mb/s", "10mbit", "80,443", "22:25", "http", "ssh,http", "http:https", "65535:", "65536:", ":65535", "1000000/second", "0x1/0x2",
       "0x1/", "/0x1", "0x100000000", "1/0x100000000", "|00|", "|0g|", "|ff", "src", "dst", "src,dst", "src,src,src,src,src,src",
       "src,src,src,src,src,src,src", "2020-01-01", "2038-01-19T03:14:08", "2020-13-01", "2020-02-31", "24:00", "23:59:59", "12:60",
       "Mon,Tue", "mo", "8", "32", "0,1"]
LETTERS = "abcxyz019-+:/,.%_"


class Rows:
    """What rules/ext/*.t say: whole rules, and by extension the options and values that stand in them."""

    def __init__(self, only):
        self.rules = []                                 # (families, table, chains, words, taken)
        self.options = collections.defaultdict(list)    # extension -> [words of one option]
        self.good = collections.defaultdict(list)       # the same, of rules that are taken
        self.words = collections.defaultdict(list)      # extension -> words that its source knows
        self.bases = collections.defaultdict(list)      # extension -> words before its "-m" or "-j"
        for path in sorted(glob.glob(os.path.join(ROOT, "rules/ext/*.t"))):
            if not os.path.basename(path).startswith(("arp_", "eb_")) and re.search(only, os.path.basename(path)[:-2]):
                self.read(path)
        for path in glob.glob(os.path.join(ROOT, "rules/ext/*.c")):
            with open(path, encoding="utf-8") as fh:
                self.words[os.path.basename(path)[:-2]] = sorted(set(re.findall(r'"([A-Za-z0-9][A-Za-z0-9+:/_-]*)"', fh.read())))
        for a, b in (("icmp", "icmp_names"), ("icmp6", "icmp_names"), ("DSCP", "util"), ("dscp", "util"), ("TCPOPTSTRIP", "tcp")):
            self.words[a] += self.words[b]

    def read(self, path):
        families, table, chains = ["ip"], "filter", ["INPUT", "FORWARD", "OUTPUT"]
        with open(path, encoding="utf-8", errors="surrogateescape") as fh:
            for row in fh:
                row = row.rstrip("\n")
                if not row or row[0] == "#":
                    continue
                if row[0] == "@":
                    families = row[1:].split()
                elif row[0] == "*":
                    table = row[1:].strip()
                elif row[0] == ":":
                    chains = [c for c in row[1:].split(",") if c]
                else:
                    try:
                        words = shlex.split(row.split(";")[0])
                    except ValueError:
                        continue
                    self.add(families, table, chains, words, row.endswith(";OK"))

    def add(self, families, table, chains, words, taken):
        self.rules.append((families, table, chains, words, taken))
        here, base = None, []
        for words in split_options(words):
            if words[0] in ("-m", "-j", "-g") and len(words) > 1:
                if here is None:
                    self.bases[words[0] + " " + words[1]].append(list(base))
                here = words[0] + " " + words[1]
                self.options[here].append(words[2:])
                self.good[here].append(words[2:])
            elif here is None:
                base += words
            else:
                self.options[here].append(words)
                if taken:
                    self.good[here].append(words)


def split_options(words):
    """["!", "--a", "1", "-b"] -> [["!", "--a", "1"], ["-b"]]"""
    out, cur = [], []
    for i, w in enumerate(words):
        starts = (w.startswith("-") and len(w) > 1 and not re.match(r"-\d", w)) or \
            (w == "!" and i + 1 < len(words) and words[i + 1].startswith("-"))
        if starts and not (cur == ["!"]):
            if cur:
                out.append(cur)
            cur = []
        cur.append(w)
    if cur:
        out.append(cur)
    return out


class Draw:
    def __init__(self, rows, family, rng):
        self.rows, self.family, self.rng = rows, family, rng
        self.of_family = [r for r in rows.rules if family in r[0]]
        self.taken = [r for r in self.of_family if r[4]]
        self.exts = sorted({k for r in self.of_family for k in
                            (w[0] + " " + w[1] for w in split_options(r[3]) if w[0] in ("-m", "-j") and len(w) > 1)})
        self.exts = [e for e in self.exts if self.rows.options[e]]
        self.values = sorted({w for e in self.exts for o in self.rows.options[e] if o for w in o if not w.startswith("-")})

    # ---- values ----

    def number(self):
        rng = self.rng
        n = rng.choice(NUMBERS)
        if rng.random() < 0.2:
            n = max(0, n + rng.randint(-2, 2))
        return rng.choice([str, str, str, str, hex, lambda v: "0%o" % v, lambda v: "0X%X" % v])(n)

    def value(self, old):
        """Another value in the place of one, mostly of its shape."""
        rng = self.rng
        kind = rng.random()
        numbers = list(re.finditer(r"0x[0-9a-fA-F]+|\d+", old))
        names = list(re.finditer(r"[A-Za-z][A-Za-z0-9-]*", old))
        words = self.rows.words[self.ext]
        if rng.random() < 0.12 and words:
            word = rng.choice(words)
            if names and rng.random() < 0.7:
                m = rng.choice(names)
                return old[:m.start()] + word + old[m.end():]
            return word
        if kind < 0.35 and numbers:
            m = rng.choice(numbers)
            return old[:m.start()] + self.number() + old[m.end():]
        if kind < 0.45 and names:
            m = rng.choice(names)
            word = m.group()
            word = rng.choice([word.upper(), word.lower(), word.capitalize(), word[:-1], word[:rng.randint(1, len(word))], word + "x",
                               word + word, word[1:]])
            return old[:m.start()] + word + old[m.end():]
        if kind < 0.60:
            marks = [i for i, c in enumerate(old) if c in ",:/-.|%;="]
            if marks:
                i = rng.choice(marks)
                return old[:i] + rng.choice([",", ":", "/", "-", "", old[i] * 2, ".", " " + old[i], old[i] + " "]) + old[i + 1:]
        if kind < 0.72:
            return old + rng.choice(["", ",", ":", "/", "-", "%", "."]) + rng.choice([old, self.number(), rng.choice(self.values)])
        if kind < 0.80:
            return rng.choice([":", "-", "/", ",", "!", "+", "0", " "]) + old
        if kind < 0.86:
            return old + rng.choice([":", "-", "/", ",", "+", "0", " ", "x", "%"])
        if kind < 0.90 and old:
            i = rng.randrange(len(old))
            return rng.choice([old[:i] + old[i + 1:], old[:i] + rng.choice(LETTERS) + old[i:], old[:i]])
        if kind < 0.96:
            return rng.choice(ODD)
        return rng.choice(self.values)

    def change(self, opt):
        """One option, written otherwise: value, negation, name."""
        rng, opt = self.rng, list(opt)
        kind = rng.random()
        name = next((i for i, w in enumerate(opt) if w.startswith("-")), None)
        if kind < 0.55:
            values = [i for i, w in enumerate(opt) if i != name and w != "!"]
            if values:
                i = rng.choice(values)
                opt[i] = self.value(opt[i])
        elif kind < 0.75:
            if opt[0] == "!" and rng.random() < 0.6:
                opt = opt[1:]
                if rng.random() < 0.6:
                    opt.insert(1, "!")
            elif rng.random() < 0.6 or name is None:
                opt.insert(0, "!")
            else:
                opt.insert(name + 1, "!")
        elif kind < 0.87 and name is not None and opt[name].startswith("--"):
            word = opt[name]
            opt[name] = rng.choice([word[:-1], word[:rng.randint(3, max(3, len(word)))], word[:-2], word + "x", word.upper(), word[1:]])
            if rng.random() < 0.4 and name + 1 < len(opt):
                opt[name:name + 2] = [word + "=" + opt[name + 1]]
        elif kind < 0.93 and len(opt) > 1:
            opt.pop()
        else:
            opt.append(rng.choice([self.number(), rng.choice(ODD), "!"]))
        return opt

    # ---- rules ----

    def place(self, table=None, chains=None):
        rng = self.rng
        if table is None or rng.random() < 0.05:
            table = rng.choice(["filter", "filter", "mangle", "mangle", "nat", "raw", "security"])
            chains = None
        if not chains or rng.random() < 0.05:
            chains = CHAINS[table]
        chain = rng.choice(chains)
        return table, chain if chain in CHAINS[table] else rng.choice(CHAINS[table])

    def base(self):
        rng, out = self.rng, []
        six = self.family == "ip6"
        addresses = ["2001:db8::1", "2001:db8::/32", "fe80::1/64", "::1", "::/0", "!", "2001:db8::1/ffff::", "::1,::2", "fe80::1%lo", "fe80::1%nodev", "2001:db8::1%5", "ff02::1%lo/16",
                     "2001:DB8:0:0::1/127", "::ffff:1.2.3.4", "::1.2.3.4/96", "2001:db8::/129", "1.2.3.4", "::g", ":1", "1::2::3"] if six else \
            ["10.0.0.1", "10.0.0.0/8", "10.1.2.3/8", "1.2.3.4/32", "0.0.0.0/0", "0/0", "10", "10.1", "10.1.2", "10.0.0.1/255.255.0.0", "localhost",
             "10.0.0.1/255.0.255.0", "10.0.0.1/33", "10.0.0.1,10.0.0.2", "1.2.3.4/0", "::1", "256.1.1.1", "0x0a000001", "010.1.1.1", "10.0.0.1/",
             "10.0.0.1,", ",10.0.0.1", "10.0.0.1/24/8", "1.2.3.4/0x10", "1.2.3.4/08", "1.2.3.4/+8"]
        pool = [["-s", rng.choice(addresses)], ["-d", rng.choice(addresses)], ["--src", rng.choice(addresses)],
                ["--source", rng.choice(addresses)], ["--destination", rng.choice(addresses)], ["--dst", rng.choice(addresses)],
                ["-i", rng.choice(["eth0", "eth+", "+", "lo", "e" * 15, "e" * 16, "eth0:1", "eth/0", "", "br-0", "e th", "eth0.1"])],
                ["-o", rng.choice(["eth0", "eth+", "+", "lo", "w" * 15, "w" * 16, "ppp+"])], ["--in-interface", "eth0"], ["--out-inter", "eth0"],
                ["-p", rng.choice(["tcp", "udp", "icmp", "icmpv6", "ipv6-icmp", "all", "0", "6", "17", "255", "256", "TCP", "sctp", "esp", "ah", "gre",
                                   "ipv6", "ipv6-frag", "ipv6-route", "ipv6-opts", "ipv6-nonxt", "hopopt", "mh", "mobility-header", "udplite",
                                   "dccp", "any", "-1", "0x6", "06", "08", "igmp", "xyz", "tcp,udp", "", "41", "59", "135", "ip", "vrrp", "ospf"])],
                ["-f"], ["--fragment"], ["-4"], ["-6"], ["--ipv4"], ["--ipv6"],
                ["-c", "1", "2"], ["-c", "1,2"], ["--set-counters", "5", "6"], ["-c", "x", "1"], ["-c", "1"], ["-c", "18446744073709551615", "0"],
                ["-j", rng.choice(["ACCEPT", "DROP", "RETURN", "QUEUE", "foo", "bar", "nope", "INPUT", "accept", "x" * 28, "x" * 29, "x" * 30, "", "-x"])],
                ["-g", rng.choice(["foo", "ACCEPT", "nope", "bar"])], ["--jump", "DROP"], ["--goto", "foo"],
                ["-m", rng.choice(["tcp", "udp", "nope", "x" * 28, "x" * 29, "x" * 30, "", "standard", "unclean", "icmp", "icmp6", "mh"])],
                ["-v"], ["-w"], ["-w", "1"], ["-n"], ["-x"], ["--line-numbers"], ["--wait", "x"], ["-W", "1000"], ["--nonsense"], ["-q"],
                ["extra"], ["!"], ["--proto", "tcp"], ["--protocol", "udp"], ["-p", "tcp", "--dport", "80"], ["-m", "tcp", "--dport", "80"],
                ["-p", "tcp", "-m", "tcp", "--syn"], ["--dport", "80"], ["--match", "comment", "--comment", "a b"]]
        for _ in range(rng.choice([1, 1, 2, 2, 3, 4])):
            opt = rng.choice(pool)
            if rng.random() < 0.15:
                opt = ["!"] + opt
            elif rng.random() < 0.08 and len(opt) > 1:
                opt = [opt[0], "!"] + opt[1:]
            out += opt
        return out

    def recombine(self):
        rng = self.rng
        ext = rng.choice(self.exts)
        self.ext = ext.split()[1]
        pool = [o for o in (self.rows.good[ext] if rng.random() < 0.75 else self.rows.options[ext]) if o]
        words = list(rng.choice(self.rows.bases[ext] or [[]])) if rng.random() < 0.9 else []
        words += ext.split()
        once, seen, odd = rng.random() < 0.85, set(), rng.random() < 0.4
        for _ in range(rng.choice([0, 1, 1, 2, 2, 3, 4]) if pool else 0):
            opt = list(rng.choice(pool))
            name = next((w for w in opt if w.startswith("-")), None)
            if once and name in seen:
                continue
            seen.add(name)
            words += self.change(opt) if odd and rng.random() < 0.5 else opt
        homes = [r for r in self.taken or self.of_family if ext in " ".join(r[3])]
        table, chain = self.place(*rng.choice(homes)[1:3]) if homes else self.place()
        return table, chain, words

    def mutate(self):
        rng = self.rng
        _, table, chains, words, _ = rng.choice(self.taken if rng.random() < 0.8 else self.of_family)
        opts = split_options(words)
        self.ext = rng.choice([o[1] for o in opts if o[0] in ("-m", "-j") and len(o) > 1] or [""])
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            if not opts:
                break
            i = rng.randrange(len(opts))
            kind = rng.random()
            if kind < 0.75:
                opts[i] = self.change(opts[i])
            elif kind < 0.82:
                del opts[i]
            elif kind < 0.90:
                opts.insert(rng.randrange(len(opts) + 1), list(opts[i]))
            else:
                j = rng.randrange(len(opts))
                opts[i], opts[j] = opts[j], opts[i]
        words = [w for o in opts for w in o]
        return (*self.place(table, chains), words)

    def rule(self):
        rng = self.rng
        kind = rng.random()
        if kind < 0.42:
            table, chain, words = self.recombine()
        elif kind < 0.80:
            table, chain, words = self.mutate()
        elif kind < 0.90:
            table, chain, words = self.recombine()
            words += self.recombine()[2]
        else:
            (table, chain), words = self.place(), []
            words = self.base()
        if rng.random() < 0.08:
            words = self.base()[:3] + words
        if rng.random() < 0.06:
            words = words + self.base()
        # a negation with nothing behind it, options that run programs or print pages: not of interest here
        words = [w for w in words if not re.match(r"-M|--mo|-h|--h(e|$)|--ver|-V|-vv", w) and "\n" not in w and "\0" not in w]
        while words.count("-v") + words.count("--verbose") > 1:         # the program's inside, from the third on
            words.remove("-v" if "-v" in words else "--verbose")
        return table, chain, words


# ---- the two programs ----

def ours(binary, family, rules):
    """(status, text, saved, listed) of each rule."""
    prog = PROGRAM[family]
    script = list(SETUP) + ["%s -t %s -N %s" % (prog, t, c) for t in CHAINS for c in USER_CHAINS]
    first = len(script)
    for table, chain, words in rules:
        script.append(shlex.join([prog, "-t", table, "-A", chain] + words))
        script += ["%s -t %s -S %s" % (prog, table, chain), "%s -t %s -vnxL %s" % (prog, table, chain),
                   "%s -t %s -L %s" % (prog, table, chain),
                   "%s -t %s -F %s" % (prog, table, chain)]
    with tempfile.TemporaryDirectory() as tmp:
        with open(os.path.join(tmp, "commands.sh"), "w", encoding="utf-8", errors="surrogateescape") as fh:
            fh.write("\n".join(script) + "\n")
        p = subprocess.run([binary, "save", "--show-commands", tmp], capture_output=True, timeout=600)
    if p.returncode:
        if len(rules) > 1:                              # which of them?
            half = len(rules) // 2
            return ours(binary, family, rules[:half]) + ours(binary, family, rules[half:])
        return [(p.returncode, "ended badly: " + p.stderr.decode(errors="replace")[:500], "", "", "")]
    text = p.stdout.decode("utf-8", "surrogateescape")
    answers, at = [], -1
    parts = text.split("\n$ ")
    parts[0] = parts[0][2:]
    parts = [x.partition("\n")[2] for x in parts]
    if len(parts) != len(script):
        sys.exit("our program answered %d commands of %d:\n%s" % (len(parts), len(script), p.stderr.decode(errors="replace")[-2000:]))
    for at in range(first, len(parts), 5):
        status, said = status_of(parts[at])
        answers.append((status, plain(said), *(plain(x) for x in parts[at + 1:at + 4])))
    return answers


def status_of(text):
    m = re.search(r"(?:^|\n)\[(\d+)\]\n?$", text)
    return (int(m.group(1)), text[:m.start()].strip("\n")) if m else (0, text.strip("\n"))


def plain(text):
    return "\n".join(x for x in text.split("\n") if not MACHINE.match(x)).strip("\n")


class Real:
    def __init__(self, family):
        self.family, self.command = family, PROGRAM[family] + "-legacy"
        self.env = dict(os.environ, LC_ALL="C", TZ="UTC", XTABLES_LOCKFILE=tempfile.mktemp(prefix="xtlock."))
        for line in SETUP:
            subprocess.run(line.split(), check=True)
        for table in CHAINS:
            for chain in USER_CHAINS:
                self.run(["-t", table, "-N", chain])

    def run(self, args):
        argv = [self.command] + [a.encode("utf-8", "surrogateescape") for a in args]
        p = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, env=self.env)
        text = (p.stdout + p.stderr).decode("utf-8", "surrogateescape").replace(self.command, PROGRAM[self.family])
        # names are looked up, and there is no network
        return p.returncode, plain(text.replace("Temporary failure in name resolution", "Name or service not known"))

    def answer(self, table, chain, words):
        status, said = self.run(["-t", table, "-A", chain] + words)
        if status:
            return status, said, None, None, None
        got = (status, said, self.run(["-t", table, "-S", chain])[1], self.run(["-t", table, "-vnxL", chain])[1],
               self.run(["-t", table, "-L", chain])[1])
        if self.run(["-t", table, "-F", chain])[0]:
            sys.exit("cannot flush %s" % chain)
        return got


def difference(words, real, mine):
    """What differs, or None."""
    if real[:2] != mine[:2]:
        if real[0] in (1, 4) and NO_MODULE.search(real[1]) and mine[0] in (0, real[0]):
            return "module"
        if "cgroup" in words and real[0] == 1 and mine[0] == 0:         # paths that are not in this machine
            return "module"
        if real[0] < 0 and mine[0] == 2:                # it crashes where we refuse
            return None
        return "text" if real[0] == mine[0] else "status"
    if real[0] == 0:
        for i, what in ((2, "saved"), (3, "listed"), (4, "listed by name")):
            if i == 4 and "owner" in words:             # names of this machine's users
                continue
            if real[i].rstrip() != mine[i].rstrip():
                return what
    return None


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--number", type=int, default=1000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--family", choices=sorted(PROGRAM), default="ip")
    ap.add_argument("--only", default="", metavar="REGEX", help="rows of these extensions")
    ap.add_argument("--binary", default=os.path.join(ROOT, "build/rel/hookwalk"))
    ap.add_argument("--show", type=int, default=40, help="so many differences in full")
    ap.add_argument("--rules", metavar="FILE", help="these rules (TABLE CHAIN WORDS, a line each), not drawn ones")
    args = ap.parse_args()
    rng = random.Random("%d %s" % (args.seed, args.family))
    if args.rules:
        with open(args.rules, encoding="utf-8") as fh:
            rules = [(w[0], w[1], w[2:]) for w in (shlex.split(x) for x in fh if x.strip())]
    else:
        draw = Draw(Rows(args.only), args.family, rng)
        rules = [draw.rule() for _ in range(args.number)]
    mine = ours(args.binary, args.family, rules)
    real = Real(args.family)
    kinds, shown, lacking, took = collections.Counter(), 0, 0, 0
    for (table, chain, words), our in zip(rules, mine):
        answer = real.answer(table, chain, words)
        took += answer[0] == 0
        what = difference(words, answer, our)
        if what == "module":
            lacking += 1
        elif what:
            kinds[what] += 1
            if shown < args.show:
                shown += 1
                print("%s: %s" % (what, shlex.join([PROGRAM[args.family], "-t", table, "-A", chain] + words)))
                if what in ("status", "text"):
                    print("  real [%d] %s\n  ours [%d] %s" % (answer[0], answer[1].replace("\n", "\n    "), our[0], our[1].replace("\n", "\n    ")))
                else:
                    i = {"saved": 2, "listed": 3, "listed by name": 4}[what]
                    a, b = answer[i].split("\n"), our[i].split("\n")
                    print("  real %s\n  ours %s" % ("\n       ".join(x for x in a if x not in b), "\n       ".join(x for x in b if x not in a)))
    print("%d rules, %d taken, %d differ%s%s" % (len(rules), took, sum(kinds.values()),
          "".join(", %s %d" % k for k in sorted(kinds.items())), ", %d not comparable: this kernel lacks the module" % lacking if lacking else ""))
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
