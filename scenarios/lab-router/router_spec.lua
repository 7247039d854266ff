-- The router of the story: what office and server may say to each other, and what is needed for it.
local lab, office, router, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	office, router, server = lab:get "office", lab:get "router", lab:get "server"
end)

after_each(function()
	lab:close()
end)

describe("the router", function()
	it("lets the office begin", function()
		server:serve("tcp", 80, "hello")
		local c = office:connect("tcp", "10.10.0.80:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(router, "filter", "FORWARD", 1):forwarded_by(router):delivered_to(server)
		assert.packet(c.received[1]):matched(router, "filter", "FORWARD", 2):state(router, "ESTABLISHED")
	end)

	it("lets the server only answer", function()
		server:serve("tcp", 80, "hello")
		local c = server:connect("tcp", "192.168.1.20:80")
		assert.packet(c.first):state(router, "NEW"):dropped_at(router, "filter", "FORWARD", "policy"):never_reached(office)
		assert.connection(c):timed_out()
	end)

	it("forwards nothing while ip_forward is 0", function()
		server:serve("tcp", 80, "hello")
		router:sysctl("net.ipv4.ip_forward", 0)
		local c = office:connect("tcp", "10.10.0.80:80")
		assert.packet(c.first):reached(router):dropped_at(router):never_reached(server)
		assert.rule(router, "filter", "FORWARD", 1):never_matched()
	end)

	it("needs the way back: a server without a route to the office cannot answer", function()
		server:serve("tcp", 80, "hello")
		server:sh "ip route del 192.168.1.0/24"
		local c = office:connect("tcp", "10.10.0.80:80")
		assert.packet(c.first):delivered_to(server)
		assert.connection(c):timed_out()
		assert.rule(router, "filter", "FORWARD", 2):never_matched()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(router, hookwalk.read_file "kernel/router.txt")
	end)
end)
