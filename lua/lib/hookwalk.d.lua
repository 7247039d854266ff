---@meta
-- SPDX-License-Identifier: MIT
-- hookwalk.d.lua - what editors need to complete and check labs and specs (LuaLS annotations; it is never run). Name this file in
-- .luarc.json: { "workspace.library": ["/usr/local/share/hookwalk/lua"], "runtime.version": "Lua 5.4" }

---@alias Time number|string seconds, or "10s", "200ms", "2m"
---@alias Rate number|string per second, or "100/s", "6/min"

---@class hookwalk
---@field version string
hookwalk = {}

---@class LabOptions
---@field seed? integer
---@field dir? string a directory with hosts/ and topology.txt
---@field keep? integer of how many packets the way is kept
---@field tell? integer of how many also in words

---@param opt? LabOptions
---@return Lab
function hookwalk.lab(opt) end

---@param name string a file of the lab's folder
---@return string
function hookwalk.read_file(name) end

---@param t PacketTable
---@return string line
function hookwalk.packet(t) end

---@class PacketTable
---@field host? Host|string
---@field iface? string nil: the host makes the packet itself
---@field proto? "tcp"|"udp"|"icmp"|string
---@field src string
---@field dst string
---@field sport? integer
---@field dport? integer
---@field flags? string "S", "SA", ...
---@field type? string of ICMP
---@field data? string
---@field ttl? integer
---@field mark? integer
---@field uid? integer

---@class LinkProps
---@field delay? Time
---@field loss? string "1%"
---@field mtu? integer
---@field up? boolean
---@field down? boolean
---@field at? Time

---@class HostSpec
---@field dir? string
---@field rules? string for iptables-restore
---@field rules_v6? string
---@field ip? string lines of ip -batch
---@field sysctl? string|table<string, string|integer>
---@field commands? string
---@field gateway? string|string[] one, or one of each family
---@field forward? boolean
---@field routes? string[]
---@field allow_unknown? string[]
---@field eth0? Segment|table
---@field eth1? Segment|table
---@field [string] any

---@class Lab
---@field now number seconds
local Lab = {}
---@return Segment
function Lab:switch(name) end
---@param a Segment
---@param b Segment
function Lab:join(a, b) end
---@param name string
---@param spec? HostSpec
---@return Host
function Lab:host(name, spec) end
---@param segment Segment
---@param opt? { via?: string|string[] }
---@return Host
function Lab:internet(name, segment, opt) end
---@return Host
function Lab:get(name) end
---@return Host[]
function Lab:hosts() end
---@param t Time
---@return Lab
function Lab:run(t) end
---@param t Time
---@param f fun()
---@return Lab
function Lab:at(t, f) end
---@param host Host
---@param device string
---@param props LinkProps
function Lab:link(host, device, props) end
---@param p string|PacketTable
---@return Packet?, string?
function Lab:send(p) end
---@param t { packet: string|PacketTable|fun(i: integer): string, count?: integer, rate?: Rate, vary?: "sport"|"src", after?: Time }
---@return Packet[]
function Lab:flood(t) end
---@param n integer
---@param t { from: Host, to: string, proto?: string, rate?: Rate, poisson?: boolean, data?: string, hold?: boolean, quick?: boolean, source?: string, addresses?: integer, after?: Time }
---@return Clients
function Lab:clients(n, t) end
---@param t { host: Host|string, iface?: string, file: string, speed?: number, filter?: string, rewrite?: table<string, string>, any_mac?: boolean }
---@return integer played, integer left_out
function Lab:replay(t) end
---@param where Segment|Host
---@param device? string
---@return Capture
function Lab:capture(where, device) end
---@param text string
---@return string[]
function Lab:play(text) end
---@return LogLine[]
function Lab:logs() end
function Lab:drops() end
function Lab:close() end

---@class LogLine
---@field host string
---@field text string
---@field level integer
---@field t number

---@class Segment
---@field name string

---@class Rule
---@field packets integer
---@field bytes integer
---@field text? string
---@field policy? string
---@field file? string
---@field line? integer

---@class Host
---@field name string
local Host = {}
---@param proto "tcp"|"udp"
---@param port integer
---@param answer? string|fun(data: string, from: string): string?
---@param opt? { address?: string, close?: boolean }
---@return Server
function Host:serve(proto, port, answer, opt) end
---@param proto "tcp"|"udp"
---@param to string "A:P"
---@param opt? { from?: string, sport?: integer, data?: string, uid?: integer, gid?: integer, mark?: integer }
---@return Connection
function Host:connect(proto, to, opt) end
---@param to string "10.0.0.1", "2001:db8::1", "fe80::1%eth0"
---@param opt? { count?: integer, interval?: Time, size?: integer, ttl?: integer, wait?: boolean, timeout?: Time }
---@return Ping
function Host:ping(to, opt) end
---@param line string|PacketTable
---@param device? string
---@return Packet?, string?
function Host:send(line, device) end
---@alias Family "ipv4"|"ipv6"

---@param family? Family
---@return Rule
function Host:rule(table, chain, n, family) end
---@return Rule
function Host:policy(table, chain, family) end
---@return Rule[]
function Host:rules() end
---@return { passed: integer, over: integer, first_over: integer?, per_second: integer[] }?
function Host:limiter(table, chain, n, family) end
---@param lines string
---@return string printed, integer failed
function Host:sh(lines) end
---@param args string
---@return string printed, integer failed
function Host:iptables(args) end
---@param args string
---@return string printed, integer failed
function Host:ip6tables(args) end
---@return string
function Host:sysctl(key, value) end
---@param counters? boolean
---@param family? Family
---@return string
function Host:save(counters, family) end
---@param want? table
function Host:conntrack(want) end
---@return LogLine[]
function Host:logs() end
function Host:addresses() end
---@param props LinkProps
function Host:link(device, props) end
---@return Capture
function Host:capture(device) end

---@class Server
---@field connections integer
---@field datagrams integer
---@field heard string
---@field peers string[]
local Server = {}
function Server:close() end

---@class Connection
---@field state "connecting"|"established"|"refused"|"timed out"|"unreachable"|"reset"|"closed"
---@field error? string
---@field first Packet
---@field last Packet
---@field sent Packet[]
---@field received Packet[]
---@field address string
---@field peer string
---@field bytes_in integer
---@field bytes_out integer
local Connection = {}
---@param t? Time
---@return string state
function Connection:wait(t) end
---@param t? Time
---@return string?, string?
function Connection:read(t) end
---@return string
function Connection:read_all(n, t) end
function Connection:write(data) end
---@return Connection
function Connection:close() end

---@class Ping
---@field transmitted integer
---@field replies integer
---@field errors integer
---@field state string
---@field rtt_avg? number

---@class Clients
---@field established integer
---@field finished integer
---@field refused integer
---@field timed_out integer
---@field failed integer
---@field answers table<string, integer>
local Clients = {}
---@param t? Time
---@return boolean done
function Clients:wait(t) end

---@class Packet
---@field line string
---@field id integer
local Packet = {}
---@return string
function Packet:text() end
function Packet:way() end

---@class Capture
local Capture = {}
---@param filter? string a pcap filter
---@return integer
function Capture:count(filter) end
---@return { t: number, id: integer, line: string, bytes: string }[]
function Capture:frames(filter) end

---@param name string
---@param f fun()
function describe(name, f) end
---@param name string
---@param f fun()
function it(name, f) end
---@param f fun()
function before_each(f) end
---@param f fun()
function after_each(f) end
---@param f fun()
function setup(f) end
---@param f fun()
function teardown(f) end
---@param f fun()
function finally(f) end
---@param name? string
---@param f? fun()
function pending(name, f) end

---@class PacketExpectation
---@field matched fun(self, host: Host, table: string, chain: string, n?: integer|"policy"): PacketExpectation
---@field not_matched fun(self, host: Host, table: string, chain: string, n?: integer): PacketExpectation
---@field delivered_to fun(self, host: Host): PacketExpectation
---@field reached fun(self, host: Host): PacketExpectation
---@field never_reached fun(self, host: Host): PacketExpectation
---@field forwarded_by fun(self, host: Host): PacketExpectation
---@field left_by fun(self, host: Host, device: string): PacketExpectation
---@field dropped_at fun(self, host: Host, table?: string, chain?: string, n?: integer|"policy"): PacketExpectation
---@field not_dropped fun(self): PacketExpectation
---@field rejected_with fun(self, kind?: string, host?: Host): PacketExpectation
---@field dnat_to fun(self, to: string): PacketExpectation
---@field snat_to fun(self, to: string): PacketExpectation
---@field changed fun(self, field: string, to?: string|integer): PacketExpectation
---@field state fun(self, host: Host, state: string): PacketExpectation
---@field logged fun(self, host: Host, pattern?: string): PacketExpectation

---@class Assert
---@overload fun(v: any, message?: string): any
---@field equal fun(want: any, got: any, message?: string)
---@field same fun(want: any, got: any, message?: string)
---@field is_true fun(v: any)
---@field is_false fun(v: any)
---@field is_nil fun(v: any)
---@field near fun(want: number, got: number, tolerance: number)
---@field matches fun(pattern: string, s: string)
---@field contains fun(part: string, s: string)
---@field has_error fun(f: fun(), message?: any)
---@field error_matches fun(f: fun(), pattern: string)
---@field packet fun(p: Packet?): PacketExpectation
---@field connection fun(c: Connection): any
---@field ping fun(p: Ping): any
---@field rule fun(host: Host, table: string, chain: string, n?: integer|"policy", family?: Family): any
---@field limiter fun(host: Host, table: string, chain: string, n: integer, family?: Family): any
---@field shares fun(counts: table, shares: table, opt?: { tolerance?: number, chi_square?: number }): number
---@field conntrack fun(host: Host, want?: table): any
---@field log fun(host: Host, pattern?: string): any
---@field capture fun(c: Capture, filter?: string): any
---@field counters fun(host: Host, text: string, opt?: table)
---@field nothing_else fun(lab: Lab)
---@field snapshot fun(name: string, text: string)
---@field fail fun(message?: string)
---@type Assert
assert = {}
