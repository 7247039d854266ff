-- At most 15 connections at once: of one host (mask 32), or of a /24 together.
local lab, a, b, c, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	a, b, c, server = lab:get "a", lab:get "b", lab:get "c", lab:get "server"
end)

after_each(function()
	serving = nil
	lab:close()
end)

local serving

local function hold(host, port, n)
	local refused = 0
	if serving ~= port then
		server:serve("tcp", port, "hello")
		serving = port
	end
	for _ = 1, n do
		if host:connect("tcp", "10.0.0.80:" .. port):wait() ~= "established" then
			refused = refused + 1
		end
	end
	return refused
end

describe("connlimit", function()
	it("counts each host by itself with mask 32", function()
		assert.equal(2, hold(a, 80, 17))
		assert.equal(0, hold(b, 80, 3))
		assert.rule(server, "filter", "INPUT", 1):packets(2)
	end)

	it("counts the hosts of a /24 together with mask 24", function()
		assert.equal(0, hold(a, 81, 10))
		assert.equal(2, hold(b, 81, 7))
		assert.equal(0, hold(c, 81, 2))
	end)

	it("refuses by a reset, at once", function()
		hold(a, 80, 15)
		local one_more = a:connect("tcp", "10.0.0.80:80")
		assert.packet(one_more.first):matched(server, "filter", "INPUT", 1):rejected_with("tcp-reset", server)
		assert.connection(one_more):refused()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		-- whether a FIN is acknowledged by itself or with the other one hangs on how fast the real program wakes up
		assert.counters(server, hookwalk.read_file "kernel/server.txt", { but = { ["filter OUTPUT policy"] = 10, ["filter INPUT policy"] = 10 } })
	end)
end)
