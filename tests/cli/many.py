#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Two captures of 600 connections, and what --json says of them.

    many.py make DIR       DIR/host, DIR/a.pcap (questions at eth0), DIR/b.pcap (answers at eth1)
    many.py check FILE     connections followed from event to event are those at the end"""
import json
import os
import struct
import sys

FLOWS, SECONDS = 600, 100


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def frame(flow, back):
    client, server = bytes([10, 0, flow >> 8, 2 + flow % 200]), bytes([10, 1, 0, 2])
    src, dst = (server, client) if back else (client, server)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 32, 0, 0x4000, 64, 17, 0, src, dst)
    ports = (53, 2000 + flow) if back else (2000 + flow, 53)
    return (bytes([2, 0, 0, 0, 0, 2 if back else 1, 2, 0xAA, 0, 0, 0, 9, 8, 0]) + head[:10] + struct.pack("!H", checksum(head)) +
            head[12:] + struct.pack("!HHHH", *ports, 12, 0) + b"data")


def make(top):
    os.makedirs(top + "/host")
    files = {"ip.batch": "addr add 10.0.0.1/16 dev eth0\naddr add 10.1.0.1/16 dev eth1\n",
             "sysctl.conf": "net.ipv4.ip_forward=1\nnet.netfilter.nf_conntrack_checksum=0\n",
             "rules.v4": "*filter\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT\nCOMMIT\n"}
    for name, text in files.items():
        with open(top + "/host/" + name, "w") as f:
            f.write(text)
    for name, back in (("a", False), ("b", True)):
        with open(top + "/" + name + ".pcap", "wb") as f:
            f.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            for i in range(2 * FLOWS):
                us = i * SECONDS * 1000000 // (2 * FLOWS) + back * 9
                if not back or i % 3 == 0:
                    d = frame(i % FLOWS, back)
                    f.write(struct.pack("<IIII", 1000000 + us // 1000000, us % 1000000, len(d), len(d)) + d)


def key(entry):
    return json.dumps([entry["protonum"], entry["orig"], entry["reply"]])


def check(path):
    result = json.load(open(path))
    live, changed, gone = {}, 0, 0
    for e in result["events"]:
        if "conntrack" in e:
            assert not changed, "both ways after each other"
            live = {key(c): (c, e["t"]) for c in e["conntrack"]}
            assert len(live) <= 257, len(live)
            continue
        changed += 1
        assert len(e["conntrack_changed"]) == 1, e
        for c in e.get("conntrack_gone", []):
            gone += 1
            del live[key(c)]
        live.update((key(c), (c, e["t"])) for c in e["conntrack_changed"])
    end = {key(c): c for c in result["end"]["conntrack"]}
    assert changed > 500 and gone > 10 and len(end) > 257, (changed, gone, len(end))
    for k, c in end.items():
        assert live[k][0]["status"] == c["status"] and live[k][0]["mark"] == c["mark"], (live[k], c)
    for k, (c, t) in live.items():
        assert k in end or t + c["timeout"] <= result["events"][-1]["t"] + 1, (c, t)
    print("%d events of changes" % changed)


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else check(sys.argv[2])
