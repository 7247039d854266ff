-- Two ways between two sites: there by r1, back by r2, and r2 filters by state.
local lab, client, r1, r2, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	client, r1, r2, server = lab:get "client", lab:get "r1", lab:get "r2", lab:get "server"
end)

after_each(function()
	lab:close()
end)

describe("the way back by another router", function()
	it("carries a SYN-ACK whose SYN r2 never saw: INVALID", function()
		server:serve("tcp", 80, "hello")
		local c = client:connect("tcp", "10.2.0.80:80")
		assert.packet(c.first):forwarded_by(r1):delivered_to(server):never_reached(r2)
		assert.connection(c):timed_out()
		assert.rule(r2, "filter", "FORWARD", 2):at_least(1)
		assert.rule(r2, "filter", "FORWARD", 1):never_matched()
	end)

	it("is NEW for UDP, and the policy ends it", function()
		server:serve("udp", 53, "answer")
		local c = client:connect("udp", "10.2.0.80:53", { data = "x" })
		assert.is_nil(c:read "2s")
		assert.equal(1, r2:policy("filter", "FORWARD").packets)
	end)

	it("works when r2 does not filter by state", function()
		server:serve("tcp", 80, "hello")
		r2:iptables "-F FORWARD"
		r2:iptables "-P FORWARD ACCEPT"
		assert.equal("hello", client:connect("tcp", "10.2.0.80:80"):read())
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(r2, hookwalk.read_file "kernel/r2.txt")
	end)
end)
