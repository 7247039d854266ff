#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws scripts of commands and asks the installed programs and ours: each command must have the same status, the same
text and the same effect, seen by the commands behind it.

    unshare -n tests/commands/random.py --number 2000 --seed 3 --program iptables|ip6tables|ipset

The same seed draws the same script. Changes the network namespace it runs in: never run it in the machine's own."""
import argparse
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLES = {"filter": ["INPUT", "FORWARD", "OUTPUT"], "nat": ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"],
          "mangle": ["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"], "raw": ["PREROUTING", "OUTPUT"],
          "security": ["INPUT", "FORWARD", "OUTPUT"]}
MACHINE = re.compile(r"Warning: (Extension \S+ revision 0 not supported, missing kernel module\?|cannot open /etc/xtables/connlabel.conf: .*)$")


class Iptables:
    def __init__(self, rng, six):
        self.rng, self.six = rng, six
        self.addresses = ["2001:db8::1", "2001:db8::/32", "fe80::1/10", "::1,::2", "::/0"] if six else \
            ["10.0.0.1", "10.0.0.0/8", "1.2.3.4,5.6.7.8", "192.168.1.0/255.255.255.0", "0.0.0.0/0"]

    def chain(self, table, odd=0.06):
        rng = self.rng
        if rng.random() < odd:
            return rng.choice(["nope", "ACCEPT", "LOG", "", "-x", "!", "a b", "x" * 28, "x" * 29, "PREROUTING", "input"])
        return rng.choice(TABLES[table] + ["u1", "u2", "u3"] * 2)

    def spec(self, table):
        rng, out = self.rng, []
        pool = [["-s", rng.choice(self.addresses)], ["-d", rng.choice(self.addresses)], ["-i", "eth0"], ["-o", "eth+"], ["!", "-i", "lo"],
                ["-p", "tcp"], ["-p", "udp", "--dport", str(rng.choice([53, 80, 443]))], ["-p", "tcp", "--syn"], ["-p", "17"], ["!", "-p", "tcp"],
                ["-m", "mark", "--mark", rng.choice(["1", "0x10/0xff"])], ["-m", "limit"], ["-m", "comment", "--comment", rng.choice(["hello", "a b"])],
                ["-m", "conntrack", "--ctstate", "NEW,ESTABLISHED"], ["-m", "multiport", "--ports", "1,2"], ["-m", "nope"], ["-m", "tcp"],
                ["-c", "3", "4"], ["-v"], ["-n"], ["-x"], ["--line-numbers"], ["-w"], ["-w", "2"], ["-4"], ["-6"]]
        weights = [5, 5, 4, 3, 2, 5, 4, 3, 2, 1, 3, 2, 3, 3, 1, .3, .3, 1, 1.5, .3, .3, .3, 1, .5, .2, .2]
        for opt in rng.choices(pool, weights, k=rng.choice([0, 1, 1, 2, 2, 3])):
            out.append(opt)
        target = rng.choices([[], ["-j", "ACCEPT"], ["-j", "DROP"], ["-j", "RETURN"], ["-j", rng.choice(["u1", "u2", "u3"])],
                              ["-g", rng.choice(["u1", "u2"])], ["-j", "LOG", "--log-prefix", "x "], ["-j", "MARK", "--set-mark", "1"],
                              ["-j", "REJECT"], ["-j", "NOPE"], ["-j", rng.choice(TABLES[table])], ["-j", "CONNMARK", "--save-mark"],
                              ["-j", "MASQUERADE"], ["--jump", "ACCEPT"], ["-j"]],
                             [3, 5, 4, 3, 4, 1.5, 2, 2, 1.5, .3, .5, 1, .7, .5, .1])[0]
        out.insert(rng.randint(0, len(out)), target)
        return out

    def number(self, odd=0.1):
        rng = self.rng
        return rng.choice(["0", "-1", "99", "1x", "x", "0x1", "2147483648", "4294967297", "+1", ""]) if rng.random() < odd else \
            str(rng.choice([1, 1, 1, 2, 2, 3, 4]))

    def command(self):
        rng = self.rng
        table = rng.choices(list(TABLES), [6, 3, 3, 2, 1])[0]
        ch = self.chain(table)
        kind = rng.choices(["A", "I", "D", "Dn", "R", "C", "L", "S", "F", "Z", "N", "X", "E", "P", "two", "odd"],
                           [16, 8, 4, 4, 4, 4, 9, 9, 2, 3, 6, 4, 2.5, 3, 1, 1.5])[0]
        long = {"A": "--append", "I": "--insert", "D": "--delete", "R": "--replace", "C": "--check", "L": "--list", "S": "--list-rules",
                "F": "--flush", "Z": "--zero", "N": "--new-chain", "X": "--delete-chain", "E": "--rename-chain", "P": "--policy"}

        def name(k):
            r = rng.random()
            return "-" + k if r < 0.85 else long[k] if r < 0.95 else long[k][:rng.randint(4, len(long[k]))]
        parts = []
        if kind in "AIDC":
            parts = [[name(kind), ch] + ([self.number()] if kind == "I" and rng.random() < 0.5 else [])] + self.spec(table)
        elif kind == "Dn":
            parts = [[name("D"), ch, self.number()]]
        elif kind == "R":
            parts = [[name("R"), ch] + ([self.number()] if rng.random() < 0.95 else [])] + self.spec(table)
        elif kind in "LS":
            parts = [[name(kind)] + ([ch] if rng.random() < 0.7 else []) + ([self.number()] if rng.random() < 0.15 else [])]
            parts += rng.choices([["-n"], ["-v"], ["-x"], ["--line-numbers"], ["-t", table], ["-vn"], ["--numeric"], ["--exact"], ["-Z"], ["-w"]],
                                 [4, 4, 2, 3, 0.1, 2, 1, 1, .7, 1], k=rng.choice([0, 1, 1, 2, 3]))
        elif kind in "FXZ":
            parts = [[name(kind)] + ([ch] if rng.random() < 0.75 else []) + ([self.number()] if kind == "Z" and rng.random() < 0.4 else [])]
        elif kind == "N":
            parts = [[name("N"), rng.choice(["u1", "u2", "u3", ch])]]
        elif kind == "E":
            parts = [[name("E"), ch] + ([self.chain(table)] if rng.random() < 0.95 else [])]
        elif kind == "P":
            parts = [[name("P"), ch] + rng.choices([["ACCEPT"], ["DROP"], ["RETURN"], ["REJECT"], ["nope"], ["QUEUE"], []], [6, 4, .3, .3, .3, .3, .2])[0]]
            parts += [["-c", "5", "6"]] if rng.random() < 0.15 else []
        elif kind == "two":
            parts = [[name(rng.choice("ADLSFZNX")), ch], [name(rng.choice("ADLSFZNX")), self.chain(table)]]
        else:
            parts = [rng.choice([[], ["-V"], ["extra"], ["-A"], ["-N"], ["-P"], ["-E"], ["-L", "-j", "ACCEPT"], ["-F", "-p", "tcp"], ["--nope"], ["-Q"],
                                 ["-S", "INPUT", "x"], ["-D", "INPUT"], ["!", "-L"], ["-L", "--", "x"]])]
        if table != "filter" or rng.random() < 0.1:
            parts.append(["-t", table])
        if rng.random() < 0.02:
            parts.append(["-t", rng.choice(["nope", "Filter", ""])])
        if rng.random() < 0.5:
            rng.shuffle(parts)
        while sum(p.count("-v") + p.count("-vn") for p in parts) > 1:
            parts.remove(next(p for p in parts if "-v" in p or "-vn" in p))
        words = [w for p in parts for w in p]
        return ["ip6tables" if self.six else "iptables"] + [w for w in words if not re.match(r"--v(e|$)", w)]


class Ipset:
    TYPES = ["bitmap:ip", "bitmap:ip,mac", "bitmap:port", "hash:ip", "hash:mac", "hash:ip,mac", "hash:net", "hash:net,net", "hash:ip,port",
             "hash:ip,port,ip", "hash:ip,port,net", "hash:ip,mark", "hash:net,port", "hash:net,port,net", "hash:net,iface", "list:set"]

    def __init__(self, rng, lacking):
        self.rng, self.sets = rng, {}
        self.types = [t for t in self.TYPES if t not in lacking]

    def name(self):
        return self.rng.choice(["a", "b", "c", "d", "e"] * 4 + ["nope", "x" * 31, "x" * 32, ""])

    def part(self, what, six):
        rng = self.rng
        if what == "ip":
            return rng.choice(["2001:db8::%x" % rng.randint(0, 9), "::", "2001:db8::1-2001:db8::3", "fe80::1/128"] if six else
                              ["10.0.0.%d" % rng.randint(0, 9)] * 6 + ["10.0.0.1-10.0.0.4", "10.0.0.4/30", "0.0.0.0", "10.0.0.300", "10.0.1.7/32", "x"])
        if what == "net":
            return rng.choice(["2001:db8:%x::/48" % rng.randint(0, 5), "2001:db8::1", "::/0", "2001:db8::/129"] if six else
                              ["10.%d.0.0/16" % rng.randint(0, 5)] * 4 + ["10.0.0.1", "10.0.0.0-10.0.0.7", "0.0.0.0/0", "10.1.2.3/33", "10.0.0.0/8", "0.0.0.0"])
        if what == "port":
            return rng.choice(["80", "443", "tcp:22", "udp:53", "22-24", "tcp:24-22", "icmp:8/0", "icmp:echo-request", "icmpv6:128", "0", "65536", "http",
                               "sctp:5", "gre:0", "esp:0", "6:99", "vrrp:1", "udplite:9", "x"])
        if what == "mac":
            return rng.choice(["02:00:00:00:00:0%d" % rng.randint(0, 5)] * 4 + ["0:1:2:3:4:5", "00:00:00:00:00:00", "02:00:00:00:00", "x"])
        if what == "mark":
            return rng.choice(["1", "0x10", "0xffffffff", "4294967296", "0", "x"])
        if what == "iface":
            return rng.choice(["eth0", "eth1", "physdev:eth0", "x" * 15, "x" * 16, "eth+", "lo"])
        return self.name()

    def element(self, kind, six):
        rng = self.rng
        parts = [self.part(p, six) for p in kind.split(":")[1].split(",")]
        if rng.random() < 0.04:
            parts = parts[:-1] if rng.random() < 0.5 else parts + ["1"]
        return ",".join(parts)

    def extras(self, adding):
        rng, out = self.rng, []
        for opt, p in ((["timeout", rng.choice(["0", "10000000", "2147483", "2147484", "-1", "x"])], 0.10), (["counters"], 0 if adding else 0.2),
                       (["comment"] if not adding else ["comment", rng.choice(["hi", "a b", 'q"q', "", "x" * 255, "x" * 256])], 0.12),
                       (["skbinfo"] if not adding else rng.choice([["skbmark", "0x5/0xff"], ["skbprio", "1:10"], ["skbqueue", "3"], ["skbmark", "x"]]), 0.1),
                       (["packets", rng.choice(["1", "99", "x"]), "bytes", "5"], 0.12 if adding else 0), (["nomatch"], 0.08 if adding else 0),
                       (["forceadd"], 0 if adding else 0.1), (["before", self.name()], 0.03 if adding else 0), (["nonsense"], 0.01)):
            if rng.random() < p:
                out += opt
        return out

    def command(self):
        rng = self.rng
        exist = ["-exist"] if rng.random() < 0.2 else []
        kind = rng.choices(["create", "add", "del", "test", "list", "save", "flush", "destroy", "swap", "rename", "odd"],
                           [10, 40, 8, 10, 7, 8, 1, 2, 1.5, 1.5, 1])[0]
        n = self.name()
        if kind == "create":
            t = rng.choice(self.types)
            six = t.startswith("hash:") and rng.random() < 0.3
            words = ["create", n, t]
            if t.startswith("hash:"):
                words += ["family", "inet6"] if six else ["family", "inet"] if rng.random() < 0.2 else []
                words += ["initval", "0x%x" % rng.randint(0, 65535)]
                words += rng.choice([[], [], ["hashsize", rng.choice(["64", "100", "1", "x"])], ["maxelem", rng.choice(["3", "0", "1000"])],
                                     ["bucketsize", rng.choice(["2", "12", "14", "16"])], ["netmask", rng.choice(["24", "33", "64"])],
                                     ["markmask", "0xff"]])
            elif t == "list:set":
                words += ["size", rng.choice(["3", "8", "0"])] if rng.random() < 0.5 else []
            elif t == "bitmap:port":
                words += ["range", rng.choice(["0-100", "20-1000", "100-1", "tcp:1-99", "80", "x"])]
            else:
                words += ["range", rng.choice(["10.0.0.0/24", "10.0.0.0-10.0.0.20", "10.0.0.0/16", "10.0.0.0/8", "2001:db8::/120", "x"])]
                words += ["netmask", rng.choice(["28", "32", "16"])] if rng.random() < 0.15 else []
            self.sets.setdefault(n, (t, six))
            return ["ipset"] + exist + words + self.extras(False)
        t, six = self.sets.get(n, ("hash:ip", False))
        if kind in ("add", "del", "test"):
            return ["ipset"] + exist + [kind, n, self.element(t, six)] + (self.extras(True) if kind == "add" or rng.random() < 0.1 else [])
        if kind in ("list", "save"):
            return ["ipset", kind] + ([n] if rng.random() < 0.7 else []) + (rng.choice([["-t"], ["-n"], ["-o", "save"]])
                                                                        if kind == "list" and rng.random() < 0.2 else [])
        if kind in ("swap", "rename"):
            other = self.name()
            return ["ipset", kind, n, other]
        if kind == "odd":
            return ["ipset"] + rng.choice([["create"], ["create", n], ["create", n, "hash:nope"], ["add", n], ["nope"], ["test", n], ["-L", n], ["-N", n, "iphash", "initval", "0x7"],
                                           ["-A", n, "10.0.0.1"], ["save", n, n], ["-v"], ["destroy", n, n]])
        if kind == "destroy" and rng.random() < 0.8:
            self.sets.pop(n, None)
            return ["ipset", kind, n]
        return ["ipset", kind] + ([n] if rng.random() < 0.9 else [])


def plain(text):
    text = re.sub(r"\b(timeout[ >])\d{5,}", r"\1LONG", text)         # it runs on the way
    return "\n".join(x.rstrip() for x in text.split("\n") if not MACHINE.match(x)).strip("\n")


def ours(binary, script):
    with tempfile.TemporaryDirectory() as tmp:
        with open(os.path.join(tmp, "commands.sh"), "w", encoding="utf-8") as fh:
            fh.write("".join(shlex.join(c) + "\n" for c in script))
        p = subprocess.run([binary, "save", "--show-commands", tmp], capture_output=True, timeout=600)
    if p.returncode:
        sys.exit("our program ended with status %d:\n%s" % (p.returncode, p.stderr.decode(errors="replace")[-2000:]))
    parts = ("\n" + p.stdout.decode("utf-8", "replace")).split("\n$ ")[1:]
    answers = []
    for x in parts[:len(script)]:
        text = x.partition("\n")[2]
        m = re.search(r"(?:^|\n)\[(\d+)\]\n?$", text)
        answers.append((int(m.group(1)) if m else 0, plain(text[:m.start()] if m else text)))
    return answers


def real(script):
    env = dict(os.environ, LC_ALL="C", TZ="UTC", XTABLES_LOCKFILE=tempfile.mktemp(prefix="xtlock."))
    for c in script:
        program = c[0] if c[0] == "ipset" else c[0] + "-legacy"
        p = subprocess.run([program] + c[1:], stdin=subprocess.DEVNULL, capture_output=True, env=env)
        yield p.returncode, plain((p.stdout + p.stderr).decode("utf-8", "replace").replace(program, c[0]))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--number", type=int, default=1000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--program", choices=("iptables", "ip6tables", "ipset"), default="iptables")
    ap.add_argument("--binary", default=os.path.join(ROOT, "build/rel/hookwalk"))
    ap.add_argument("--show", type=int, default=20, help="so many differences in full")
    ap.add_argument("--script", metavar="FILE", help="write the script here, too")
    args = ap.parse_args()
    rng = random.Random("%d %s" % (args.seed, args.program))
    if args.program == "ipset":
        lacking = {t for t in Ipset.TYPES if "not supported" in subprocess.run(
            ["ipset", "create", "z", t] + (["range", "0-9"] if t == "bitmap:port" else ["range", "10.0.0.0/24"] if t[0] == "b" else []),
            capture_output=True, text=True).stderr or subprocess.run(["ipset", "destroy", "z"], capture_output=True).returncode}
        source = Ipset(rng, lacking)
    else:
        source = Iptables(rng, args.program == "ip6tables")
    script = [source.command() for _ in range(args.number)]
    if args.script:
        with open(args.script, "w", encoding="utf-8") as fh:
            fh.write("".join(shlex.join(c) + "\n" for c in script))
    mine, differ = ours(args.binary, script), 0
    for i, (command, answer) in enumerate(zip(script, real(script))):
        if answer != mine[i] and not (answer[0] < 0 and mine[i][0]):    # where it crashes we refuse
            differ += 1
            if differ <= args.show:
                print("%d: %s\n  real [%d] %s\n  ours [%d] %s" % (i + 1, shlex.join(command), answer[0], answer[1].replace("\n", "\n    "),
                                                                mine[i][0], mine[i][1].replace("\n", "\n    ")))
    print("%d commands, %d differ" % (len(script), differ))
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
