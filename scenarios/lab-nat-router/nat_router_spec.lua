-- A router in front of containers that have no route back: source NAT makes them answer to the router.
local lab, client, docker, container

before_each(function()
	lab = hookwalk.lab { dir = "." }
	client, docker, container = lab:get "client", lab:get "docker", lab:get "container"
end)

after_each(function()
	lab:close()
end)

describe("the NAT router", function()
	it("lends the client its own address", function()
		local server = container:serve("tcp", 80, "hello")
		local c = client:connect("tcp", "172.17.0.2:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(docker, "nat", "POSTROUTING", 1):snat_to "172.17.0.1"
		assert.matches("^172%.17%.0%.1:", server.peers[1])
		assert.conntrack(docker, { proto = "tcp", src = "192.168.1.20", reply_dst = "172.17.0.1" }):count(1)
	end)

	it("asks the nat table for the first packet of a connection only", function()
		container:serve("tcp", 80, "hello")
		for _ = 1, 3 do
			client:connect("tcp", "172.17.0.2:80"):read()
		end
		assert.rule(docker, "nat", "POSTROUTING", 1):packets(3)
		assert.rule(docker, "filter", "FORWARD", 1):at_least(6)
	end)

	it("is needed: without it the container has no way back", function()
		container:serve("tcp", 80, "hello")
		docker:iptables "-t nat -F"
		local c = client:connect("tcp", "172.17.0.2:80")
		assert.packet(c.first):delivered_to(container)
		assert.connection(c):timed_out()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(docker, hookwalk.read_file "kernel/docker.txt")
	end)
end)
