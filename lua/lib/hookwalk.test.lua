describe("labs", function()
	it("repeat to the byte, and differ with the seed", function()
		local function run(seed)
			local lab = hookwalk.lab { seed = seed }
			local s = lab:switch "s"
			local a = lab:host("a", { eth0 = { s, "10.0.0.1/24", loss = "20%", delay = "3ms" } })
			local b = lab:host("b", { eth0 = { s, "10.0.0.2/24" } })
			local cap = lab:capture(s)
			b:serve("tcp", 80, ("x"):rep(50000))
			local c = a:connect("tcp", "10.0.0.2:80")
			c:read_all(50000, "300s")
			local lines = {}
			for i, f in ipairs(cap:frames()) do
				lines[i] = f.t .. " " .. f.line
			end
			lab:close()
			return table.concat(lines, "\n"), c
		end
		local one = run(5)
		assert.equal(one, run(5))
		assert.is_not.equal(one, run(6))
	end)

	it("carry TCP over links that lose, in order and whole", function()
		local lab = hookwalk.lab { seed = 9 }
		local s = lab:switch "s"
		local a = lab:host("a", { eth0 = { s, "10.0.0.1/24", loss = "5%", delay = "10ms" } })
		local b = lab:host("b", { eth0 = { s, "10.0.0.2/24" } })
		b:serve("tcp", 7, "echo")
		local c, sent, back = a:connect("tcp", "10.0.0.2:7"), {}, ""
		assert.equal("established", c:wait "60s")
		for i = 1, 40 do
			sent[i] = ("%04d"):format(i) .. ("."):rep(500)
			c:write(sent[i])
		end
		back = c:read_all(40 * 504, "120s")
		assert.equal(table.concat(sent), back)
	end)

	it("know delay, MTU, links that go down, VLANs", function()
		local lab = hookwalk.lab()
		local s = lab:switch "s"
		local a = lab:host("a", { eth0 = { s, "10.0.0.1/24", access = 10, delay = "5ms" } })
		local b = lab:host("b", { eth0 = { s, "10.0.0.2/24", access = 10 } })
		lab:host("c", { eth0 = { s, "10.0.0.3/24", access = 20 } })
		assert.near(0.01, a:ping("10.0.0.2", { count = 2, interval = "1s" }).rtt_min, 1e-9)
		assert.equal(0, a:ping("10.0.0.3", { timeout = "1s" }).replies)
		lab:link(b, "eth0", { mtu = 500 })
		assert.equal(0, a:ping("10.0.0.2", { size = 1000, timeout = "1s" }).replies)
		lab:link(b, "eth0", { mtu = 1500 })
		lab:link(b, "eth0", { down = true, at = lab.now + 1 })
		assert.equal(1, a:ping("10.0.0.2", { size = 1000 }).replies)
		lab:run "1s"
		assert.equal(0, a:ping("10.0.0.2", { timeout = "1s" }).replies)
	end)

	it("have an internet that answers for any address but those of others", function()
		local lab = hookwalk.lab()
		local s = lab:switch "s"
		local inet = lab:internet("inet", s)
		local a = lab:host("a", { eth0 = { s, "198.51.100.1/24" }, gateway = "198.51.100.254" })
		lab:host("b", { eth0 = { s, "198.51.100.2/24" } })
		local server = inet:serve("udp", 53, function(q, from) return q .. " for " .. from end)
		assert.equal("x for 198.51.100.1:4000", a:connect("udp", "8.8.8.8:53", { data = "x", sport = 4000 }):read())
		assert.equal(1, server.datagrams)
		assert.ping(a:ping "1.2.3.4"):answered()
		assert.packet(a:ping("198.51.100.2").first):delivered_to "b"
		assert.connection(inet:connect("tcp", "198.51.100.1:80", { from = "203.0.113.9" })):refused()
	end)

	it("have an internet with a gateway: private addresses behind it are reached", function()
		local lab = hookwalk.lab()
		local s, t = lab:switch "s", lab:switch "t"
		lab:host("r", { eth0 = { s, "198.51.100.1/24" }, eth1 = { t, "10.0.0.1/24" }, forward = true, gateway = "198.51.100.254" })
		local a = lab:host("a", { eth0 = { t, "10.0.0.2/24" }, gateway = "10.0.0.1" })
		lab:internet("inet", s, { via = "198.51.100.1" })
		assert.ping(a:ping "8.8.8.8"):answered()
	end)

	-- Counted every second on Linux 6.18: SYN-ACKs that the server sent, and SYNs that came to it, while the client has patience for so
	-- long. "out": the server's own OUTPUT drops its SYN-ACKs; "in": the client's INPUT does.
	for _, case in ipairs {
		{ "out", 8, "1/1 3/2 5/3 7/4 9/5 11/6 12/6 13/7 14/7" }, { "out", 1.5, "1/1 3/2 4/2" },
		{ "in", 8, "1/1 3/2 4/3 5/4 6/5 7/6 9/7" }, { "in", 1.5, "1/1 3/2 4/2 5/2" },
	} do
		it(("send a SYN and its answer again when Linux does: dropped %s, patience %g s"):format(case[1], case[2]), function()
			local lab = hookwalk.lab()
			local s = lab:switch "s"
			local out = "-A OUTPUT -p tcp --tcp-flags SYN,ACK SYN,ACK" .. (case[1] == "out" and " -j DROP" or "")
			local a = lab:host("a", { eth0 = { s, "10.9.0.1/24" }, rules = case[1] == "in" and "*filter\n-A INPUT -p tcp -j DROP\nCOMMIT\n" or nil })
			local b = lab:host("b", { eth0 = { s, "10.9.0.2/24" }, rules = "*filter\n" .. out .. "\n-A INPUT -p tcp --syn\nCOMMIT\n" })
			b:serve("tcp", 22, "x")
			local c, seen = a:connect("tcp", "10.9.0.2:22"), {}
			for i = 0, 34 do
				local now = ("%d/%d"):format(b:rule("filter", "OUTPUT", 1).packets, b:rule("filter", "INPUT", 1).packets)
				if now ~= seen[#seen] then
					seen[#seen + 1] = now
				end
				lab:run(0.25)
				if lab.now >= case[2] then
					c:close()
				end
			end
			assert.equal(case[3], table.concat(seen, " "))
		end)
	end

	it("speak IPv6", function()
		local lab = hookwalk.lab()
		local s, t = lab:switch "s", lab:switch "t"
		local fw = lab:host("fw", { eth0 = { s, "2001:db8:1::1/64" }, eth1 = { t, "2001:db8:2::1/64" },
			sysctl = { ["net.ipv6.conf.all.forwarding"] = 1 },
			rules_v6 = "*filter\n:FORWARD DROP\n-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT\n-A FORWARD -p tcp --dport 80 -j ACCEPT\n" ..
				"-A FORWARD -p udp --dport 53 -j ACCEPT\n-A FORWARD -j REJECT\nCOMMIT\n" })
		local a = lab:host("a", { eth0 = { s, "2001:db8:1::2/64" }, gateway = "2001:db8:1::1" })
		local b = lab:host("b", { eth0 = { t, "2001:db8:2::2/64" }, gateway = "2001:db8:2::1" })
		lab:run "3s"	-- until the addresses are known to be nobody else's
		local server = b:serve("tcp", 80, "hello", { address = "::" })
		b:serve("udp", 53, function(q, from) return q .. " for " .. from end, { address = "::" })
		local c = a:connect("tcp", "[2001:db8:2::2]:80", { sport = 5000 })
		assert.equal("hello", c:read())
		assert.equal("[2001:db8:1::2]:5000", server.peers[1])
		assert.equal("x for [2001:db8:1::2]:4000", a:connect("udp", "[2001:db8:2::2]:53", { data = "x", sport = 4000 }):read())
		assert.connection(a:connect("tcp", "[2001:db8:2::2]:81")):refused()
		assert.equal(1, fw:rule("filter", "FORWARD", 4, "ipv6").packets)
		assert.packet(c.first):matched(fw, "filter", "FORWARD", 2):forwarded_by(fw):delivered_to(b)
		assert.matches("^tcp %[2001:db8:1::2%]:5000 > %[2001:db8:2::2%]:80 S", c.first.line)
		assert.packet(a:send { proto = "udp", src = "2001:db8:1::2", sport = 7, dst = "2001:db8:2::2", dport = 7 }):rejected_with(nil, fw)
			:dropped_at(fw, "filter", "FORWARD", 4)
	end)

	it("do things at a time", function()
		local lab, seen = hookwalk.lab(), {}
		lab:at("2s", function() seen[#seen + 1] = lab.now end)
		lab:at(1, function() seen[#seen + 1] = lab.now end)
		lab:run "1.5s"
		assert.same({ 1 }, seen)
		lab:run "1.5s"
		assert.same({ 1, 2 }, seen)
		assert.equal(3, lab.now)
	end)

	it("have hosts from texts, whose errors are told with their place", function()
		local lab = hookwalk.lab()
		local s = lab:switch "s"
		assert.error_matches(function() lab:host("x", { rules = "*filter\n-A INPUT -m nonsense\nCOMMIT\n" }) end, "x/rules%.v4:2:13")
		assert.error_matches(function() lab:host("y", { eth0 = { s, "10.0.0.1/33" } }) end, "10%.0%.0%.1/33")
		assert.error_matches(function() lab:host("z", { adress = "x" }) end, "what is \"adress\"")
		assert.error_matches(function() lab:get "q" end, "no host \"q\"")
		local h = lab:host("h", { eth0 = { s, "10.0.0.1/24" }, sysctl = { ["net.ipv4.ip_forward"] = 1 }, commands = "iptables -A INPUT -j DROP" })
		assert.equal("1", h:sysctl "net.ipv4.ip_forward")
		assert.contains("-A INPUT -j DROP", h:save())
		assert.equal("-A INPUT -j DROP", h:rule("filter", "INPUT", 1).text)
		assert.error_matches(function() h:rule("filter", "INPUT", 9) end, "has 1 rules, there is no rule 9")
	end)

	it("send packets as lines and tables", function()
		local lab = hookwalk.lab()
		local h = lab:host("h", { eth0 = { lab:switch "s", "10.0.0.1/24" } })
		assert.equal("h.eth0: tcp 1.2.3.4:5 > 10.0.0.1:80 S ttl=3 data=\"a\\x0ab\"",
			hookwalk.packet { host = h, iface = "eth0", src = "1.2.3.4", sport = 5, dst = "10.0.0.1", dport = 80, ttl = 3, data = "a\nb" })
		assert.packet(lab:send "h.eth0: udp 10.0.0.9:5 > 10.0.0.1:9"):rejected_with "icmp-port-unreachable"
		assert.packet(h:send({ proto = "icmp", src = "10.0.0.9", dst = "10.0.0.1", type = "echo-request" }, "eth0")):delivered_to(h)
		local p, err = lab:send "h.out: icmp 10.0.0.1 > 99.9.9.9 echo-request"
		assert.is_nil(p)
		assert.equal("ENETUNREACH", err)
		assert.error_matches(function() lab:send "h.eth0: tcp nonsense" end, "packet:1:")
		assert.error_matches(function() lab:send "eth0: tcp 1.2.3.4:1 > 10.0.0.1:80 S" end, "which host")
	end)

	it("play captures with other addresses", function()
		local lab = hookwalk.lab()
		local s = lab:switch "s"
		local h = lab:host("h", { eth0 = { s, "10.9.0.1/24" }, rules = "*filter\n-A INPUT -s 10.9.0.7 -p icmp -j ACCEPT\nCOMMIT\n" })
		local cap = lab:capture(h)
		local played, left = lab:replay { host = h, iface = "eth0", file = "test.pcap", any_mac = true, speed = 10, filter = "icmp",
			rewrite = { ["10.0.0.1"] = "10.9.0.1", ["10.0.0.7"] = "10.9.0.7" } }
		assert.same({ 2, 1 }, { played, left })
		assert.rule(h, "filter", "INPUT", 1):packets(2)
		assert.near(0.1, lab.now, 1e-6)
		assert.capture(cap, "icmp[icmptype] == icmp-echoreply and dst host 10.9.0.7"):none()	-- nobody is there to hear of it
		assert.error_matches(function() lab:replay { host = h, file = "no.pcap" } end, "no%.pcap")
	end)

	it("serve many clients", function()
		local lab = hookwalk.lab { keep = 0 }
		local s = lab:switch "s"
		local inet = lab:internet("inet", s)
		local www = lab:host("www", { eth0 = { s, "198.51.100.1/24" }, gateway = "198.51.100.254" })
		www:serve("tcp", 80, "hello", { close = true })
		local c = lab:clients(500, { from = inet, to = "198.51.100.1:80", rate = "1000/s", poisson = true, source = "203.0.113.1", addresses = 100 })
		assert.is_true(c:wait())
		assert.same({ 500, 500, 0, { hello = 500 } }, { c.established, c.finished, c.failed, c.answers })
		local refused = lab:clients(10, { from = inet, to = "198.51.100.1:81" })
		refused:wait()
		assert.equal(10, refused.refused)
		local held = lab:clients(20, { from = inet, to = "198.51.100.1:80", hold = true })
		held:wait()
		assert.equal(20, held.active)
	end)
end)
