-- A service with three endpoints as kube-proxy writes it.
local lab, node, client, pod1, pod2, pod3

before_each(function()
	lab = hookwalk.lab { dir = "." }
	node, client, pod1, pod2, pod3 = lab:get "node", lab:get "client", lab:get "pod1", lab:get "pod2", lab:get "pod3"
end)

after_each(function()
	lab:close()
end)

local function serve()
	for _, p in ipairs { pod1, pod2, pod3 } do
		p:serve("tcp", 8080, p.name)
	end
end

describe("the service 10.96.0.10:80", function()
	it("is shared evenly: a third, half of the rest, the rest", function()
		serve()
		local c = lab:clients(900, { from = client, to = "10.96.0.10:80", rate = "500/s" })
		c:wait()
		assert.equal(900, c.finished)
		assert.shares(c.answers, { pod1 = 1, pod2 = 1, pod3 = 1 }, { tolerance = 0.05 })
		assert.shares({ pod1 = node:rule("nat", "KUBE-SVC-WEB", 2).packets, pod2 = node:rule("nat", "KUBE-SVC-WEB", 3).packets,
			pod3 = node:rule("nat", "KUBE-SVC-WEB", 4).packets }, { pod1 = 1, pod2 = 1, pod3 = 1 }, { chi_square = 0.001 })
	end)

	it("answers with its own address", function()
		serve()
		local c = client:connect("tcp", "10.96.0.10:80")
		assert.matches("^pod", c:read())
		assert.packet(c.first):matched(node, "nat", "KUBE-SERVICES", 1)
		assert.equal("10.96.0.10:80", c.peer)
	end)

	it("masquerades a pod that reaches itself by way of the service", function()
		serve()
		local hairpins = 0
		for _ = 1, 12 do
			local c = pod1:connect("tcp", "10.96.0.10:80")
			local who = c:read()
			assert.matches("^pod", who)
			if who == "pod1" then
				hairpins = hairpins + 1
				assert.packet(c.first):matched(node, "nat", "KUBE-SEP-1", 1):changed("mark", "0x4000")
			end
			c:close()
		end
		assert.is_true(hairpins > 0)
		assert.rule(node, "nat", "KUBE-POSTROUTING", 3):packets(hairpins)
	end)

	it("marks what comes from outside the cluster for masquerading, and nothing else", function()
		serve()
		client:connect("tcp", "10.96.0.10:80"):read()
		assert.rule(node, "nat", "KUBE-SVC-WEB", 1):never_matched()
		assert.rule(node, "nat", "KUBE-POSTROUTING", 1):at_least(1)
	end)

	it("counts as Linux does, but for the dice", function()
		lab:play(hookwalk.read_file "kernel.txt")
		-- whether a FIN is acknowledged by itself hangs on how fast the real program wakes up
		local but = { ["filter FORWARD 1"] = 30, ["filter KUBE-FORWARD 2"] = 30 }
		for i = 1, 3 do
			but["nat KUBE-SVC-WEB " .. i + 1] = 12
			but["nat KUBE-SEP-" .. i .. " 2"] = 12
		end
		assert.counters(node, hookwalk.read_file "kernel/node.txt", { but = but })
	end)
end)
