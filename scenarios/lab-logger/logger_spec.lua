-- LOG writes a line and lets the packet go on; NEW makes it a line per connection.
local lab, box, pc

before_each(function()
	lab = hookwalk.lab { dir = "." }
	box, pc = lab:get "box", lab:get "pc"
end)

after_each(function()
	lab:close()
end)

describe("the logger", function()
	it("writes one line for a connection, with the words of its packet", function()
		box:serve("tcp", 22, "SSH-2.0")
		local c = pc:connect("tcp", "192.168.1.10:22")
		assert.equal("SSH-2.0", c:read())
		assert.log(box, "^New incomming: IN=eth0 .*SRC=192%.168%.1%.20 DST=192%.168%.1%.10 .*PROTO=TCP .*DPT=22 .*SYN"):times(1)
		assert.packet(c.first):logged(box, "DPT=22"):matched(box, "filter", "INPUT", 2)
	end)

	it("ends nothing: the packet goes on to the next rule", function()
		local c = pc:connect("tcp", "192.168.1.10:23")
		assert.packet(c.first):matched(box, "filter", "INPUT", 1):matched(box, "filter", "INPUT", 3):rejected_with "tcp-reset"
		assert.log(box, "DPT=23"):times(1)
		assert.log(box, "DPT=24"):none()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(box, hookwalk.read_file "kernel/box.txt")
	end)
end)
