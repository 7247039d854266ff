-- limit is one bucket for all that come to its rule, and it is a match, not a brake.
local lab, a, b, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	a, b, server = lab:get "a", lab:get "b", lab:get "server"
end)

after_each(function()
	lab:close()
end)

describe("limit", function()
	it("is one bucket for all: one host empties it for the other", function()
		assert.ping(a:ping("10.0.0.80", { count = 4, interval = "10ms" })):answered(4)
		assert.ping(b:ping("10.0.0.80", { count = 4, interval = "10ms" })):answered(1)
		assert.limiter(server, "filter", "INPUT", 1):first_drop_at(6):passed(5):over(3)
	end)

	it("lets a burst through, then so many per second", function()
		server:iptables "-I INPUT -p udp -m limit --limit 10/sec --limit-burst 20 -j ACCEPT"
		lab:flood { packet = { host = server, iface = "eth0", proto = "udp", src = "10.0.0.1", sport = 5000, dst = "10.0.0.80", dport = 9 },
			count = 500, rate = "100/s" }
		lab:run "6s"
		assert.limiter(server, "filter", "INPUT", 1):first_drop_at(23):per_second(10, 1)
	end)

	it("slows nobody down: what is over the limit goes on to the next rule, here to the policy ACCEPT", function()
		server:serve("tcp", 80, ("x"):rep(200000))
		local c = a:connect("tcp", "10.0.0.80:80")
		assert.equal(200000, #c:read_all(200000))
		assert.is_true(server:limiter("filter", "INPUT", 3).passed >= 1)
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(server, hookwalk.read_file "kernel/server.txt")
	end)
end)
