#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""progress.py HOOKWALK: a capture that never ends, a terminal, and Ctrl-C. Prints "ok NAME" or "not ok NAME"."""
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time


def feed(path):
    frame = bytes.fromhex("020000000001" "02aa00000001" "0800" "4500001c00004000401100000a0000020a010002" "04d2003500080000")
    record = struct.pack("<IIII", 1000000, 0, len(frame), len(frame)) + frame
    try:
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
            while True:
                f.write(record * 1000)
    except BrokenPipeError:
        pass


def run(bin_, tmp, terminal):
    """stdout, what came on stderr, the status"""
    fifo = tmp + "/endless"
    if not os.path.exists(fifo):
        os.mkfifo(fifo)
    threading.Thread(target=feed, args=(fifo,), daemon=True).start()
    ours, theirs = pty.openpty() if terminal else os.pipe()
    p = subprocess.Popen([bin_, "replay", tmp + "/host", "--in", "eth0=" + fifo], stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    err, stop = b"", time.time() + (60 if terminal else 3)
    while time.time() < stop and b"/s" not in err:
        if select.select([ours], [], [], 0.2)[0]:
            err += os.read(ours, 4096)
    p.send_signal(signal.SIGINT)
    out = p.communicate(timeout=60)[0].decode()
    return out, err.decode(), p.returncode


def check(name, good, told):
    print("ok " + name if good else "not ok %s: %r" % (name, told))


def main():
    with tempfile.TemporaryDirectory() as tmp:
        os.mkdir(tmp + "/host")
        with open(tmp + "/host/ip.batch", "w") as f:
            f.write("addr add 10.0.0.1/16 dev eth0\n")
        out, err, status = run(sys.argv[1], tmp, True)
        check("progress-on-a-terminal", " packets  " in err and "/s" in err, err)
        check("ctrl-c-reports", status == 2 and "PARTIAL: the run was stopped" in out and "Drops by reason" in out, (status, out))
        out, err, status = run(sys.argv[1], tmp, False)
        check("no-progress-in-a-pipe", "\r" not in err and "/s" not in err and status == 2, (status, err))


main()
