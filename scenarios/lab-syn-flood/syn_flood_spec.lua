-- A flood of SYNs, and a bucket for each source.
local lab, bad, good, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	bad, good, server = lab:get "bad", lab:get "good", lab:get "server"
end)

after_each(function()
	lab:close()
end)

describe("hashlimit", function()
	it("holds a flood from one address to 10 a second after a burst of 20", function()
		server:serve("tcp", 80, "hello")
		lab:flood { packet = { host = server, iface = "eth0", src = "203.0.113.66", sport = 1024, dst = "203.0.113.1", dport = 80 },
			count = 1000, rate = "500/s", vary = "sport" }
		lab:run "2s"
		local passed = 1000 - server:rule("filter", "INPUT", 1).packets
		assert.near(40, passed, 2)
		assert.limiter(server, "filter", "INPUT", 1):per_second(31)
	end)

	it("leaves others alone meanwhile", function()
		server:serve("tcp", 80, "hello")
		lab:flood { packet = { host = server, iface = "eth0", src = "203.0.113.66", sport = 1024, dst = "203.0.113.1", dport = 80 },
			count = 1000, rate = "500/s", vary = "sport" }
		local c = lab:clients(5, { from = good, to = "203.0.113.1:80", rate = "5/s", after = "500ms" })
		lab:run "3s"
		assert.equal(5, c.finished)
	end)

	it("does not help against a flood from many addresses", function()
		server:serve("tcp", 80, "hello")
		lab:flood { packet = { host = server, iface = "eth0", src = "203.0.113.100", sport = 1024, dst = "203.0.113.1", dport = 80 },
			count = 100, rate = "500/s", vary = "src" }
		lab:run "1s"
		assert.rule(server, "filter", "INPUT", 1):never_matched()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(server, hookwalk.read_file "kernel/server.txt", { but = { ["filter OUTPUT policy"] = 3, ["filter INPUT policy"] = 3 } })
	end)
end)
