#!/bin/bash
# SPDX-License-Identifier: MIT
# The labs' Lua: the library's own tests, the specs of tests/lua, and scripts that mean harm: each begins with
# "-- ok: ..." (it ends well), "-- error: TEXT" (it ends with that message) or "-- timeout: ..." (only --timeout ends it).
set -u
cd "$(dirname "$0")/../.."
hookwalk=${BUILD:-build/rel}/hookwalk
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT

result() { # NAME OK
	if [ "$2" = 0 ]; then echo "ok $1"; else echo "not ok $1"; head -20 "$tmp/out"; fi
}

"$hookwalk" test lua/lib tests/lua -j 2 > "$tmp/out" 2>&1
result "the library's tests" $?

for f in tests/lua/hostile/*.lua; do
	read -r _ kind text < "$f"
	case $kind in
	ok:) timeout 30 "$hookwalk" run --quiet --instructions 10 --memory 64 "$f" > "$tmp/out" 2>&1; result "$f" $? ;;
	error:)
		timeout 30 "$hookwalk" run --quiet --instructions 10 --memory 64 "$f" > "$tmp/out" 2>&1
		[ $? = 2 ] && grep -qF -- "$text" "$tmp/out"; result "$f" $? ;;
	timeout:)
		timeout 60 "$hookwalk" test --timeout 1 "$f" > "$tmp/out" 2>&1
		[ $? = 1 ] && grep -q 'longer than --timeout' "$tmp/out"; result "$f in a test" $?
		timeout 60 "$hookwalk" run --timeout 0.5 "$f" > "$tmp/out" 2>&1
		[ $? = 2 ] && grep -q 'longer than --timeout' "$tmp/out"; result "$f" $? ;;
	*) echo "not ok $f: what is to happen?" ;;
	esac
done

# hookwalk run: reports, trace, captures, events; a second lab writes beside the first.
cat > "$tmp/lab.lua" << 'END'
for i = 1, 2 do
	local lab = hookwalk.lab()
	local s = lab:switch "lan"
	lab:capture(s)
	local a, b = lab:host("a", { eth0 = { s, "10.0.0.1/24" } }), lab:host("b", { eth0 = { s, "10.0.0.2/24" } })
	b:serve("tcp", 80, "hello")
	print(i, a:connect("tcp", "10.0.0.2:80"):read())
end
END
"$hookwalk" run "$tmp/lab.lua" --out "$tmp/o" --events "$tmp/e" > "$tmp/out" 2>&1
[ $? = 0 ] && [ "$(grep -c '^[ab]: ' "$tmp/out")" = 4 ] && [ "$(head -2 "$tmp/out" | tr '\t\n' '  ')" = "1 hello 2 hello " ] &&
	[ "$(ls "$tmp/o" "$tmp/o.2" | grep -c pcap)" = 6 ] && cmp "$tmp/o/lan.pcap" "$tmp/o.2/lan.pcap" && cmp "$tmp/e" "$tmp/e.2"
result "run" $?
"$hookwalk" run --trace "$tmp/lab.lua" > "$tmp/out" 2>&1 && grep -q '^  b$' "$tmp/out" && ! grep -q 'Flows' "$tmp/out"
result "run --trace" $?
"$hookwalk" run "$tmp/lab.lua" --out /proc/nothing > "$tmp/out" 2>&1; [ $? = 2 ] && grep -q 'cannot make the directory' "$tmp/out"
result "run without a place to write" $?

# Many connections: real ones, counted to the last.
cat > "$tmp/many.lua" << 'END'
local lab = hookwalk.lab { keep = 0 }
local s = lab:switch "s"
local inet = lab:internet("inet", s)
local www = lab:host("www", { eth0 = { s, "198.51.100.1/24" }, gateway = "198.51.100.254" })
local server = www:serve("tcp", 80, "hello\n", { close = true })
local c = lab:clients(20000, { from = inet, to = "198.51.100.1:80", rate = "10000/s", poisson = true, source = "203.0.113.1", addresses = 200 })
c:wait()
print(c.finished, c.failed, server.connections, c.answers["hello\n"])
END
[ "$(timeout 60 "$hookwalk" run --quiet "$tmp/many.lua" | tr '\t' ' ')" = "20000 0 20000 20000" ]; result "20000 connections" $?
sed -e 's,198.51.100.1/24,2001:db8::1/64,; s,198.51.100.254,2001:db8::fe,; s,198.51.100.1:80,[2001:db8::1]:80,; s,203.0.113.1,2a00::1,' "$tmp/many.lua" > "$tmp/many6.lua"
[ "$(timeout 60 "$hookwalk" run --quiet "$tmp/many6.lua" | tr '\t' ' ')" = "20000 0 20000 20000" ]; result "20000 connections over IPv6" $?
