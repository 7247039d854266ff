-- The firewall of the story: a host that lets ssh in, and what happens as lines are added to it.
local lab, box, pc

before_each(function()
	lab = hookwalk.lab { dir = "." }
	box, pc = lab:get "box", lab:get "pc"
end)

after_each(function()
	lab:close()
end)

describe("the firewall", function()
	it("takes ssh by its first rule", function()
		box:serve("tcp", 22, "SSH-2.0")
		local c = pc:connect("tcp", "192.168.1.10:22")
		assert.equal("SSH-2.0", c:read())
		assert.packet(c.first):matched(box, "filter", "INPUT", 1):delivered_to(box)
	end)

	it("never comes to a rule behind the DROP for all", function()
		box:serve("tcp", 8080, "web")
		box:iptables "-A INPUT -p tcp --dport 8080 -j ACCEPT"
		local c = pc:connect("tcp", "192.168.1.10:8080")
		assert.packet(c.first):not_matched(box, "filter", "INPUT", 3):dropped_at(box, "filter", "INPUT", 2)
		assert.rule(box, "filter", "INPUT", 3):never_matched()
	end)

	it("comes to it when it is put in front", function()
		box:serve("tcp", 8080, "web")
		box:iptables "-I INPUT -p tcp --dport 8080 -j ACCEPT"
		assert.connection(pc:connect("tcp", "192.168.1.10:8080")):reads "web"
	end)

	it("refuses lines without --dport as the real program does", function()
		local text, failed = box:iptables "-A INPUT -p tcp 8080 -j ACCEPT"
		assert.contains("Bad argument `8080'", text)
		assert.equal(1, failed)
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(box, hookwalk.read_file "kernel/box.txt")
	end)
end)
