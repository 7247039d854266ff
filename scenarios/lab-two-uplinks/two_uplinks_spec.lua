-- Two uplinks: who goes out by which, and answers that go back where the question came from.
local lab, isp1, isp2, router, a, b

before_each(function()
	lab = hookwalk.lab { dir = "." }
	isp1, isp2, router, a, b = lab:get "isp1", lab:get "isp2", lab:get "router", lab:get "a", lab:get "b"
end)

after_each(function()
	lab:close()
end)

describe("two uplinks", function()
	it("sends a by the first and b by the second", function()
		isp1:serve("tcp", 80, "isp1")
		isp2:serve("tcp", 80, "isp2")
		local ca, cb = a:connect("tcp", "8.8.8.8:80"), b:connect("tcp", "8.8.8.8:80")
		assert.equal("isp1", ca:read())
		assert.equal("isp2", cb:read())
		assert.packet(ca.first):left_by(router, "eth0"):snat_to "203.0.113.1"
		assert.packet(cb.first):left_by(router, "eth1"):snat_to "198.51.100.1":matched(router, "mangle", "PREROUTING", 3)
	end)

	it("answers by the uplink that the question came by, as the connection remembers its mark", function()
		a:serve("tcp", 80, "a")
		isp2:sh "ip route add default via 198.51.100.1"
		local c = isp2:connect("tcp", "198.51.100.1:80", { from = "8.8.8.8" })
		assert.equal("a", c:read())
		assert.conntrack(router, { mark = 2, dport = 80 }):exists()
	end)

	it("needs the lan in the second table, too: a marked answer to b must not go out again", function()
		isp2:serve("tcp", 80, "isp2")
		router:sh "ip route del 192.168.1.0/24 table 102"
		local c = b:connect("tcp", "8.8.8.8:80")
		assert.packet(c.first):delivered_to(isp2)
		assert.connection(c):timed_out()
	end)

	it("would answer by the first one without that", function()
		a:serve("tcp", 80, "a")
		router:iptables "-t mangle -D PREROUTING 1"
		isp2:sh "ip route add default via 198.51.100.1"
		local c = isp2:connect("tcp", "198.51.100.1:80", { from = "8.8.8.8" })
		assert.connection(c):timed_out()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(router, hookwalk.read_file "kernel/router.txt")
	end)
end)
