-- SPDX-License-Identifier: MIT
-- hookwalk.lua - labs as objects: hosts, segments, connections, packets. docs/lua.md is the reference.
local core = require "hookwalk.core"
local util = require "util"

pairs = util.sorted_pairs

---@class hookwalk
local hookwalk = { version = "0.1", sorted_pairs = util.sorted_pairs }

---@class Lab
local Lab = {}
---@class Segment
local Segment = {}
---@class Host
local Host = {}
---@class Server
local Server = {}
---@class Connection
local Connection = {}
---@class Ping
local Ping = {}
---@class Clients
local Clients = {}
---@class Packet
local Packet = {}
---@class Capture
local Capture = {}

--- Objects are of a class; computed fields come from its "fields" table.
local function class(c, name)
	c.fields = {}
	c.__name = name
	c.__index = function(self, key)
		local get = c.fields[key]
		if get then
			return get(self)
		end
		return c[key]
	end
end
class(Lab, "lab")
class(Segment, "segment")
class(Host, "host")
class(Server, "server")
class(Connection, "connection")
class(Ping, "ping")
class(Clients, "clients")
class(Packet, "packet")
class(Capture, "capture")

local function is_a(v, c)
	return getmetatable(v) == c
end

local function check(v, c, what)
	if not is_a(v, c) then
		error(("%s: a %s is wanted, not %s"):format(what, c.__name, util.show(v)), 3)
	end
	return v
end

--- Errors of the core get the place in the script.
local function place(level)
	local file, line = core.where()
	return file and ("%s:%d: "):format(file, line) or ""
end

local function call(fn, ...)
	local r = table.pack(pcall(fn, ...))
	if r[1] then
		return table.unpack(r, 2, r.n)
	end
	local e = r[2]
	if type(e) == "string" and not e:match("^[%w_./-]+:%d+: ") then
		e = place() .. e
	end
	error(e, 0)
end

local function known_keys(t, keys, what)
	for k in pairs(t) do
		if not keys[k] then
			error(("%s%s: what is \"%s\"?"):format(place(), what, tostring(k)), 0)
		end
	end
end

local function set(list)
	local s = {}
	for _, v in ipairs(list) do
		s[v] = true
	end
	return s
end

-- ---- labs

hookwalk.labs = {}

--- The host object of a name that the core knows.
local function adopt(self, name)
	local host = setmetatable({ lab = self, name = name }, Host)
	self.host_of[name] = host
	self.order[#self.order + 1] = host
	self.base[name] = {}
	for _, r in ipairs(core.rules(self.core, name)) do
		self.base[name][("%s %s %s %s"):format(r.family, r.table, r.chain, r.rule or "policy")] = r.packets
	end
	return host
end

---Makes a lab. opt: seed, dir (a lab directory), keep (packets whose way is kept), tell (of these with words).
---@param opt? table
---@return Lab
function hookwalk.lab(opt)
	opt = opt or {}
	known_keys(opt, set { "seed", "dir", "keep", "tell" }, "lab")
	local lab = setmetatable({
		core = call(core.lab_new, opt.seed or core.seed(), opt.keep or 30000, opt.tell or 5000),
		host_of = {}, segment_of = {}, order = {}, base = {},
	}, Lab)
	hookwalk.labs[#hookwalk.labs + 1] = lab
	if opt.dir then
		call(core.load_dir, lab.core, opt.dir)
		for _, name in ipairs(core.hosts(lab.core)) do
			adopt(lab, name)
		end
	end
	return lab
end

function Lab:__tostring()
	return "lab"
end

---A switch; two ends make it a wire.
---@return Segment
function Lab:switch(name)
	call(core.segment, self.core, name)
	local s = setmetatable({ lab = self, name = name }, Segment)
	self.segment_of[name] = s
	return s
end
Lab.segment = Lab.switch

--- Two switches get a wire between them.
function Lab:join(a, b)
	call(core.join, self.core, check(a, Segment, "join").name, check(b, Segment, "join").name)
end

--- gateway = "10.0.0.1", or one of each family: { "10.0.0.1", "2001:db8::1" }
local function as_list(v)
	return type(v) == "table" and v or { v }
end

---A host that answers for every address. opt: via (its gateway)
---@return Host
function Lab:internet(name, segment, opt)
	opt = opt or {}
	known_keys(opt, set { "via" }, "internet")
	call(core.internet, self.core, name, check(segment, Segment, "internet").name,
		as_list(opt.via))
	return adopt(self, name)
end

local link_words = { "delay", "loss", "mtu" }

local function link_list(t)
	local list = {}
	for _, w in ipairs(link_words) do
		if t[w] ~= nil then
			list[#list + 1] = w .. "=" .. tostring(t[w])
		end
	end
	for _, w in ipairs { "up", "down" } do
		if t[w] ~= nil then
			if type(t[w]) ~= "boolean" then
				error(("%s%s is true or false; when, is said by at, and of each further change by lab:link(...)"):format(place(), w), 0)
			end
			list[#list + 1] = t[w] == (w == "down") and "down" or "up"
		end
	end
	return list
end

local host_keys = set { "dir", "rules", "rules_v6", "ip", "sysctl", "commands", "gateway", "forward", "routes", "allow_unknown" }
local nic_keys = set { 1, 2, 3, 4, 5, 6, 7, 8, "access", "trunk", "native", "delay", "loss", "mtu", "down", "up", "at", "mac" }

--- "eth0 = lan" or "eth0 = { lan, "10.0.0.1/24", access = 10, delay = "5ms" }"
local function nic_spec(name, v)
	if is_a(v, Segment) then
		return { v }
	elseif type(v) == "table" and is_a(v[1], Segment) then
		known_keys(v, nic_keys, name)
		return v
	end
end

local function host_nics(name, spec)
	local nics = {}
	for k, v in pairs(spec) do
		local nic = type(k) == "string" and nic_spec(k, v)
		if nic then
			nics[#nics + 1] = { name = k, spec = nic }
		elseif not host_keys[k] then
			error(("%shost %s: what is \"%s\"? An interface is given as eth0 = lan or eth0 = { lan, \"10.0.0.1/24\" }"):format(place(), name, tostring(k)), 0)
		end
	end
	return nics
end

local function host_texts(spec)
	local texts = {}
	texts["rules.v4"] = spec.rules
	texts["rules.v6"] = spec.rules_v6
	texts["ip.batch"] = spec.ip
	if type(spec.sysctl) == "string" then
		texts["sysctl.conf"] = spec.sysctl
	end
	return texts
end

local function plug(self, host, nic)
	local s = nic.spec
	call(core.attach, self.core, host.name, nic.name, s[1].name)
	for _, mode in ipairs { "access", "trunk", "native" } do
		local ids = s[mode]
		for _, id in ipairs(type(ids) == "table" and ids or { ids }) do
			call(core.vlan, self.core, host.name, nic.name, mode, id)
		end
	end
	local props = link_list(s)
	if #props > 0 then
		call(core.link, self.core, host.name, nic.name, props, util.seconds(s.at or 0))
	end
end

local function address_lines(nics, spec)
	local lines = {}
	for _, nic in ipairs(nics) do
		if nic.spec.mac then
			lines[#lines + 1] = ("link set dev %s address %s"):format(nic.name, nic.spec.mac)
		end
		lines[#lines + 1] = "link set dev " .. nic.name .. " up"
		for i = 2, #nic.spec do
			lines[#lines + 1] = ("addr add %s dev %s"):format(nic.spec[i], nic.name)
		end
	end
	for _, gateway in ipairs(as_list(spec.gateway)) do
		lines[#lines + 1] = "route add default via " .. gateway
	end
	for _, r in ipairs(spec.routes or {}) do
		lines[#lines + 1] = "route add " .. r
	end
	return table.concat(lines, "\n") .. "\n"
end

--- Does anything given to the host speak of IPv6?
local function has_v6(nics, spec)
	local texts = { table.concat(as_list(spec.gateway), " "), table.concat(spec.routes or {}, " "), spec.commands or "" }
	for _, nic in ipairs(nics) do
		texts[#texts + 1] = table.concat(nic.spec, " ", 2)
	end
	return table.concat(texts, " "):find("%x*:%x*:") ~= nil
end

---A host: from a directory, from texts, from both. See docs/lua.md for spec.
---@return Host
function Lab:host(name, spec)
	spec = spec or {}
	local nics, names = host_nics(name, spec), {}
	for i, nic in ipairs(nics) do
		names[i] = nic.name
	end
	local v6 = has_v6(nics, spec)
	call(core.host, self.core, name, spec.dir, host_texts(spec), names, spec.allow_unknown or {}, v6)
	local host = adopt(self, name)
	for _, nic in ipairs(nics) do
		plug(self, host, nic)
	end
	call(core.ip, self.core, name, address_lines(nics, spec))
	if spec.forward then
		host:sysctl("net.ipv4.ip_forward", 1)
		if v6 then
			host:sysctl("net.ipv6.conf.all.forwarding", 1)
		end
	end
	if type(spec.sysctl) == "table" then
		for k, v in pairs(spec.sysctl) do
			host:sysctl(k, v)
		end
	end
	if spec.commands then
		host:sh(spec.commands)
		self.order[#self.order] = nil
		host = adopt(self, name)
	end
	return host
end

--- A host by its name: lab:get "fw".
function Lab:get(name)
	return self.host_of[name] or error(place() .. "the lab has no host \"" .. tostring(name) .. "\"", 0)
end

function Lab:hosts()
	return table.move(self.order, 1, #self.order, 1, {})
end

function Lab.fields.now(lab)
	return core.now(lab.core)
end

---Lets virtual time pass: lab:run "10s".
function Lab:run(t)
	call(core.run, self.core, self.now + util.seconds(t, "run"))
	return self
end

---Calls f at a time of the lab's clock (not before now).
function Lab:at(t, f)
	call(core.at, self.core, util.seconds(t, "at"), f)
	return self
end

--- Changes the link of an interface: delay, loss, mtu, up, down; at = a time of the lab's clock.
function Lab:link(host, device, props)
	known_keys(props, set { "delay", "loss", "mtu", "up", "down", "at" }, "link")
	call(core.link, self.core, check(host, Host, "link").name, device, link_list(props), util.seconds(props.at or 0))
end

--- Frames on a segment, or at an interface of a host, from now on.
---@return Capture
function Lab:capture(where, device)
	local id
	if is_a(where, Segment) then
		id = call(core.capture, self.core, where.name)
	else
		id = call(core.capture, self.core, check(where, Host, "capture").name, device or "eth0")
	end
	return setmetatable({ lab = self, id = id, place = where.name .. (is_a(where, Host) and "." .. (device or "eth0") or "") }, Capture)
end

--- Plays a capture file into an interface; the lab runs as long as it lasts.
---@return integer played, integer left_out
function Lab:replay(t)
	known_keys(t, set { "host", "iface", "file", "speed", "filter", "rewrite", "any_mac" }, "replay")
	local host = type(t.host) == "string" and self:get(t.host) or check(t.host, Host, "replay")
	return call(core.replay, self.core, host.name, t.iface or "eth0", t.file, t)
end

function Lab:logs()
	return core.logs(self.core)
end

function Lab:drops()
	return core.drops(self.core)
end

--- The lab ends; what it measured for coverage is kept.
function Lab:close()
	if self.closed then
		return
	end
	hookwalk.collect(self)
	self.closed = true
	call(core.lab_close, self.core)
end

-- ---- packets

local packet_keys = set { "host", "iface", "proto", "src", "sport", "dst", "dport", "flags", "type", "data" }
local line_keys = { "seq", "ack", "win", "mss", "wscale", "ttl", "tos", "dscp", "id", "ipid", "frag", "len", "hex", "mark", "uid", "gid",
	"smac", "dmac", "vlan", "csum", "code", "mtu", "gw" }
for _, k in ipairs(line_keys) do
	packet_keys[k] = true
end
packet_keys.df = true

local function with_port(a, p)
	return p and (a:find(":", 1, true) and "[%s]:%d" or "%s:%d"):format(a, p) or a
end

---A packet as a table made into a PACKET line: { host = fw, iface = "eth0", proto = "tcp", src =, sport =, dst =, dport =, flags = "S", ... };
---without iface the host itself makes it.
---@return string
function hookwalk.packet(t)
	known_keys(t, packet_keys, "packet")
	local host = is_a(t.host, Host) and t.host.name or t.host
	local parts = { ("%s.%s:"):format(host or error(place() .. "packet: host is missing", 0), t.iface or "out"), t.proto or "tcp",
		with_port(t.src or error(place() .. "packet: src is missing", 0), t.sport), ">",
		with_port(t.dst or error(place() .. "packet: dst is missing", 0), t.dport), t.flags or t.type }
	if (t.proto or "tcp") == "tcp" and not t.flags then
		parts[#parts + 1] = "S"
	end
	if t.df then
		parts[#parts + 1] = "df"
	end
	for _, k in ipairs(line_keys) do
		if t[k] ~= nil then
			parts[#parts + 1] = k .. "=" .. tostring(t[k])
		end
	end
	if t.data then
		parts[#parts + 1] = "data=" .. ('"' .. t.data:gsub('[%c"\\\128-\255]', function(c)
			return ("\\x%02x"):format(c:byte())
		end) .. '"')
	end
	return table.concat(parts, " ")
end

local function packet_of(lab, id, err)
	if not id then
		return nil, err
	end
	return setmetatable({ lab = lab, id = id, error = err }, Packet)
end

---Sends one packet, given as a PACKET line ("fw.eth0: tcp ..." arrives there, "you.out: ..." is made by the host) or a table.
---@return Packet?, string?
function Lab:send(p)
	return packet_of(self, call(core.send, self.core, type(p) == "table" and hookwalk.packet(p) or p))
end

--- All packets of a flood: { packet = line or table or function(i), count =, rate =, vary = "sport" or "src" }.
---@return Packet[] filled as the lab runs
function Lab:flood(t)
	known_keys(t, set { "packet", "count", "rate", "vary", "after" }, "flood")
	local gap, from, sent = 1 / util.rate(t.rate or 1000), self.now + util.seconds(t.after or 0), {}
	local function one(i)
		local p = t.packet
		if type(p) == "function" then
			return p(i)
		end
		if t.vary then
			local copy = {}
			for k, v in pairs(t.packet) do
				copy[k] = v
			end
			if t.vary == "sport" then
				copy.sport = 1024 + ((t.packet.sport or 1024) - 1024 + i - 1) % 64512
			elseif t.vary == "src" then
				copy.src = call(core.address_add, t.packet.src, i - 1)
			else
				error("flood: vary is \"sport\" or \"src\"", 0)
			end
			return copy
		end
		return p
	end
	local function step(i)
		sent[#sent + 1] = self:send(one(i))
		if i < (t.count or 1) then
			self:at(from + i * gap, function()
				step(i + 1)
			end)
		end
	end
	self:at(from, function()
		step(1)
	end)
	return sent
end

--- The packet's way: { line, host, events, children }; nil when it is not kept.
function Packet:way()
	return core.way(self.lab.core, self.id)
end

function Packet.fields.line(p)
	local w = p:way()
	return w and w.line
end

function Packet:__tostring()
	return ("packet %d: %s"):format(self.id, self.line or "(its way was not kept)")
end

--- The way in words, as the trace tells it.
function Packet:text()
	return core.way_text(self.lab.core, self.id)
end

-- ---- hosts

function Host:__tostring()
	return "host " .. self.name
end

---One rule as it is now: packets, bytes, text, file, line. n = nil: the policy.
function Host:rule(tab, chain, n, family)
	return call(core.rule, self.lab.core, self.name, tab, chain, n, family)
end

function Host:policy(tab, chain, family)
	return self:rule(tab, chain, nil, family)
end

function Host:rules()
	return core.rules(self.lab.core, self.name)
end

---The limiter of a rule: passed, over, first_over, per_second; nil: it was never asked.
function Host:limiter(tab, chain, n, family)
	return call(core.limiter, self.lab.core, self.name, tab, chain, n, family)
end

---@return string as iptables-save (or with family = "ipv6" ip6tables-save) prints them
function Host:save(counters, family)
	return call(core.save, self.lab.core, self.name, counters, family)
end

---Runs lines of iptables, ip, sysctl; answers what they print and how many of them failed.
function Host:sh(lines)
	return call(core.exec, self.lab.core, self.name, lines)
end

---host:iptables "-A INPUT -j DROP"
function Host:iptables(args)
	return self:sh("iptables " .. args)
end

---host:ip6tables "-A INPUT -j DROP"
function Host:ip6tables(args)
	return self:sh("ip6tables " .. args)
end

function Host:sysctl(key, value)
	return call(core.sysctl, self.lab.core, self.name, key, value ~= nil and tostring(value) or nil)
end

local function fits(entry, want)
	for k, v in pairs(want) do
		local have = entry[k]
		if have == nil then
			have = entry.orig[k]
		end
		if have == nil and type(k) == "string" and k:match("^reply_") then
			have = entry.reply[k:sub(7)]
		end
		if have ~= v then
			return false
		end
	end
	return true
end

---Entries of conntrack, all or those with these fields: { proto = "tcp", state = "ESTABLISHED", dport = 80, reply_src = "10.0.0.2" }.
function Host:conntrack(want)
	local list = {}
	for _, e in ipairs(core.conntrack(self.lab.core, self.name)) do
		if fits(e, want or {}) then
			list[#list + 1] = e
		end
	end
	return list
end

function Host:logs()
	local list = {}
	for _, l in ipairs(self.lab:logs()) do
		if l.host == self.name then
			list[#list + 1] = l
		end
	end
	return list
end

function Host:addresses()
	return core.addresses(self.lab.core, self.name)
end

function Host:link(device, props)
	self.lab:link(self, device, props)
end

function Host:capture(device)
	return self.lab:capture(self, device)
end

---A packet that the host itself makes (raw socket), or with a device, one that arrives there: host:send("icmp 10.0.0.1 > 10.0.0.2 echo-request").
function Host:send(line, device)
	if type(line) == "table" then
		local t = {}
		for k, v in pairs(line) do
			t[k] = v
		end
		t.host, t.iface = self, device or t.iface
		return self.lab:send(t)
	end
	return self.lab:send(("%s.%s: %s"):format(self.name, device or "out", line))
end

-- ---- servers

---Serves a port: answer = "echo", any other text, function(data, from), or nil (takes and says nothing).
---opt: address, close (after the answer)
---@return Server
function Host:serve(proto, port, answer, opt)
	opt = opt or {}
	known_keys(opt, set { "address", "close" }, "serve")
	if answer == "echo" then
		answer = true
	elseif answer == nil then
		answer = false
	end
	local id, err = call(core.listen, self.lab.core, self.name, proto, opt.address or "", port, answer, opt.close)
	if not id then
		error(("%s%s cannot listen on %s port %d: %s"):format(place(), self.name, proto, port, err), 0)
	end
	return setmetatable({ lab = self.lab, host = self, id = id, port = port, proto = proto }, Server)
end

for _, key in ipairs { "connections", "datagrams", "bytes_in", "bytes_out", "heard", "peers" } do
	Server.fields[key] = function(s)
		return core.info(s.lab.core, s.id)[key]
	end
end

function Server:__tostring()
	return ("server %s %s:%d"):format(self.proto, self.host.name, self.port)
end

function Server:close()
	call(core.close, self.lab.core, self.id)
end

-- ---- connections

---Opens a connection; the first packet goes at once. opt: from, sport, data, uid, gid, mark.
---@return Connection
function Host:connect(proto, to, opt)
	opt = opt or {}
	known_keys(opt, set { "from", "sport", "data", "uid", "gid", "mark" }, "connect")
	local a, p = util.endpoint(to, "connect")
	local id = call(core.connect, self.lab.core, self.name, proto, a, p, opt)
	call(core.settle, self.lab.core)
	return setmetatable({ lab = self.lab, host = self, id = id, to = to, proto = proto }, Connection)
end

for _, key in ipairs { "state", "error", "eof", "unread", "bytes_in", "bytes_out", "address", "peer", "opened", "changed" } do
	Connection.fields[key] = function(c)
		return core.info(c.lab.core, c.id)[key]
	end
end

local function packets(c, key)
	local list = {}
	for i, id in ipairs(core.info(c.lab.core, c.id)[key]) do
		list[i] = packet_of(c.lab, id)
	end
	return list
end

function Connection.fields.sent(c)
	return packets(c, "sent")
end

function Connection.fields.received(c)
	return packets(c, "received")
end

--- The first packet: a TCP connection's SYN.
function Connection.fields.first(c)
	return packets(c, "sent")[1]
end

function Connection.fields.last(c)
	local l = packets(c, "sent")
	return l[#l]
end

function Connection:__tostring()
	return ("%s connection %s > %s (%s)"):format(self.proto, self.host.name, self.to, self.state)
end

local patience = 10

local function wait(c, what, t)
	return call(core.run, c.lab.core, c.lab.now + util.seconds(t or patience), what, c.id)
end

---Runs the lab until the connection is there or has failed, 10 s at most.
---@return string state
function Connection:wait(t)
	wait(self, "connected", t)
	return self.state
end

---Runs the lab until something came (10 s at most) and takes it; "" at the end of the stream, nil when nothing came.
function Connection:read(t)
	local there = self.unread > 0 or wait(self, "data", t)
	if self.unread == 0 and not (there and self.eof) then
		return nil, self.error or self.state
	end
	return core.read(self.lab.core, self.id)
end

---Reads until the other end closes, or so many bytes are there.
function Connection:read_all(n, t)
	local parts, len = {}, 0
	while not n or len < n do
		local s = self:read(t)
		if not s or s == "" then
			break
		end
		parts[#parts + 1], len = s, len + #s
	end
	return table.concat(parts)
end

function Connection:write(data)
	local ok, err = call(core.write, self.lab.core, self.id, data)
	call(core.settle, self.lab.core)
	return ok, err
end
Connection.send = Connection.write

function Connection:close()
	call(core.close, self.lab.core, self.id)
	call(core.settle, self.lab.core)
	return self
end

-- ---- pings

---Pings: opt = { count = 1, interval = "1s", size = 56, ttl = 0 }. Runs until all are answered or given up, unless wait = false.
---@return Ping
function Host:ping(to, opt)
	opt = opt or {}
	known_keys(opt, set { "count", "interval", "size", "ttl", "wait", "timeout" }, "ping")
	local count, interval = opt.count or 1, util.seconds(opt.interval or 1)
	local id = call(core.ping, self.lab.core, self.name, to, count, interval, opt.size or 56, opt.ttl or 0)
	local p = setmetatable({ lab = self.lab, host = self, id = id, to = to }, Ping)
	call(core.settle, self.lab.core)
	if opt.wait ~= false then
		wait(p, "ping", (count - 1) * interval + util.seconds(opt.timeout or 5))
	end
	return p
end

for _, key in ipairs { "transmitted", "replies", "errors", "rtt_min", "rtt_avg", "rtt_max", "state", "error" } do
	Ping.fields[key] = function(p)
		return core.info(p.lab.core, p.id)[key]
	end
end
Ping.fields.sent, Ping.fields.received = Connection.fields.sent, Connection.fields.received
Ping.fields.first = Connection.fields.first

function Ping:__tostring()
	return ("ping %s > %s (%d of %d answered)"):format(self.host.name, self.to, self.replies, self.transmitted)
end

-- ---- many clients

---n connections: { from = host, to = "A:P", proto = "tcp", rate = "1000/s", poisson = true, data =, hold =, quick =,
---source = "first address", addresses = how many from there on, after = }
---@return Clients
function Lab:clients(n, t)
	known_keys(t, set { "from", "to", "proto", "rate", "poisson", "data", "hold", "quick", "source", "addresses", "after" }, "clients")
	local host = check(t.from, Host, "clients: from")
	local a, p = util.endpoint(t.to, "clients: to")
	local id = call(core.crowd, self.core, host.name, t.proto or "tcp", a, p, {
		n = n, rate = util.rate(t.rate or 1000), poisson = t.poisson, hold = t.hold, quick = t.quick, data = t.data, from = t.source,
		addresses = t.addresses, after = util.seconds(t.after or 0),
	})
	return setmetatable({ lab = self, host = host, id = id, to = t.to, n = n }, Clients)
end

for _, key in ipairs { "started", "active", "peak", "established", "finished", "answered", "refused", "timed_out", "unreachable", "reset",
	"failed", "bytes_in", "answers" } do
	Clients.fields[key] = function(c)
		return core.crowd_info(c.lab.core, c.id)[key]
	end
end

---Runs the lab until all are done, an hour of its time at most.
function Clients:wait(t)
	return call(core.run, self.lab.core, self.lab.now + util.seconds(t or 3600), "crowd", self.id)
end

function Clients:__tostring()
	return ("%d clients %s > %s"):format(self.n, self.host.name, self.to)
end

-- ---- captures

---How many frames fit a pcap filter expression.
function Capture:count(filter)
	return (call(core.frames, self.lab.core, self.id, filter or "", false))
end

---These frames: { t, id, line, bytes }.
function Capture:frames(filter)
	local _, list = call(core.frames, self.lab.core, self.id, filter or "", true)
	return list
end

function Capture:__tostring()
	return "capture at " .. self.place
end

-- ---- steps: what scenarios/record-lab.py does on a real kernel, done here

local errno_text = { EHOSTUNREACH = "No route to host", ENETUNREACH = "Network is unreachable", EPERM = "Operation not permitted",
	EACCES = "Permission denied", ECONNREFUSED = "refused", ECONNRESET = "reset", ETIMEDOUT = "timed out" }
local patience_of_programs = 2.5

local function get_once(lab, host, proto, to)
	local c = host:connect(proto, to, proto == "udp" and { data = "x" } or nil)
	local text = c:read(patience_of_programs)
	if not text then
		local state = c.state
		text = (state == "refused" or state == "reset") and state or errno_text[c.error] or "timed out"
	elseif text == "" then
		text = c.error and errno_text[c.error] or "closed"
	end
	c:close()
	lab:run(0.02)
	return text
end

local function hold_once(lab, host, to, held)
	local c = host:connect("tcp", to)
	local state = c:wait(patience_of_programs)
	if state == "connecting" then
		c:close()
	elseif state == "established" then
		held[#held + 1] = c
		state = "held"
	else
		state = errno_text[c.error] or state
	end
	lab:run(0.02)
	return state == "connecting" and "timed out" or state
end

local function sh_once(host, command)
	local text = host:sh(command):gsub("^%$[^\n]*\n", "")
	local status = text:match("%[(%d+)%]\n$") or "0"
	return status .. " " .. text:gsub("%[%d+%]\n$", ""):gsub("^%s+", ""):gsub("%s+$", "")
end

---Does the steps of a text, a line each (scenarios/record-lab.py tells the words), and answers what came of them, a line each.
---@return string[]
function Lab:play(text)
	local out, servers, held = {}, {}, {}
	local function say(...)
		out[#out + 1] = table.concat({ ... })
	end
	for line in text:gmatch("[^\n]+") do
		local w = {}
		for word in line:gsub("#.*", ""):gmatch("%S+") do
			w[#w + 1] = word
		end
		local host = w[1] and w[1] ~= "sleep" and self:get(w[2])
		if w[1] == "sleep" then
			self:run(tonumber(w[2]))
		elseif w[1] == "serve" then
			servers[#servers + 1] = host:serve(w[3], math.tointeger(tonumber(w[4])), w[5])
		elseif w[1] == "get" then
			for _ = 1, tonumber(w[5] or 1) do
				say("get ", w[2], " ", w[3], " ", w[4], ": ", get_once(self, host, w[3], w[4]))
			end
		elseif w[1] == "hold" then
			held[w[2]] = held[w[2]] or {}
			for _ = 1, tonumber(w[5] or 1) do
				say("hold ", w[2], " ", w[3], " ", w[4], ": ", hold_once(self, host, w[4], held[w[2]]))
			end
		elseif w[1] == "ping" then
			local p = host:ping(w[3], { count = math.tointeger(tonumber(w[4] or 1)), interval = 0.01, timeout = 1 })
			say("ping ", w[2], " ", w[3], ": ", tostring(p.replies))
		elseif w[1] == "sh" then
			say("sh ", table.concat(w, " ", 2), ": ", sh_once(host, table.concat(w, " ", 3)))
		elseif w[1] == "end" then
			for _, c in ipairs(held[w[2]] or {}) do
				c:close()
			end
			held[w[2]] = nil
		elseif w[1] then
			error(("%splay: what is \"%s\"?"):format(place(), line), 0)
		end
	end
	self:run(0.3)
	for _, s in ipairs(servers) do
		say("served ", s.host.name, " ", tostring(s.port), ": ", tostring(s.proto == "udp" and s.datagrams or s.connections))
	end
	return out
end

-- ---- what coverage needs: every rule of every host, how often it was hit since the host was made, and why not

local coverage = { by_key = {}, list = {} }

--- Why nothing matched a rule, in words, and how much that says; before: the rules of its chain that come before it.
local function unhit_reason(lab, r, before)
	local t = core.tries(lab.core, r.host, r.table, r.chain, r.rule, r.family)
	if t.tried > 0 then
		local most = t[1]
		for _, f in ipairs(t) do
			most = f.n > most.n and f or most
		end
		return ("tried %d time%s: %s"):format(t.tried, t.tried == 1 and "" or "s", most and most.why or "it did not match"), 3
	end
	local taker
	for _, b in ipairs(before) do
		if b.hits > 0 and (not taker or b.hits > taker.hits) then
			taker = b
		end
	end
	if taker then
		return ("no packet came this far: rule %d before it took %d"):format(taker.rule, taker.hits), 2
	end
	return "no packet came to chain " .. r.chain, 1
end

function hookwalk.collect(lab)
	if lab.closed then
		return
	end
	for _, host in ipairs(lab.order) do
		local base, before, chain = lab.base[host.name] or {}, {}, nil
		for _, r in ipairs(core.rules(lab.core, host.name)) do
			local place_in = ("%s %s %s"):format(r.family, r.table, r.chain)
			if place_in ~= chain then
				chain, before = place_in, {}
			end
			r.hits = r.packets - (base[place_in .. " " .. (r.rule or "policy")] or 0)
			if r.rule then
				local key = table.concat({ r.host, place_in, r.text, r.file or r.rule, r.line or 0 }, "\0")
				local c = coverage.by_key[key]
				if not c then
					c = { host = r.host, family = r.family, table = r.table, chain = r.chain, rule = r.rule, text = r.text, file = r.file,
						line = r.line, hits = 0 }
					coverage.by_key[key] = c
					coverage.list[#coverage.list + 1] = c
				end
				c.hits = c.hits + math.max(r.hits, 0)
				local reason, rank = unhit_reason(lab, r, before)
				if rank > (c.rank or 0) then
					c.reason, c.rank = reason, rank
				end
				if c.hits > 0 then
					c.reason = nil
				end
				before[#before + 1] = r
			end
		end
	end
end

--- All labs together.
function hookwalk.coverage()
	for _, lab in ipairs(hookwalk.labs) do
		hookwalk.collect(lab)
		lab.closed = lab.closed or "counted"
	end
	return coverage.list
end

---The text of a file of the lab's folder.
---@return string
function hookwalk.read_file(name)
	return call(core.read_file, name)
end

hookwalk.classes = { Lab = Lab, Segment = Segment, Host = Host, Server = Server, Connection = Connection, Ping = Ping, Clients = Clients,
	Packet = Packet, Capture = Capture }
hookwalk.is_a = is_a
local loaded_assert = require "assert"
assert = loaded_assert.setup(hookwalk)
require("spec").setup(hookwalk)
return hookwalk
