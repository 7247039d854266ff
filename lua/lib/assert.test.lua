-- Every expectation, once held and once not.
local function message(f)
	local ok, e = pcall(f)
	assert(not ok, "expected a failure")
	return tostring(e)
end

describe("expectations on values", function()
	it("hold", function()
		assert(1)
		assert.equal(1, 1)
		assert.are.equal("a", "a")
		assert.are_not.equal(1, 2)
		assert.is_not_nil(0)
		assert.same({ a = { 1 } }, { a = { 1 } })
		assert.is_not.same({ 1 }, { 1, 2 })
		assert.truthy(0)
		assert.falsy(nil)
		assert.is_string "x"
		assert.is_table {}
		assert.is_function(print)
		assert.near(1, 1.05, 0.1)
		assert.at_least(2, 3)
		assert.at_most(3, 2)
		assert.matches("^a+$", "aaa")
		assert.contains("a+", "xa+x")
		assert.has_error(function() error("no", 0) end, "no")
		assert.has_error(function() error("no") end, "no")
		assert.has_no_error(function() end)
		assert.error_matches(function() error { } end, "table")
		assert.is.truthy(1)
	end)

	it("fail with both values", function()
		assert.equal("expected: 1\n     got: 2", message(function() assert.equal(1, 2) end))
		assert.equal("expected: { 1 }\n     got: { 2 }", message(function() assert.same({ 1 }, { 2 }) end))
		assert.contains("because", message(function() assert.equal(1, 2, "because") end))
		assert.contains("expected not: equal", message(function() assert.is_not.equal(1, 1) end))
		assert.contains("there is no such expectation", message(function() assert.is_quite_right(1) end))
		assert.contains("there was none", message(function() assert.has_error(function() end) end))
		assert.contains("± 0.1", message(function() assert.near(1, 2, 0.1) end))
		assert.equal("mine", message(function() assert.fail "mine" end))
		assert.equal("said", message(function() assert(false, "said") end))
	end)
end)

describe("expectations on shares", function()
	it("hold within a tolerance, and by chi-square", function()
		assert.shares({ a = 33, b = 67 }, { a = 1, b = 2 })
		assert.is_true(assert.shares({ a = 500, b = 500 }, { a = 1, b = 1 }, { chi_square = 0.01 }) > 0.99)
		assert.contains("expected  50.0 %, has  90.0 %", message(function() assert.shares({ a = 90, b = 10 }, { a = 1, b = 1 }) end))
		assert.contains("chi-square", message(function() assert.shares({ a = 600, b = 400 }, { a = 1, b = 1 }, { chi_square = 0.01 }) end))
		assert.contains("but c has 1", message(function() assert.shares({ a = 1, c = 1 }, { a = 1 }) end))
		assert.contains("nothing was counted", message(function() assert.shares({}, { a = 1 }) end))
	end)
	it("know the distribution: 3.84 with one degree is 5 %, 5.99 with two", function()
		local chi = require("assert").chi_square_p
		assert.near(0.05, chi(3.841, 1), 1e-4)
		assert.near(0.05, chi(5.991, 2), 1e-4)
		assert.near(0.001, chi(29.588, 10), 1e-5)
	end)
end)

describe("expectations on the network", function()
	local lab, fw, a, b
	before_each(function()
		lab = hookwalk.lab()
		local s, t = lab:switch "s", lab:switch "t"
		fw = lab:host("fw", { eth0 = { s, "10.0.0.254/24" }, eth1 = { t, "10.1.0.254/24" }, forward = true, rules = [[
*filter
:INPUT ACCEPT
:FORWARD ACCEPT
-A FORWARD -p tcp --dport 81 -j REJECT
-A FORWARD -p tcp --dport 82 -j DROP
-A FORWARD -p tcp --dport 83 -j LOG --log-prefix "port 83: "
-A FORWARD -p udp -m limit --limit 1/hour --limit-burst 2 -j ACCEPT
-A FORWARD -p udp -j DROP
COMMIT
*nat
-A POSTROUTING -o eth1 -j MASQUERADE
COMMIT
*mangle
-A FORWARD -p icmp -j MARK --set-mark 7
COMMIT
]] })
		a = lab:host("a", { eth0 = { s, "10.0.0.1/24" }, gateway = "10.0.0.254" })
		b = lab:host("b", { eth0 = { t, "10.1.0.1/24" }, gateway = "10.1.0.254" })
	end)
	after_each(function() lab:close() end)

	it("packets", function()
		b:serve("tcp", 80, "hello")
		local c = a:connect("tcp", "10.1.0.1:80")
		local p = assert.packet(c.first)
		p:matched(fw, "filter", "FORWARD", "policy"):not_matched(fw, "filter", "FORWARD", 1):forwarded_by(fw):left_by(fw, "eth1")
			:snat_to "10.1.0.254":delivered_to(b):reached(b):state(fw, "NEW"):not_dropped()
		assert.contains("dport is 80, rule wants 82", message(function() p:matched(fw, "filter", "FORWARD", 2) end))
		assert.contains("it was delivered to", message(function() p:dropped_at(fw) end))
		assert.contains("it did", message(function() p:never_reached(b) end))
		assert.contains("not rewritten", message(function() p:dnat_to "1.2.3.4:5" end))
		assert.contains("it saw NEW", message(function() p:state(fw, "INVALID") end))
		assert.contains("its way:", message(function() p:left_by(fw, "eth0") end))
		assert.contains("there was none", message(function() p:logged(fw) end))
		assert.packet(a:send "icmp 10.0.0.1 > 10.1.0.1 echo-request id=3"):changed("mark"):delivered_to(b)
	end)

	it("refused and dropped packets", function()
		local c = a:connect("tcp", "10.1.0.1:81")
		assert.connection(c):refused()
		assert.packet(c.first):rejected_with("icmp-port-unreachable", fw):dropped_at(fw, "filter", "FORWARD", 1)
		assert.contains("answered with icmp-port-unreachable", message(function() assert.packet(c.first):rejected_with "tcp-reset" end))
		local d = a:connect("tcp", "10.1.0.1:82")
		assert.packet(d.first):dropped_at(fw, "filter", "FORWARD", 2):never_reached(b)
		assert.contains("dropped at fw filter FORWARD 2", (message(function() assert.packet(d.first):delivered_to(b) end):gsub("rule ", "")))
		assert.nothing_else(lab)
		a:connect("tcp", "10.1.0.1:82")
		assert.contains("1 packet was dropped", message(function() assert.nothing_else(lab) end))
	end)

	it("connections, pings", function()
		b:serve("tcp", 80, "hello")
		assert.connection(a:connect("tcp", "10.1.0.1:80")):established():reads "hello":answered_by(b)
		assert.connection(a:connect("tcp", "10.1.0.1:9")):refused()
		assert.connection(a:connect("tcp", "10.0.0.99:9")):unreachable()
		assert.contains("it is refused", message(function() assert.connection(a:connect("tcp", "10.1.0.1:9")):established() end))
		assert.ping(a:ping("10.1.0.1", { count = 3, interval = "10ms" })):answered(3)
		assert.ping(a:ping("10.1.0.1", { ttl = 1 })):fails_with "ttl exceeded"
		assert.contains("expected 1 answers", message(function() assert.ping(a:ping("10.0.0.99", { timeout = "1s" })):answered() end))
	end)

	it("rules, limiters, logs, conntrack, captures", function()
		local cap = lab:capture(b)
		a:connect("tcp", "10.1.0.1:83")
		assert.rule(fw, "filter", "FORWARD", 3):packets(1):bytes(60):matched()
		assert.rule(fw, "filter", "FORWARD", 2):never_matched()
		assert.contains("dport is 83, rule wants 82", message(function() assert.rule(fw, "filter", "FORWARD", 2):matched() end))
		assert.log(fw, "^port 83: "):times(1)
		assert.log(fw, "port 84"):none()
		assert.contains("there is 1", message(function() assert.log(fw):count(2) end))
		for i = 1, 5 do
			a:send("udp 10.0.0.1:" .. i .. " > 10.1.0.1:9")
		end
		assert.limiter(fw, "filter", "FORWARD", 4):first_drop_at(3):passed(2):over(3)
		assert.contains("packet 3 was", message(function() assert.limiter(fw, "filter", "FORWARD", 4):first_drop_at(4) end))
		assert.conntrack(fw, { proto = "udp", src = "10.0.0.1" }):count(2)
		assert.conntrack(fw, { proto = "sctp" }):none()
		assert.capture(cap, "udp"):count(2)
		assert.capture(cap, "tcp[tcpflags] & tcp-syn != 0 and dst port 83"):some()
		assert.error_matches(function() cap:count "no such word" end, "filter")
	end)
end)
