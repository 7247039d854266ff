-- Links that lose and go down, and more connections than a host has ports.
local lab, client, server

local function hosts(wire)
	lab = hookwalk.lab { seed = 5 }
	local lan = lab:switch "lan"
	server = lab:host("server", { eth0 = { lan, "10.0.0.1/8" } })
	client = lab:host("client", { eth0 = { lan, "10.0.0.2/8", loss = wire.loss, delay = wire.delay } })
end

after_each(function()
	lab:close()
end)

describe("a link", function()
	it("that loses a third of all packets loses no data", function()
		hosts { loss = 0.3, delay = "20ms" }
		server:serve("tcp", 80, ("x"):rep(20000))
		local c, got = client:connect("tcp", "10.0.0.1:80"), ""
		while #got < 20000 do
			got = got .. assert(c:read "60s", "no more data")
		end
		assert.equal(20000, #got)
	end)

	it("is down from the second second to the fourth", function()
		hosts {}
		lab:link(server, "eth0", { down = true, at = "1.5s" })
		lab:link(server, "eth0", { up = true, at = "3.5s" })
		local p = client:ping("10.0.0.1", { count = 6, interval = "1s" })
		lab:run "20s"
		assert.equal(6, p.transmitted)
		assert.equal(4, p.replies)
	end)
end)

describe("connections from one address to one port", function()
	it("are as many as there are ports", function()
		hosts {}
		server:serve("tcp", 80, "x")
		local many = lab:clients(40000, { from = client, to = "10.0.0.1:80", rate = 5000 })
		lab:run "20s"
		assert.equal(28232, many.established)
		assert.equal(40000 - 28232, many.failed)
	end)
end)
