local util = require "util"
describe("util", function()
	it("reads times", function()
		for text, want in pairs { ["10s"] = 10, ["1.5"] = 1.5, ["200ms"] = 0.2, ["2m"] = 120, ["1h"] = 3600, ["5us"] = 5e-6 } do
			assert.near(want, util.seconds(text), 1e-12)
		end
		assert.equal(3, util.seconds(3))
		assert.error_matches(function() util.seconds("soon") end, "a time is wanted")
	end)
	it("reads rates", function()
		assert.equal(100, util.rate "100/s")
		assert.near(0.1, util.rate "6/min", 1e-12)
		assert.error_matches(function() util.rate "1/year" end, "rate")
	end)
	it("loops in order", function()
		local keys = {}
		for k in util.sorted_pairs { z = 1, a = 2, [3] = 3, [1] = 4 } do
			keys[#keys + 1] = tostring(k)
		end
		assert.equal("1 3 a z", table.concat(keys, " "))
	end)
	it("writes JSON", function()
		assert.equal('{"a":[1,2.5,"x\\n\\"\\u0001"],"b":true}', util.json { b = true, a = { 1, 2.5, 'x\n"\1' } })
		assert.equal('"caf?? "', util.json("caf\xff\xfe "))
	end)
	it("shows and compares tables", function()
		local t = { 1, { x = "y" } }
		t.self = t
		assert.equal('{ 1, { x = "y" }, self = (again) }', util.show(t))
		assert.is_true(util.same({ 1, { a = 2 } }, { 1, { a = 2 } }))
		assert.is_false(util.same({ 1 }, { 1, 2 }))
	end)
end)
