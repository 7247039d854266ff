#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Does on a real kernel what a lab's spec does, and keeps what the kernel counted: scenarios/lab-NAME/kernel/HOST.txt
is iptables-save -c of each host with rules (HOST.v6.txt that of ip6tables), kernel/results.txt what the programs said.

    sudo scenarios/record-lab.py lab-router...      (no name: all labs with a kernel.txt)

The hosts are network namespaces, the segments of topology.txt bridges. kernel.txt holds the steps, a line each:

    serve HOST tcp|udp PORT TEXT     answers every connection (datagram) with TEXT
    get HOST tcp|udp A:P [N]         ([A]:P for IPv6) connects N times (1), reads, closes; udp sends "x"
    hold HOST tcp A:P N              connects N times and keeps the connections
    ping HOST A [N]                  N pings (1), 0.01 s apart
    sh HOST COMMAND...               a command in the host
    sleep SECONDS
    end HOST                         closes what HOST holds

Needs root and iproute2, iptables, ethtool, iputils-ping. Everything is deleted at the end, also after a failure."""
import os, re, signal, socket, subprocess, sys, threading, time, ctypes

HERE = os.path.dirname(os.path.abspath(__file__))
PRE = "hwlab%d_" % os.getpid()
libc = ctypes.CDLL(None, use_errno=True)

def sh(cmd, ns=None, check=True, **kw):
    if ns:
        cmd = f"ip netns exec {PRE}{ns} sh -c {quote(cmd)}"
    r = subprocess.run(cmd, shell=True, text=True, capture_output=True, **kw)
    if check and r.returncode:
        raise SystemExit(f"{cmd}: {r.stderr.strip()}")
    return r

def quote(s):
    return "'" + s.replace("'", "'\"'\"'") + "'"

def in_ns(ns, fn):
    """Runs fn in a thread of its own inside the namespace: setns is a thread's."""
    box = {}
    def run():
        with open(f"/var/run/netns/{PRE}{ns}") as f:
            if libc.setns(f.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")
        box["r"] = fn()
    t = threading.Thread(target=run)
    t.start(); t.join()
    return box.get("r")

class Server(threading.Thread):
    def __init__(self, ns, proto, port, text, v6):
        super().__init__(daemon=True)
        self.text, self.stop, self.n, self.proto = text.encode(), False, 0, proto
        def make():
            s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind(("::" if v6 else "0.0.0.0", port))
            if proto == "tcp": s.listen(1000)
            s.settimeout(0.1)
            return s
        self.s = in_ns(ns, make)
    def run(self):
        while not self.stop:
            try:
                if self.proto == "udp":
                    _, a = self.s.recvfrom(2000)
                    self.n += 1
                    self.s.sendto(self.text, a)
                    continue
                c, _ = self.s.accept()
            except socket.timeout:
                continue
            self.n += 1
            threading.Thread(target=self.one, args=(c,), daemon=True).start()
    def one(self, c):
        try:
            if self.text: c.sendall(self.text)
            c.settimeout(30)
            while c.recv(4096): pass
        except OSError: pass
        c.close()

def get(ns, proto, a, p, keep=None):
    def run():
        s = socket.socket(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM)
        s.settimeout(2.5)
        try:
            s.connect((a, p))
            if proto == "udp": s.send(b"x")
            if keep is not None:
                s.recv(4096)
                keep.append(s)
                return "held"
            r = s.recv(4096).decode()
        except ConnectionRefusedError: return "refused"
        except ConnectionResetError: return "reset"
        except socket.timeout: return "timed out"
        except OSError as e: return e.strerror
        s.close()
        return r or "closed"
    return in_ns(ns, run)

def speaks_v6(d):
    """Of a host's directory: does a file of it speak of IPv6? Then it has it, without the noise of its start."""
    return os.path.exists(d + "/rules.v6") or re.search(r"[0-9a-f]*:[0-9a-f]*:", open(d + "/ip.batch").read())

QUIET6 = " ".join(f"net.ipv6.conf.{c}.{k}={v}" for c in ("all", "default") for k, v in
                  (("disable_ipv6", 0), ("accept_dad", 0), ("dad_transmits", 0), ("accept_ra", 0), ("router_solicitations", 0)))

def nics(batch):
    made = set(re.findall(r"(?m)^link add (?:link \S+ )?(?:name |dev )?(\S+)", batch))
    return [n for n in dict.fromkeys(re.findall(r"(?m)^link set (?:dev )?(\S+) ", batch)) if n not in made and n != "lo"]

def record(name):
    d = os.path.join(HERE, name)
    hosts = sorted(os.listdir(d + "/hosts"))
    segs, seg_of, internets = {}, {}, []
    for l in open(d + "/topology.txt"):
        l = l.split("#")[0].split()
        if l and l[0] == "seg":
            s = l[1].rstrip(":")
            for e in l[2:]:
                if "." in e and "=" not in e: seg_of[e] = s
            segs[s] = l[2:]
    servers, held, out = [], {}, []
    try:
        sh(f"ip netns add {PRE}sw")
        sh("sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null; sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1", "sw", check=False)
        for s in segs: sh(f"ip link add br_{s} type bridge; ip link set br_{s} up", "sw")
        k = 0
        for h in hosts:
            sh(f"ip netns add {PRE}{h}"); sh("ip link set lo up", h)
            sh("sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0", h)
            if speaks_v6(f"{d}/hosts/{h}"): sh(f"sysctl -qw {QUIET6}", h)
            b = open(f"{d}/hosts/{h}/ip.batch").read()
            for n in nics(b):
                k += 1
                sh(f"ip link add {n} netns {PRE}{h} type veth peer name p{k} netns {PRE}sw")
                if f"{h}.{n}" in seg_of: sh(f"ip link set p{k} master br_{seg_of[f'{h}.{n}']}", "sw")
                sh(f"ip link set p{k} up", "sw")
                sh(f"ethtool -K {n} tx off rx off tso off gso off gro off >/dev/null 2>&1", h, check=False)
            if os.path.exists(f"{d}/hosts/{h}/sysctl.conf"): sh(f"sysctl -q -p {d}/hosts/{h}/sysctl.conf", h)
            sh(f"ip -batch {d}/hosts/{h}/ip.batch", h)
        time.sleep(3)	# until the hosts have said by IGMP which groups they listen to
        for h in hosts:
            if os.path.exists(f"{d}/hosts/{h}/rules.v4"): sh(f"iptables-legacy-restore < {d}/hosts/{h}/rules.v4", h)
            if os.path.exists(f"{d}/hosts/{h}/rules.v6"): sh(f"ip6tables-legacy-restore < {d}/hosts/{h}/rules.v6", h)
        for l in open(d + "/kernel.txt"):
            w = l.split("#")[0].split()
            if not w: continue
            if w[0] == "sleep": time.sleep(float(w[1]))
            elif w[0] == "serve":
                s = Server(w[1], w[2], int(w[3]), w[4], speaks_v6(f"{d}/hosts/{w[1]}")); s.start(); servers.append((w[1], w[3], s))
            elif w[0] in ("get", "hold"):
                a, p = w[3].rsplit(":", 1)
                a = a.strip("[]")
                for i in range(int(w[4]) if len(w) > 4 else 1):
                    out.append(f"{w[0]} {w[1]} {w[2]} {w[3]}: " + get(w[1], w[2], a, int(p), held.setdefault(w[1], []) if w[0] == "hold" else None))
                    time.sleep(0.02)
            elif w[0] == "ping":
                r = sh(f"ping -n -c {w[3] if len(w) > 3 else 1} -i 0.01 -W 1 {w[2]}", w[1], check=False)
                out.append(f"ping {w[1]} {w[2]}: " + re.search(r"(\d+) received", r.stdout)[1])
            elif w[0] == "sh":
                r = sh(" ".join(w[2:]).replace("iptables ", "iptables-legacy ", 1).replace("ip6tables ", "ip6tables-legacy ", 1), w[1], check=False)
                out.append(f"sh {' '.join(w[1:])}: {r.returncode} {(r.stdout + r.stderr).strip()}".replace("iptables-legacy", "iptables"))
            elif w[0] == "end":
                for s in held.pop(w[1], []): s.close()
            else: raise SystemExit(f"{name}/kernel.txt: {l}")
        time.sleep(0.3)
        os.makedirs(d + "/kernel", exist_ok=True)
        for h in hosts:
            for f, save, to in ("rules.v4", "iptables-legacy-save", h), ("rules.v6", "ip6tables-legacy-save", h + ".v6"):
                if os.path.exists(f"{d}/hosts/{h}/{f}"):
                    t = sh(save + " -c", h).stdout
                    open(f"{d}/kernel/{to}.txt", "w").write("".join(x + "\n" for x in t.splitlines() if not x.startswith("#")))
        for h, p, s in servers: out.append(f"served {h} {p}: {s.n}")
        open(d + "/kernel/results.txt", "w").write("\n".join(out) + "\n")
        print(f"{name}: recorded"); print("  " + "\n  ".join(out))
    finally:
        for _, _, s in servers: s.stop = True
        for l in held.values():
            for s in l: s.close()
        time.sleep(0.15)
        for h in hosts + ["sw"]: subprocess.run(f"ip netns del {PRE}{h}", shell=True, capture_output=True)

names = [os.path.basename(n.rstrip("/")) for n in sys.argv[1:]] or sorted(n for n in os.listdir(HERE) if os.path.exists(f"{HERE}/{n}/kernel.txt"))
for n in names: record(n)
