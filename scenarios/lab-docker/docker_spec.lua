-- A Docker host: a published port, what INPUT has to say about it (nothing), and DOCKER-USER.
local lab, client, dockerd, web, db

before_each(function()
	lab = hookwalk.lab { dir = "." }
	client, dockerd, web, db = lab:get "client", lab:get "dockerd", lab:get "web", lab:get "db"
end)

after_each(function()
	lab:close()
end)

describe("the Docker host", function()
	it("publishes web's port 80 as its own 8080", function()
		web:serve("tcp", 80, "hello")
		local c = client:connect("tcp", "203.0.113.1:8080")
		assert.equal("hello", c:read())
		assert.packet(c.first):matched(dockerd, "nat", "DOCKER", 2):dnat_to "172.17.0.2:80":matched(dockerd, "filter", "DOCKER", 1):delivered_to(web)
	end)

	it("does not ask INPUT: a DROP there protects no published port", function()
		web:serve("tcp", 80, "hello")
		dockerd:iptables "-I INPUT -p tcp --dport 8080 -j DROP"
		local c = client:connect("tcp", "203.0.113.1:8080")
		assert.connection(c):reads "hello"
		assert.rule(dockerd, "filter", "INPUT", 1):never_matched()
	end)

	it("is to be closed in DOCKER-USER, by the port before translation", function()
		web:serve("tcp", 80, "hello")
		dockerd:iptables "-I DOCKER-USER -i eth0 -p tcp -m conntrack --ctorigdstport 8080 --ctdir ORIGINAL -j DROP"
		local c = client:connect("tcp", "203.0.113.1:8080")
		assert.packet(c.first):dropped_at(dockerd, "filter", "DOCKER-USER", 1)
	end)

	it("keeps what is not published to itself", function()
		db:serve("tcp", 5432, "pg")
		local c = client:connect("tcp", "203.0.113.1:5432")
		assert.packet(c.first):dropped_at(dockerd, "filter", "INPUT", "policy"):never_reached(db)
	end)

	it("lends containers its address on their way out", function()
		local server = client:serve("tcp", 80, "outside")
		assert.equal("outside", web:connect("tcp", "203.0.113.7:80"):read())
		assert.matches("^203%.0%.113%.1:", server.peers[1])
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(dockerd, hookwalk.read_file "kernel/dockerd.txt")
	end)
end)
