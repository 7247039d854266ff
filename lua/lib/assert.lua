-- SPDX-License-Identifier: MIT
-- assert.lua - expectations: on values with luassert's words, on packets, connections, rules, limiters, shares,
-- connections tracked, log lines and captures. A failure says what was wanted, what was there, and the packet's way.
local core = require "hookwalk.core"
local util = require "util"

local M = {}
local hookwalk

--- A failed expectation is a table, so that it is told apart from an error.
local Failure = { __name = "failure" }
Failure.__index = Failure
function Failure:__tostring()
	return self.message
end
M.Failure = Failure

local about		-- the rule that the expectation is about: where it stands

local function fail(fmt, ...)
	local file, line = core.where()
	local message = select("#", ...) > 0 and fmt:format(...) or fmt
	local rule = about
	about = nil
	error(setmetatable({ message = message, file = file, line = line, rule_file = rule and rule.file, rule_line = rule and rule.line }, Failure), 0)
end
M.fail = fail

-- ---- values

local values = {}	-- name → function(neg-free arguments) returning ok, "what was wanted", "what was there"

local function show2(want, got)
	return "expected: " .. util.show(want) .. "\n     got: " .. util.show(got)
end

local function number_check(v, what)
	if type(v) ~= "number" then
		error(what .. ": a number is wanted", 3)
	end
end

local function error_text(e)
	return type(e) == "table" and getmetatable(e) == Failure and e.message or e
end

values.equal = function(want, got) return want == got, show2(want, got) end
values.same = function(want, got) return util.same(want, got), show2(want, got) end
values["true"] = function(v) return v == true, show2(true, v) end
values["false"] = function(v) return v == false, show2(false, v) end
values["nil"] = function(v) return v == nil, show2(nil, v) end
values.truthy = function(v) return v and true or false, "expected something true, got " .. util.show(v) end
values.falsy = function(v) return not v, "expected nil or false, got " .. util.show(v) end
values.near = function(want, got, tolerance)
	number_check(want, "near"); number_check(got, "near"); number_check(tolerance, "near")
	return got >= want - tolerance and got <= want + tolerance, ("expected %s ± %s, got %s"):format(want, tolerance, got)
end
values.matches = function(pattern, s)
	return type(s) == "string" and s:find(pattern) ~= nil, ("expected a text that matches %s\n     got: %s"):format(util.show(pattern), util.show(s))
end
values.contains = function(part, s)
	return type(s) == "string" and s:find(part, 1, true) ~= nil, ("expected a text with %s in it\n     got: %s"):format(util.show(part), util.show(s))
end
values.at_least = function(want, got) return got >= want, ("expected %s or more, got %s"):format(want, got) end
values.at_most = function(want, got) return got <= want, ("expected %s or less, got %s"):format(want, got) end
values.error = function(f, want)
	local ok, e = pcall(f)
	e = error_text(e)
	if ok then
		return false, "expected an error, there was none"
	end
	local plain = type(e) == "string" and e:gsub("^[%w_./-]+:%d+: ", "") or e
	return want == nil or util.same(e, want) or util.same(plain, want), "expected the error " .. util.show(want) .. "\n     got: " .. util.show(e)
end
values.error_matches = function(f, pattern)
	local ok, e = pcall(f)
	e = error_text(e)
	return not ok and tostring(e):find(pattern) ~= nil, ("expected an error that matches %s, got %s"):format(util.show(pattern), ok and "none" or util.show(e))
end
for _, kind in ipairs { "string", "number", "table", "boolean", "function", "userdata", "thread" } do
	values[kind] = function(v) return type(v) == kind, ("expected a %s, got %s"):format(kind, util.show(v)) end
end
local aliases = { equals = "equal", eq = "equal", match = "matches", has_error = "error", errors = "error", is_true = "true", is_false = "false",
	is_nil = "nil", falsey = "falsy", error_match = "error_matches" }

local modifiers = { is = true, are = true, was = true, has = true, have = true, does = true, a = true, an = true, be = true, to = true }
local negations = { ["not"] = true, no = true, isnt = true, arent = true, Not = true }

-- ---- chains: assert.is_not.equal(a, b)

local Chain = {}

local function chain_new(neg)
	return setmetatable({ neg = neg }, Chain)
end

local function value_fn(name, neg)
	local f = values[aliases[name] or name]
	if not f then
		return nil
	end
	return function(...)
		local ok, text = f(...)
		if neg then
			ok, text = not ok, "expected not: " .. name .. "\n" .. tostring(text)
		end
		if not ok then
			local message = select(select("#", ...), ...)
			if select("#", ...) > 2 and type(message) == "string" and name ~= "near" then
				text = message .. "\n" .. text
			end
			fail("%s", text)
		end
		return ...
	end
end

function Chain.__index(self, key)
	local neg, rest = rawget(self, "neg"), {}
	local whole = value_fn(key, neg)
	if whole then
		return whole
	end
	for word in key:gmatch("[^_]+") do
		if negations[word] and #rest == 0 then
			neg = not neg
		elseif not (modifiers[word] and #rest == 0) then
			rest[#rest + 1] = word
		end
	end
	if #rest == 0 then
		return chain_new(neg)
	end
	return value_fn(table.concat(rest, "_"), neg) or error(("assert.%s: there is no such expectation"):format(key), 2)
end

-- ---- packets

local function host_name(h, what)
	if type(h) == "table" and h.name then
		return h.name
	end
	if type(h) == "string" then
		return h
	end
	error(what .. ": a host is wanted, not " .. util.show(h), 3)
end

local function rule_text(host, tab, chain, n)
	return ("%s %s %s %s"):format(host, tab, chain, n == nil and "(any rule)" or n == "policy" and "policy" or "rule " .. tostring(n))
end

---@class PacketExpectation
local PacketX = {}
PacketX.__index = PacketX

--- All events of the packet and of what goes on with its way (copies, fragments), in order of time.
local function collect(lab, id, answers, into)
	local w = core.way(lab.core, id)
	if not w then
		return into
	end
	for _, e in ipairs(w.events) do
		e.id = id
		into[#into + 1] = e
	end
	for _, c in ipairs(w.children) do
		local child = core.way(lab.core, c)
		if child and (child.same or answers) then
			collect(lab, c, answers, into)
		end
	end
	return into
end

function PacketX:events()
	return collect(self.p.lab, self.p.id, false, {})
end

local max_way = 60

--- The way, not more than so many lines of it.
local function way_text(p)
	local text = p:text()
	if not text then
		return "(its way was not kept: lab{ keep = N } keeps more)"
	end
	local lines, n = {}, 0
	for line in text:gmatch("[^\n]+") do
		n = n + 1
		if n <= max_way then
			lines[n] = line
		end
	end
	if n > max_way then
		lines[max_way + 1] = ("  ... and %d lines more"):format(n - max_way)
	end
	return table.concat(lines, "\n")
end

function PacketX:fail(fmt, ...)
	fail("%s\n%s\nits way:\n%s", fmt:format(...), tostring(self.p), way_text(self.p))
end

function PacketX:any(test)
	for _, e in ipairs(self:events()) do
		if test(e) then
			return e
		end
	end
end

--- Where the packet ended, in words.
local function ending(events)
	for i = #events, 1, -1 do
		local e = events[i]
		if e.type == "DROP" then
			return e.chain and ("it was dropped at %s"):format(rule_text(e.host, e.table, e.chain, e.rule or "policy")) or
				("it was dropped at %s: %s in %s"):format(e.host, e.reason, e.where)
		elseif e.type == "DELIVER" or (e.type == "HOOK" and e.hook == "INPUT") then
			return "it was delivered to " .. e.host
		elseif e.type == "TX" then
			return ("it left %s by %s and was not seen again"):format(e.host, e.device)
		end
	end
	return #events > 0 and "it ended at " .. tostring(events[#events].host) or "nothing is known of it"
end

--- Why the packet did not match a rule: it was tried and failed, or never came there.
function PacketX:why_not(host, tab, chain, n)
	local here = false
	for _, e in ipairs(self:events()) do
		here = here or e.host == host
		if e.type == "RULE" and e.host == host and e.table == tab and e.chain == chain and e.rule == n and not e.matched then
			return (e.lines or ""):match("no: ([^\n]*)") or "it was tried and did not match"
		end
	end
	if not here then
		return "the packet never came to " .. host .. ": " .. ending(self:events())
	end
	for _, e in ipairs(self:events()) do
		if e.host == host and e.table == tab and e.chain == chain and (e.type == "RULE" and e.matched) then
			return ("rule %d, before it, took the packet"):format(e.rule)
		end
	end
	return ("the packet came to %s, but not to that rule: %s"):format(host, ending(self:events()))
end

function PacketX:matched(host, tab, chain, n)
	host = host_name(host, "matched")
	local found = self:any(function(e)
		if e.host ~= host or e.table ~= tab or e.chain ~= chain then
			return false
		end
		if n == "policy" then
			return e.type == "POLICY"
		end
		return e.type == "RULE" and e.matched and (n == nil or e.rule == n)
	end)
	if not found then
		about = type(n) == "number" and select(2, pcall(core.rule, self.p.lab.core, host, tab, chain, n, self.p:way().family)) or nil
		about = type(about) == "table" and about or nil
		self:fail("expected the packet to match %s\nit did not: %s", rule_text(host, tab, chain, n), self:why_not(host, tab, chain, n))
	end
	return self
end

function PacketX:not_matched(host, tab, chain, n)
	host = host_name(host, "not_matched")
	if self:any(function(e)
		return e.type == "RULE" and e.matched and e.host == host and e.table == tab and e.chain == chain and (n == nil or e.rule == n)
	end) then
		self:fail("expected the packet not to match %s, it did", rule_text(host, tab, chain, n))
	end
	return self
end

function PacketX:delivered_to(host)
	host = host_name(host, "delivered_to")
	local there = false
	for _, e in ipairs(self:events()) do
		if e.host == host then
			there = e.type == "DELIVER" or (e.type == "HOOK" and e.hook == "INPUT") or (there and e.type ~= "DROP")
		end
	end
	if not there then
		self:fail("expected the packet to be delivered to %s\nit was not: %s", host, ending(self:events()))
	end
	return self
end

function PacketX:reached(host)
	host = host_name(host, "reached")
	if not self:any(function(e) return e.type == "RX" and e.host == host end) then
		self:fail("expected the packet to reach %s\nit did not: %s", host, ending(self:events()))
	end
	return self
end

function PacketX:never_reached(host)
	host = host_name(host, "never_reached")
	if self:any(function(e) return e.type == "RX" and e.host == host end) then
		self:fail("expected the packet never to reach %s, it did", host)
	end
	return self
end

--- Went through: came in and left again.
function PacketX:forwarded_by(host)
	host = host_name(host, "forwarded_by")
	local came = false
	if not self:any(function(e)
		came = came or (e.host == host and e.type == "RX")
		return came and e.host == host and e.type == "TX"
	end) then
		self:fail("expected the packet to be forwarded by %s\nit was not: %s", host, ending(self:events()))
	end
	return self
end
PacketX.passed = PacketX.forwarded_by

function PacketX:left_by(host, device)
	host = host_name(host, "left_by")
	if not self:any(function(e) return e.type == "TX" and e.host == host and e.device == device end) then
		self:fail("expected the packet to leave %s by %s\nit did not: %s", host, device, ending(self:events()))
	end
	return self
end

--- dropped_at(fw, "filter", "FORWARD", 3 or "policy"), dropped_at(fw, "IP_RPFILTER"), dropped_at(fw)
function PacketX:dropped_at(host, tab, chain, n)
	host = host_name(host, "dropped_at")
	local e = self:any(function(x)
		if x.type ~= "DROP" or x.host ~= host then
			return false
		end
		if tab == nil then
			return true
		elseif chain == nil then
			return x.reason == tab or x.where == tab
		end
		return x.table == tab and x.chain == chain and (n == nil or (x.rule or "policy") == n)
	end)
	if not e then
		self:fail("expected the packet to be dropped at %s\nit was not: %s", chain and rule_text(host, tab, chain, n) or
			host .. (tab and " (" .. tab .. ")" or ""), ending(self:events()))
	end
	core.claim(self.p.lab.core, self.p.id)
	return self
end

function PacketX:not_dropped()
	local e = self:any(function(x) return x.type == "DROP" end)
	if e then
		self:fail("expected the packet not to be dropped: %s", ending(self:events()))
	end
	return self
end

--- REJECT's words where they are others than those of the ICMP types.
local reject_words = { ["communication-prohibited"] = "adm-prohibited", ["address-unreachable"] = "addr-unreachable", ["failed-policy"] = "policy-fail" }

--- An answer that refuses: "icmp-port-unreachable", "icmp6-adm-prohibited", "tcp-reset", or any.
function PacketX:rejected_with(kind, host)
	host = host and host_name(host, "rejected_with")
	local found
	for _, e in ipairs(collect(self.p.lab, self.p.id, true, {})) do
		if host == nil or e.host == host then
			if e.type == "ICMP" and not e.kept then
				found = (e.v6 and "icmp6-" or "icmp-") .. (e.v6 and reject_words[e.icmp] or e.icmp or ("%d/%d"):format(e.icmp_type, e.icmp_code))
			elseif e.id ~= self.p.id then
				local w = core.way(self.p.lab.core, e.id)
				if w and w.line:match("^tcp .- RA?%f[%W]") then
					found = "tcp-reset"
				end
			end
		end
		if found and (kind == nil or found == kind) then
			return self
		end
	end
	self:fail("expected the packet to be rejected%s%s\nit was not: %s", kind and " with " .. kind or "", host and " at " .. host or "",
		found and "it was answered with " .. found or ending(self:events()))
end

local function changed_to(self, manip, want, word)
	local last
	if self:any(function(e)
		if e.type == "CHANGE" and e.field == manip then
			last = e.to
		end
		return last == want or (last and (last:match("^([%d.]+):%d+$") or last:match("^%[(.-)%]:%d+$")) == want)
	end) then
		return self
	end
	self:fail("expected the packet's %s to be rewritten to %s\nit was %s", word, want, last and "rewritten to " .. last or "not rewritten")
end

function PacketX:dnat_to(want) return changed_to(self, "dst", want, "destination") end
function PacketX:snat_to(want) return changed_to(self, "src", want, "source") end

function PacketX:changed(field, to)
	local seen
	if not self:any(function(e)
		seen = e.type == "CHANGE" and e.field == field and e.to or seen
		return e.type == "CHANGE" and e.field == field and (to == nil or e.to == tostring(to))
	end) then
		self:fail("expected %s to be changed%s\nit was %s", field, to and " to " .. tostring(to) or "", seen and "changed to " .. seen or "not changed")
	end
	return self
end

--- How conntrack saw it at a host: NEW, ESTABLISHED, RELATED, INVALID, UNTRACKED.
function PacketX:state(host, want)
	host = host_name(host, "state")
	local seen
	if not self:any(function(e)
		seen = e.type == "CT" and e.host == host and e.state or seen
		return seen == want
	end) then
		self:fail("expected conntrack at %s to see the packet as %s\nit saw %s", host, want, seen or "nothing of it")
	end
	return self
end

function PacketX:logged(host, pattern)
	host = host_name(host, "logged")
	if not self:any(function(e) return e.type == "LOG" and e.host == host and (not pattern or e.text:find(pattern)) end) then
		self:fail("expected a log line at %s%s, there was none", host, pattern and " that matches " .. pattern or "")
	end
	return self
end

-- ---- connections

---@class ConnectionExpectation
local ConnX = {}
ConnX.__index = ConnX

function ConnX:fail(fmt, ...)
	local first = self.c.first
	fail("%s\n%s%s", fmt:format(...), tostring(self.c), first and "\nthe way of its first packet:\n" .. way_text(first) or "")
end

local function claim_all(c)
	for _, p in ipairs(c.sent) do
		core.claim(c.lab.core, p.id)
	end
	for _, p in ipairs(c.received) do
		core.claim(c.lab.core, p.id)
	end
end

local function state_is(want, word, patience)
	return function(self)
		local state = self.c.state
		if state == "connecting" then
			state = self.c:wait(patience)
		end
		local ok = state == want or (want == "established" and state == "closed" and self.c.bytes_in > 0)
		if want == "timed out" then
			ok = ok or state == "connecting"
		end
		if not ok then
			self:fail("expected the connection to be %s\nit is %s%s", word, state == "connecting" and "without an answer" or state,
				self.c.error and " (" .. self.c.error .. ")" or "")
		end
		claim_all(self.c)
		return self
	end
end

ConnX.established = state_is("established", "established")
ConnX.refused = state_is("refused", "refused")
ConnX.timed_out = state_is("timed out", "without an answer")
ConnX.unreachable = state_is("unreachable", "told that the other end cannot be reached")
ConnX.reset = state_is("reset", "reset")

function ConnX:reads(want)
	local got, err = self.c:read()
	if got ~= want then
		self:fail("expected to read %s\ngot %s", util.show(want), got and util.show(got) or "nothing: " .. tostring(err))
	end
	claim_all(self.c)
	return self
end

--- Its packets ended at this host (behind NAT, too).
function ConnX:answered_by(host)
	host = host_name(host, "answered_by")
	self:established()
	for _, e in ipairs(collect(self.c.lab, self.c.first.id, false, {})) do
		if e.host == host and (e.type == "HOOK" and e.hook == "INPUT") then
			return self
		end
	end
	self:fail("expected %s to answer the connection, it did not", host)
end

-- ---- pings

local PingX = {}
PingX.__index = PingX
function PingX:answered(n)
	n = n or self.c.transmitted
	if self.c.replies ~= n then
		fail("expected %d answers to pings\n%s%s", n, tostring(self.c), self.c.first and "\nthe way of the first one:\n" .. way_text(self.c.first) or "")
	end
	claim_all(self.c)
	return self
end
function PingX:unanswered()
	return self:answered(0)
end
function PingX:fails_with(state)
	if self.c.state ~= state then
		fail("expected the ping to end as %q, it is %q\n%s", state, self.c.state, tostring(self.c))
	end
	claim_all(self.c)
	return self
end

-- ---- rules

---@class RuleExpectation
local RuleX = {}
RuleX.__index = RuleX

function RuleX:now()
	return self.host:rule(self.tab, self.chain, self.n, self.family)
end

function RuleX:fail(fmt, ...)
	about = self.n and self:now() or nil
	local r, t, text = self:now(), core.tries(self.host.lab.core, self.host.name, self.tab, self.chain, self.n, self.family), {}
	for _, f in ipairs(t) do
		text[#text + 1] = ("  %d time%s: %s"):format(f.n, f.n == 1 and "" or "s", f.why)
	end
	fail("%s\n%s%s%s", fmt:format(...), rule_text(self.host.name, self.tab, self.chain, self.n or "policy"),
		r.text and ": " .. r.text .. (r.file and ("   (%s:%d)"):format(r.file, r.line) or "") or "",
		#text > 0 and ("\nit was tried %d times and did not match:\n"):format(t.tried) .. table.concat(text, "\n") or
		self.n and t.tried == 0 and "\nit was never tried: no packet came to it" or "")
end

local function count_is(key, test, word)
	return function(self, want)
		local have = self:now()[key]
		if not test(have, want) then
			self:fail("expected %s%s %s, there are %d", word, tostring(want), key, have)
		end
		return self
	end
end
local function equal(a, b) return a == b end
RuleX.packets = count_is("packets", equal, "")
RuleX.bytes = count_is("bytes", equal, "")
RuleX.at_least = count_is("packets", function(a, b) return a >= b end, "at least ")
RuleX.at_most = count_is("packets", function(a, b) return a <= b end, "at most ")
function RuleX:never_matched()
	return self:packets(0)
end
function RuleX:matched()
	return self:at_least(1)
end

-- ---- limiters

local LimitX = {}
LimitX.__index = LimitX

function LimitX:fail(fmt, ...)
	local l = self.l
	fail("%s\n%s: %d passed, %d over%s", fmt:format(...), self.where, l.passed, l.over,
		l.first_over and ("; first over at packet %d"):format(l.first_over) or "")
end
function LimitX:first_drop_at(n)
	if self.l.first_over ~= n then
		self:fail("expected packet %d to be the first over the limit, %s was", n, self.l.first_over and "packet " .. self.l.first_over or "none")
	end
	return self
end
LimitX.first_over_at = LimitX.first_drop_at
function LimitX:passed(n)
	if self.l.passed ~= n then
		self:fail("expected %d to pass", n)
	end
	return self
end
function LimitX:over(n)
	if self.l.over ~= n then
		self:fail("expected %d to be over the limit", n)
	end
	return self
end
--- In no second of virtual time, from the given one on, did more pass.
function LimitX:per_second(most, from)
	for i = (from or 0) + 1, #self.l.per_second do
		if self.l.per_second[i] > most then
			self:fail("expected at most %s to pass per second, %d passed in second %d", most, self.l.per_second[i], i - 1)
		end
	end
	return self
end

-- ---- shares

--- Upper tail of the chi-square distribution, by the series and the continued fraction of the incomplete gamma function.
local function chi_square_p(x, k)
	local a, half = k / 2, x / 2
	if half <= 0 then
		return 1
	end
	local function log_gamma(z)
		local c = { 76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.1208650973866179e-2, -0.5395239384953e-5 }
		local y, t, s = z, z + 5.5, 1.000000000190015
		t = t - (z + 0.5) * math.log(t)
		for j = 1, 6 do
			y = y + 1
			s = s + c[j] / y
		end
		return -t + math.log(2.5066282746310005 * s / z)
	end
	local front = math.exp(-half + a * math.log(half) - log_gamma(a))
	if half < a + 1 then
		local sum, term, n = 1 / a, 1 / a, a
		for _ = 1, 500 do
			n = n + 1
			term = term * half / n
			sum = sum + term
		end
		return 1 - sum * front
	end
	local b, c = half + 1 - a, 1e300
	local d = 1 / b
	local h = d
	for i = 1, 500 do
		local an = -i * (i - a)
		b = b + 2
		d = 1 / (an * d + b)
		c = b + an / c
		h = h * d * c
	end
	return front * h
end
M.chi_square_p = chi_square_p

local function shares(counts, want, opt)
	local names, total, sum = {}, 0, 0
	opt = opt or {}
	for k, v in pairs(want) do
		names[#names + 1] = k
		sum = sum + v
		total = total + (counts[k] or 0)
	end
	for k, v in pairs(counts) do
		if want[k] == nil and v ~= 0 then
			fail("expected shares of %s only, but %s has %d", util.show(names), tostring(k), v)
		end
	end
	if total == 0 then
		fail("expected shares of something, nothing was counted")
	end
	local lines, chi, off = {}, 0, false
	for _, k in ipairs(names) do
		local n, share = counts[k] or 0, want[k] / sum
		local expected = total * share
		chi = chi + (expected > 0 and (n - expected) ^ 2 / expected or 0)
		off = off or math.abs(n / total - share) > (opt.tolerance or 0.05)
		lines[#lines + 1] = ("  %-12s expected %5.1f %%, has %5.1f %% (%d)"):format(tostring(k), share * 100, n / total * 100, n)
	end
	local p = #names > 1 and chi_square_p(chi, #names - 1) or 1
	if opt.chi_square then
		if p < opt.chi_square then
			fail("expected these shares; chi-square %.2f with %d degrees of freedom comes by chance with p = %.2g, below %g\n%s", chi, #names - 1, p,
				opt.chi_square, table.concat(lines, "\n"))
		end
	elseif off then
		fail("expected these shares within %g %%\n%s", (opt.tolerance or 0.05) * 100, table.concat(lines, "\n"))
	end
	return p
end

-- ---- conntrack, logs, captures

local CountX = {}
CountX.__index = CountX

function CountX:count(n)
	if #self.list ~= n then
		local lines = {}
		for i, e in ipairs(self.rest) do
			lines[i] = "  " .. self.say(e)
			if i == 20 then
				break
			end
		end
		fail("expected %d %s, there %s %d%s", n, self.what, #self.list == 1 and "is" or "are", #self.list,
			#lines > 0 and "\nthere is:\n" .. table.concat(lines, "\n") or "")
	end
	return self
end
CountX.times = CountX.count
function CountX:none()
	return self:count(0)
end
function CountX:exists()
	if #self.list == 0 then
		self:count(1)
	end
	return self
end
CountX.some = CountX.exists

local function text_of(e)
	return e.text
end

local function log_lines(host, pattern)
	local list, all = {}, host.logs and host:logs() or {}
	for _, l in ipairs(all) do
		if l.text:find(pattern or "") then
			list[#list + 1] = l
		end
	end
	return setmetatable({ list = list, rest = all, what = "log lines" .. (pattern and " that match " .. pattern or ""), say = text_of }, CountX)
end

local function nothing_else(lab)
	local ids = core.unclaimed(lab.core)
	if #ids == 0 then
		return
	end
	local lines = {}
	for i = 1, math.min(#ids, 10) do
		local way = {}
		collect(lab, ids[i], false, way)
		lines[i] = ("  packet %d: %s\n    %s"):format(ids[i], core.way(lab.core, ids[i]).line, ending(way))
	end
	fail("expected nothing else to happen, but %d packet%s dropped or refused that no expectation was about%s", #ids, #ids == 1 and " was" or "s were",
		"\n" .. table.concat(lines, "\n") .. (#ids > 10 and ("\n  ... and %d more"):format(#ids - 10) or ""))
end

--- Every rule of a host counted as many packets as in iptables-save -c's text, as a real kernel wrote it.
local function counters(host, text, opt)
	local want, lines, tab, number = {}, {}, nil, {}
	for line in text:gmatch("[^\n]+") do
		tab = line:match("^%*(%S+)") or tab
		local chain, policy, packets = line:match("^:(%S+) (%S+) %[(%d+):")
		if chain and policy ~= "-" then
			want[#want + 1] = { tab, chain, nil, math.tointeger(tonumber(packets)), line }
		end
		packets, chain = line:match("^%[(%d+):%d+%] %-A (%S+)")
		if packets then
			local key = tab .. " " .. chain
			number[key] = (number[key] or 0) + 1
			want[#want + 1] = { tab, chain, number[key], math.tointeger(tonumber(packets)), line }
		end
	end
	for _, w in ipairs(want) do
		local have = host:rule(w[1], w[2], w[3], opt and opt.family).packets
		local off = opt and opt.but and opt.but[("%s %s %s"):format(w[1], w[2], w[3] or "policy")] or 0
		if math.abs(have - w[4]) > off then
			lines[#lines + 1] = ("  %s %s: the kernel counted %d, here are %d   %s"):format(w[1], w[2] .. (w[3] and " rule " .. w[3] or " policy"), w[4], have, w[5])
		end
	end
	if #lines > 0 then
		fail("expected %s to count as the kernel did\n%s", host.name, table.concat(lines, "\n"))
	end
end

local function snapshot(name, text)
	local said = core.snapshot and core.snapshot(name, tostring(text))
	if said then
		fail("%s", said)
	end
end

-- ---- all together

function M.setup(hw)
	hookwalk = hw
	local C, is_a = hw.classes, hw.is_a
	local function need(v, c, what)
		if not is_a(v, c) then
			error(("%s: a %s is wanted, not %s"):format(what, c.__name, util.show(v)), 3)
		end
		return v
	end
	local words = {
		fail = function(message) fail("%s", message or "failed") end,
		packet = function(p)
			if p == nil then
				fail("expected a packet, none was made")
			end
			need(p, C.Packet, "assert.packet")
			if not p:way() then
				fail("%s: lab{ keep = N } keeps more", tostring(p))
			end
			return setmetatable({ p = p }, PacketX)
		end,
		connection = function(c) return setmetatable({ c = need(c, C.Connection, "assert.connection") }, ConnX) end,
		ping = function(p) return setmetatable({ c = need(p, C.Ping, "assert.ping") }, PingX) end,
		rule = function(host, tab, chain, n, family)
			need(host, C.Host, "assert.rule")
			n = n ~= "policy" and n or nil
			host:rule(tab, chain, n, family)
			return setmetatable({ host = host, tab = tab, chain = chain, n = n, family = family }, RuleX)
		end,
		limiter = function(host, tab, chain, n, family)
			local l = need(host, C.Host, "assert.limiter"):limiter(tab, chain, n, family)
			if not l then
				fail("expected %s to have limited something, no packet came to its limiter", rule_text(host.name, tab, chain, n))
			end
			return setmetatable({ l = l, where = rule_text(host.name, tab, chain, n) }, LimitX)
		end,
		shares = shares,
		conntrack = function(host, want)
			need(host, C.Host, "assert.conntrack")
			return setmetatable({ list = host:conntrack(want), rest = host:conntrack(), say = text_of,
				what = "conntrack entries with " .. util.show(want or {}) }, CountX)
		end,
		log = function(host, pattern) return log_lines(need(host, C.Host, "assert.log"), pattern) end,
		capture = function(c, filter)
			need(c, C.Capture, "assert.capture")
			return setmetatable({ list = c:frames(filter), rest = c:frames(), say = function(f) return f.line end,
				what = ("frames that fit \"%s\" at %s"):format(filter or "", c.place) }, CountX)
		end,
		nothing_else = nothing_else,
		snapshot = snapshot,
		counters = function(host, text, opt) counters(need(host, C.Host, "assert.counters"), text, opt) end,
	}
	local root = chain_new(false)
	return setmetatable({}, {
		__index = function(_, key) return words[key] or root[key] end,
		__call = function(_, v, message, ...)
			if not v then
				fail("%s", message == nil and "expected something true, got " .. util.show(v) or tostring(message))
			end
			return v, message, ...
		end,
	})
end

return M
