-- A port of the host is a port of a container: for others by PREROUTING, for the host itself by OUTPUT.
local lab, client, docker, container

before_each(function()
	lab = hookwalk.lab { dir = "." }
	client, docker, container = lab:get "client", lab:get "docker", lab:get "container"
end)

after_each(function()
	lab:close()
end)

describe("the port forwarder", function()
	it("sends port 80 to the container's 8080", function()
		container:serve("tcp", 8080, "hello")
		local c = client:connect("tcp", "192.168.1.10:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(docker, "nat", "PREROUTING", 1):dnat_to "172.17.0.2:8080":delivered_to(container)
	end)

	it("does it for the host's own 127.0.0.1 in OUTPUT", function()
		container:serve("tcp", 8080, "hello")
		local c = docker:connect("tcp", "127.0.0.1:80")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(docker, "nat", "OUTPUT", 1):dnat_to "172.17.0.2:8080"
	end)

	it("needs the masquerading for that: 127.0.0.1 is no address to answer to", function()
		docker:iptables "-t nat -D POSTROUTING 1"
		local c = docker:connect("tcp", "127.0.0.1:80")
		lab:run "4s"		-- it even asks for the container's link address as 127.0.0.1, and nobody answers that
		assert.packet(c.first):dropped_at(docker, "NEIGH_FAILED"):never_reached(container)
	end)

	it("does not see the host's own connections to its lan address", function()
		container:serve("tcp", 8080, "hello")
		local c = docker:connect("tcp", "192.168.1.10:80")
		assert.packet(c.first):not_matched(docker, "nat", "PREROUTING", 1)
		assert.connection(c):refused()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(docker, hookwalk.read_file "kernel/docker.txt")
	end)
end)
