#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How much real rulesets slow a replay down, against no rules at all.

    rulesets.py HOOKWALK RULESETS [PACKETS [MIN_RULES [NAME...]]]

RULESETS holds directories with rules.v4 and rules.v6 (or rules.v4.loadable, preferred) in iptables-save's format; files of
fewer than MIN_RULES rules are left out. The packets are mixed: TCP, UDP and ICMP of 20,000 flows, half of their addresses
and ports those that the file names, the others drawn at random (seeded). Processor time, median of three runs, less a run of
one packet; the same packets through the same router without rules are the measure."""
import ipaddress
import os
import random
import re
import struct
import sys
import tempfile

RUNS, FLOWS = 3, 20000
IP_BATCH = """link set eth0 address 02:00:00:00:00:01
link set eth1 address 02:00:00:00:00:02
addr add 192.168.0.1/24 dev eth0
addr add 192.168.1.1/24 dev eth1
addr add 2001:db8:0:1::1/64 dev eth0
addr add 2001:db8:0:2::1/64 dev eth1
neigh replace 192.168.1.2 lladdr 02:aa:00:00:00:02 dev eth1 nud permanent
neigh replace 2001:db8:0:2::2 lladdr 02:aa:00:00:00:02 dev eth1 nud permanent
route add default via 192.168.1.2 dev eth1
route add default via 2001:db8:0:2::2 dev eth1
"""


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(v6, src, dst, proto, sport, dport):
    if proto == 6:
        l4 = struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, 2, 64000, 0, 0)
    elif proto == 17:
        l4 = struct.pack("!HHHH", sport, dport, 20, 0) + bytes(12)
    else:
        l4 = struct.pack("!BBHHH", 128 if v6 else 8, 0, 0, sport, 1) + bytes(12)
    eth = bytes([2, 0, 0, 0, 0, 1, 2, 0xAA, 0, 0, 0, 1]) + (b"\x86\xdd" if v6 else b"\x08\x00")
    if v6:
        return eth + struct.pack("!IHBB", 6 << 28, len(l4), {1: 58}.get(proto, proto), 64) + src.packed + dst.packed + l4
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(l4), 1, 0, 64, proto, 0, src.packed, dst.packed)
    return eth + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + l4


class Mix:
    """Draws a ruleset's packets."""

    def __init__(self, v6, text, seed):
        self.v6, self.rng = v6, random.Random(seed)
        self.named = {"-s": self.addresses(text, "-s|--src|--source"), "-d": self.addresses(text, "-d|--dst|--destination")}
        self.ports = [int(p) for p in re.findall(r"--(?:dports?|destination-ports?) (\d+)", text)] or [80]

    def addresses(self, text, option):
        nets = []
        for a in sorted(set(re.findall(r" (?:%s) ([0-9a-fA-F.:/]+)" % option, text))):
            try:
                nets.append(ipaddress.ip_network(a, strict=False))
            except ValueError:
                pass
        return [n for n in nets if n.version == (6 if self.v6 else 4)]

    def address(self, which):
        nets = self.named[which]
        if nets and self.rng.random() < 0.5:
            net = self.rng.choice(nets)
            return net[self.rng.randrange(min(net.num_addresses, 1 << 16))]
        if self.v6:
            return ipaddress.IPv6Address(0x20010DB8 << 96 | self.rng.getrandbits(40))
        return ipaddress.IPv4Address(0x0A000000 | self.rng.getrandbits(24))

    def flow(self):
        while True:
            src, dst = self.address("-s"), self.address("-d")
            if not any(a.is_loopback or a.is_multicast or a.is_unspecified or a.is_link_local for a in (src, dst)):
                break
        port = self.rng.choice(self.ports) if self.rng.random() < 0.5 else self.rng.randrange(1, 65536)
        return frame(self.v6, src, dst, self.rng.choice((6, 6, 17, 17, 1)), self.rng.randrange(1024, 65536), port)


def write_capture(path, frames, n, rng):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for i in range(n):
            d = rng.choice(frames)
            f.write(struct.pack("<IIII", 1000000 + i // 500000, i % 500000 * 2, len(d), len(d)) + d)


def cpu_seconds(program, host, capture):
    pid = os.fork()
    if not pid:
        err = os.open(os.devnull, os.O_WRONLY)
        os.dup2(err, 1)
        os.execv(program, [program, "replay", host, "--in", "eth0=" + capture, "--quiet"])
    _, status, ru = os.wait4(pid, 0)
    return None if status else ru.ru_utime + ru.ru_stime


def measure(program, host, capture, one, n):
    start = cpu_seconds(program, host, one)
    if start is None:
        return None
    start = min([start] + [cpu_seconds(program, host, one) for _ in range(2)])
    return sorted(cpu_seconds(program, host, capture) - start for _ in range(RUNS))[RUNS // 2] / n * 1e9


def make_host(path, text, v6):
    os.makedirs(path)
    for name, body in (("ip.batch", IP_BATCH), ("sysctl.conf", "net.ipv4.ip_forward=1\nnet.ipv6.conf.all.forwarding=1\n"),
                       ("rules.v6" if v6 else "rules.v4", text)):
        with open(os.path.join(path, name), "w") as f:
            f.write(body)


def files(root, least, names):
    for d in sorted(os.listdir(root)):
        for kind in ("rules.v4", "rules.v6"):
            path = os.path.join(root, d, kind)
            path = path + ".loadable" if os.path.exists(path + ".loadable") else path
            if os.path.exists(path) and (not names or d in names):
                text = open(path, errors="replace").read()
                rules = len(re.findall(r"^(?:\[\d+:\d+\] )?-A ", text, re.M))
                if rules >= least:
                    yield d, kind, rules, text


def main():
    program, root = sys.argv[1], sys.argv[2]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 300000
    least = int(sys.argv[4]) if len(sys.argv) > 4 else 1000
    print("%-32s %-8s %6s %10s %10s %9s" % ("ns per packet", "file", "rules", "no rules", "rules", "slowdown"))
    for name, kind, rules, text in files(root, least, sys.argv[5:]):
        v6 = kind == "rules.v6"
        with tempfile.TemporaryDirectory() as tmp:
            mix = Mix(v6, text, name)
            frames = [mix.flow() for _ in range(FLOWS)]
            write_capture(tmp + "/all.pcap", frames, n, mix.rng)
            write_capture(tmp + "/one.pcap", frames, 1, mix.rng)
            make_host(tmp + "/none", "", v6)
            make_host(tmp + "/host", text, v6)
            base = measure(program, tmp + "/none", tmp + "/all.pcap", tmp + "/one.pcap", n)
            got = measure(program, tmp + "/host", tmp + "/all.pcap", tmp + "/one.pcap", n)
        if base is None or got is None:
            print("%-32s %-8s %6d %10s" % (name, kind, rules, "does not load"))
        else:
            print("%-32s %-8s %6d %10.0f %10.0f %8.2fx" % (name, kind, rules, base, got, got / base), flush=True)


if __name__ == "__main__":
    main()
