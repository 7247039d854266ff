-- Load shared by chance (0.33, 0.5, the rest), in turns, and by unequal weights.
local lab, inet, lb, www1, www2, www3

before_each(function()
	lab = hookwalk.lab { dir = "." }
	inet, lb, www1, www2, www3 = lab:get "inet", lab:get "lb", lab:get "www1", lab:get "www2", lab:get "www3"
end)

after_each(function()
	lab:close()
end)

local function serve()
	for _, w in ipairs { www1, www2, www3 } do
		w:serve("tcp", 80, w.name, { close = true })
	end
end

local function counts(first)
	local t = {}
	for i = 0, 2 do
		t["www" .. i + 1] = lb:rule("nat", "PREROUTING", first + i).packets
	end
	return t
end

describe("the balancer", function()
	it("shares by chance: 0.33, half of the rest, the rest", function()
		serve()
		local c = lab:clients(1000, { from = inet, to = "203.0.113.1:80", rate = "500/s" })
		c:wait()
		assert.equal(1000, c.finished)
		assert.shares(c.answers, { www1 = 0.33, www2 = 0.335, www3 = 0.335 }, { tolerance = 0.05 })
		assert.shares(counts(1), { www1 = 0.33, www2 = 0.335, www3 = 0.335 }, { chi_square = 0.001 })
	end)

	it("takes turns exactly", function()
		serve()
		local seen = {}
		for i = 1, 6 do
			seen[i] = inet:connect("tcp", "203.0.113.1:81"):read()
		end
		assert.same({ "www1", "www2", "www3", "www1", "www2", "www3" }, seen)
	end)

	it("shares 70 : 20 : 10: the second rule sees 30 of 100 and takes two thirds", function()
		serve()
		local c = lab:clients(2000, { from = inet, to = "203.0.113.1:82", rate = "1000/s", poisson = true })
		c:wait()
		assert.shares(c.answers, { www1 = 0.7, www2 = 0.2, www3 = 0.1 }, { tolerance = 0.03 })
	end)

	it("goes on with the server that a connection began with", function()
		serve()
		local c = inet:connect("tcp", "203.0.113.1:81")
		c:read()
		c:write "more"
		lab:run "1s"
		assert.rule(lb, "nat", "PREROUTING", 4):packets(1)
		assert.rule(lb, "nat", "PREROUTING", 5):never_matched()
	end)

	it("does and counts what Linux does and counts", function()
		assert.equal(hookwalk.read_file "kernel/results.txt", table.concat(lab:play(hookwalk.read_file "kernel.txt"), "\n") .. "\n")
		assert.counters(lb, hookwalk.read_file "kernel/lb.txt")
	end)
end)
