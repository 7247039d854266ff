-- A home router: a forwarded port, reached from outside and, by the public address, from inside.
local lab, outside, router, www, laptop

before_each(function()
	lab = hookwalk.lab { dir = "." }
	outside, router, www, laptop = lab:get "outside", lab:get "router", lab:get "www", lab:get "laptop"
end)

after_each(function()
	lab:close()
end)

describe("the home router", function()
	it("forwards port 80 from outside, with the client's own address", function()
		local server = www:serve("tcp", 80, "hello")
		assert.equal("hello", outside:connect("tcp", "198.51.100.1:80"):read())
		assert.matches("^198%.51%.100%.7:", server.peers[1])
	end)

	it("turns the laptop's connection to the public address around (hairpin)", function()
		local server = www:serve("tcp", 80, "hello")
		local c = laptop:connect("tcp", "198.51.100.1:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(router, "nat", "PREROUTING", 1):matched(router, "nat", "POSTROUTING", 1):snat_to "192.168.1.1"
		assert.matches("^192%.168%.1%.1:", server.peers[1])
	end)

	it("needs the masquerading for it: else www answers the laptop directly, who knows no such connection", function()
		www:serve("tcp", 80, "hello")
		router:iptables "-t nat -D POSTROUTING 1"
		local c = laptop:connect("tcp", "198.51.100.1:80")
		assert.packet(c.first):delivered_to(www)
		assert.connection(c):timed_out()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(router, hookwalk.read_file "kernel/router.txt")
	end)
end)
