-- A home router that speaks both: IPv4 behind one address by NAT, IPv6 end to end with a filter in its place.
local lab, router, pc, nas, far

before_each(function()
	lab = hookwalk.lab { dir = "." }
	router, pc, nas, far = lab:get "router", lab:get "pc", lab:get "nas", lab:get "far"
end)

after_each(function()
	lab:close()
end)

describe("the dual-stack router", function()
	it("hides the pc behind its address in IPv4, and nothing in IPv6", function()
		local server = far:serve("tcp", 80, "hello")
		local c4, c6 = pc:connect("tcp", "203.0.113.7:80"), pc:connect("tcp", "[2001:db8:ff::7]:80")
		assert.connection(c4):reads "hello"
		assert.connection(c6):reads "hello"
		assert.packet(c4.first):matched(router, "nat", "POSTROUTING", 1):snat_to "203.0.113.1"
		assert.packet(c6.first):matched(router, "filter", "FORWARD", 2):left_by(router, "eth0")
		assert.matches("^203%.0%.113%.1:", server.peers[1])
		assert.matches("^%[2001:db8:1::10%]:", server.peers[2])
		assert.conntrack(router, { family = "ipv4", src = "192.168.1.10", snat = true }):count(1)
		assert.conntrack(router, { family = "ipv6", src = "2001:db8:1::10", snat = false }):count(1)
	end)

	it("keeps others out: in IPv4 by having no way in, in IPv6 by rules alone", function()
		pc:serve("tcp", 22, "ssh")
		assert.connection(far:connect("tcp", "192.168.1.10:22")):unreachable()
		local c = far:connect("tcp", "[2001:db8:1::10]:22")
		assert.connection(c):unreachable()
		assert.packet(c.first):dropped_at(router, "filter", "FORWARD", 4):rejected_with("icmp6-adm-prohibited", router):never_reached(pc)
		router:ip6tables "-P FORWARD ACCEPT"
		router:ip6tables "-F FORWARD"
		assert.connection(far:connect("tcp", "[2001:db8:1::10]:22")):reads "ssh"
	end)

	it("lets in what has an address and a rule of its own", function()
		nas:serve("tcp", 443, "files")
		local c = far:connect("tcp", "[2001:db8:1::20]:443")
		assert.connection(c):reads "files":answered_by(nas)
		assert.packet(c.first):matched(router, "filter", "FORWARD", 3)
		assert.rule(router, "filter", "FORWARD", 3, "ipv6"):packets(1)
		assert.rule(router, "filter", "FORWARD", 1, "ipv6"):at_least(2)
	end)

	it("itself is reached from inside alone, and calls whom it wants", function()
		router:serve("tcp", 22, "ssh")
		far:serve("tcp", 80, "hello")
		for inside, outside in pairs { ["192.168.1.1:22"] = "203.0.113.1:22", ["[2001:db8:1::1]:22"] = "[2001:db8:ff::1]:22" } do
			assert.connection(pc:connect("tcp", inside)):reads "ssh"
			assert.connection(far:connect("tcp", outside)):timed_out()
		end
		assert.connection(router:connect("tcp", "203.0.113.7:80")):reads "hello"
		assert.connection(router:connect("tcp", "[2001:db8:ff::7]:80")):reads "hello"
	end)

	it("is asked for its link address through INPUT", function()
		local wan = lab:capture(router, "eth0")
		assert.ping(far:ping "2001:db8:ff::1"):answered(1)
		assert.capture(wan, "icmp6 and ip6[40] == 135"):count(1)
		assert.capture(wan, "icmp6 and ip6[40] == 136"):count(1)
		assert.capture(wan, "arp"):none()
		assert.rule(router, "filter", "INPUT", 2, "ipv6"):packets(1)
	end)

	it("is lost to IPv6 without neighbour discovery, and well in IPv4", function()
		router:ip6tables "-D INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT"
		nas:serve("tcp", 443, "files")
		local c = far:connect("tcp", "[2001:db8:1::20]:443")
		assert.connection(c):unreachable()
		assert.packet(c.first):never_reached(router):dropped_at(far, "NEIGH_FAILED")
		assert.rule(router, "filter", "INPUT", "policy", "ipv6"):at_least(3)
		assert.ping(far:ping "203.0.113.1"):answered(1)
	end)

	it("passes errors on as part of their connection", function()
		assert.ping(pc:ping("203.0.113.7", { ttl = 1 })):fails_with "ttl exceeded"
		assert.ping(pc:ping("2001:db8:ff::7", { ttl = 1 })):fails_with "ttl exceeded"
		local p4, p6 = pc:connect("udp", "203.0.113.7:9", { data = "x" }), pc:connect("udp", "[2001:db8:ff::7]:9", { data = "x" })
		lab:run "1s"
		assert.connection(p4):refused()
		assert.connection(p6):refused()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(router, hookwalk.read_file "kernel/router.txt")
		-- How often neighbours are asked hangs on the machine's pace. Rule 4 of FORWARD: between namespaces the refusal comes back
		-- before connect() is done, is not heard, and the SYN goes once more.
		assert.counters(router, hookwalk.read_file "kernel/router.v6.txt",
			{ family = "ipv6", but = { ["filter INPUT 2"] = 4, ["filter INPUT 3"] = 4, ["filter FORWARD 4"] = 1, ["filter OUTPUT policy"] = 9 } })
	end)
end)
