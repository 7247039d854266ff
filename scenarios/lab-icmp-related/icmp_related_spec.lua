-- An ICMP error belongs to the connection it is about: RELATED.
local lab, client, fw, server

before_each(function()
	lab = hookwalk.lab { dir = "." }
	client, fw, server = lab:get "client", lab:get "fw", lab:get "server"
end)

after_each(function()
	lab:close()
end)

describe("an error from the other side", function()
	it("comes back as RELATED, and the client learns at once that nobody listens", function()
		local c = client:connect("udp", "10.2.0.80:54", { data = "x" })
		assert.packet(c.first):rejected_with("icmp-port-unreachable", server)
		assert.connection(c):refused()
		assert.rule(fw, "filter", "FORWARD", 2):packets(1)
	end)

	it("is dropped where only ESTABLISHED may pass: the client waits in vain", function()
		fw:iptables "-D FORWARD 2"
		local c = client:connect("udp", "10.2.0.80:54", { data = "x" })
		assert.is_nil(c:read "2s")
		assert.equal(1, fw:policy("filter", "FORWARD").packets)
	end)

	it("tells of a smaller MTU, too: without RELATED large segments vanish", function()
		server:serve("tcp", 80, ("x"):rep(20000))
		fw:sh "ip link set eth0 mtu 1280"
		assert.equal(20000, #client:connect("tcp", "10.2.0.80:80"):read_all(20000))
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(fw, hookwalk.read_file "kernel/fw.txt")
	end)
end)
