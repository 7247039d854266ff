-- The lab of docs/tutorial.md and docs/lua.md.
local lab, fw, www, you

before_each(function()
	lab = hookwalk.lab { seed = 1 }
	local lan, wan = lab:switch "lan", lab:switch "wan"
	fw = lab:host("fw", { dir = "fw", eth0 = { wan, "203.0.113.1/24" }, eth1 = { lan, "192.168.1.1/24" } })
	www = lab:host("www", { eth0 = { lan, "192.168.1.10/24" }, gateway = "192.168.1.1" })
	you = lab:host("you", { eth0 = { wan, "203.0.113.7/24" } })
	www:serve("tcp", 8080, "hello")
end)

describe("the web server", function()
	it("is reached at port 80 of the firewall", function()
		local c = you:connect("tcp", "203.0.113.1:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(fw, "nat", "PREROUTING", 1):dnat_to "192.168.1.10:8080"
		assert.equal(1, fw:rule("nat", "PREROUTING", 1).packets)
	end)

	it("is not reached otherwise", function()
		local c = you:connect("tcp", "203.0.113.1:8080")
		assert.connection(c):refused()
		assert.packet(c.first):never_reached(www)
		assert.nothing_else(lab)
	end)

	it("is reached at the wrong port", function()
		local c = you:connect("tcp", "203.0.113.1:81")
		assert.packet(c.first):matched(fw, "nat", "PREROUTING", 1)
	end)
end)
