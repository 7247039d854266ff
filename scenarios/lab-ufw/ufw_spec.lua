-- A host with ufw: "allow 80", "limit 22", all else denied.
local lab, box, pc

before_each(function()
	lab = hookwalk.lab { dir = "." }
	box, pc = lab:get "box", lab:get "pc"
end)

after_each(function()
	lab:close()
end)

describe("ufw", function()
	it("allows port 80", function()
		box:serve("tcp", 80, "web")
		local c = pc:connect("tcp", "192.168.1.10:80")
		assert.equal("web", c:read())
		assert.packet(c.first):matched(box, "filter", "ufw-user-input", 4)
	end)

	it("limits port 22: the sixth attempt within 30 seconds is refused", function()
		box:serve("tcp", 22, "SSH-2.0")
		for _ = 1, 5 do
			assert.equal("SSH-2.0", pc:connect("tcp", "192.168.1.10:22"):read())
		end
		local c = pc:connect("tcp", "192.168.1.10:22")
		assert.packet(c.first):rejected_with("icmp-port-unreachable", box)
		lab:run "31s"
		assert.equal("SSH-2.0", pc:connect("tcp", "192.168.1.10:22"):read())
	end)

	it("denies the rest without a word", function()
		local c = pc:connect("tcp", "192.168.1.10:5432")
		assert.packet(c.first):dropped_at(box, "filter", "INPUT", "policy")
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(box, hookwalk.read_file "kernel/box.txt")
	end)
end)
