-- SPDX-License-Identifier: MIT
-- spec.lua - describe, it and their kin: a file builds a tree, run() goes through it and tells each result.
local core = require "hookwalk.core"
local util = require "util"

local spec = {}
local Failure = require("assert").Failure
local hookwalk

local function block_new(name, parent)
	return { name = name, parent = parent, children = {}, before_each = {}, after_each = {}, setup = {}, teardown = {}, tags = {} }
end

local root = block_new("", nil)
local current, finals = root, nil

--- "#net" words of a name are its tags.
local function tags_of(name, parent)
	local tags = {}
	for k in pairs(parent.tags) do
		tags[k] = true
	end
	for tag in name:gmatch("#([%w_-]+)") do
		tags[tag] = true
	end
	return tags
end

local function need(name, f, word)
	if type(name) ~= "string" or type(f) ~= "function" then
		error(word .. ": a name and a function are wanted", 3)
	end
end

local function describe(name, f)
	need(name, f, "describe")
	local block = block_new(name, current)
	block.tags = tags_of(name, current)
	current.children[#current.children + 1] = block
	local outer = current
	current = block
	f()
	current = outer
end

local function add_case(name, f, word)
	local file, line = core.where()
	local case = { name = name, f = f, parent = current, tags = tags_of(name, current), file = file, line = line, pending = word }
	current.children[#current.children + 1] = case
end

local function it(name, f)
	need(name, f, "it")
	add_case(name, f)
end

--- pending("why") in a test ends it; pending("name", f) stands for a test to come.
local Pending = {}
local function pending(name, f)
	if spec.running then
		error(setmetatable({ message = name or "pending" }, Pending), 0)
	end
	add_case(name, f or function() end, "pending")
end

local function adder(key)
	return function(f)
		if type(f) ~= "function" then
			error(key .. ": a function is wanted", 2)
		end
		table.insert(current[key], f)
	end
end

local function finally(f)
	if not finals then
		error("finally: only inside of it()", 2)
	end
	finals[#finals + 1] = f
end

-- ---- running

local opt = {}

local function full_name(node)
	local parts = {}
	while node and node.name ~= "" do
		table.insert(parts, 1, node.name)
		node = node.parent
	end
	return table.concat(parts, " ")
end

local function wanted(case)
	if opt.filter and not full_name(case):find(opt.filter) then
		return false
	end
	if opt.tags then
		for tag in opt.tags:gmatch("[^,]+") do
			if tag:sub(1, 1) == "!" and case.tags[tag:sub(2)] then
				return false
			elseif tag:sub(1, 1) ~= "!" then
				if case.tags[tag] then
					return true
				end
			end
		end
		return not opt.tags:find("^[^!]") and not opt.tags:find(",[^!]")
	end
	return true
end

local function any_wanted(node)
	if node.f then
		return wanted(node)
	end
	for _, c in ipairs(node.children) do
		if any_wanted(c) then
			return true
		end
	end
	return false
end

local function message_of(e)
	if type(e) == "table" and (getmetatable(e) == Failure or getmetatable(e) == Pending) then
		return e
	end
	local text = type(e) == "string" and e or "error: " .. util.show(e)
	local file, line = text:match("^([%w_./-]+):(%d+): ")
	return { message = text, file = file, line = line and math.tointeger(tonumber(line)) }
end

local function tell(case, status, e)
	local tags = { is_array = true }
	for tag in pairs(case.tags) do
		tags[#tags + 1] = tag
	end
	tags.is_array = nil
	core.result(util.json {
		type = "case", name = full_name(case), file = case.file, line = case.line, status = status, message = e and e.message,
		at_file = e and e.file, at_line = e and e.line, rule_file = e and e.rule_file, rule_line = e and e.rule_line, tags = #tags > 0 and tags or nil,
	})
	spec.failed = spec.failed or status == "failed" or status == "error"
end

--- Hooks of the blocks around, outermost first.
local function chain(node, key)
	local list = {}
	while node do
		for i = #node[key], 1, -1 do
			table.insert(list, 1, node[key][i])
		end
		node = node.parent
	end
	return list
end

--- Those of after_each, innermost first.
local function chain_out(node, key)
	local list = {}
	while node do
		for _, f in ipairs(node[key]) do
			list[#list + 1] = f
		end
		node = node.parent
	end
	return list
end

local function try(f, first)
	local ok, e = pcall(f)
	if ok then
		return first
	end
	return first or { e = e, failed = type(e) == "table" and getmetatable(e) == Failure, pending = type(e) == "table" and getmetatable(e) == Pending }
end

local function run_case(case)
	local bad
	if not wanted(case) then
		return
	end
	if opt.list or case.pending then
		tell(case, opt.list and "listed" or "pending")
		return
	end
	core.budget()
	core.result(util.json { type = "start", name = full_name(case), file = case.file, line = case.line })
	spec.running, finals = case, {}
	for _, f in ipairs(chain(case.parent, "before_each")) do
		bad = bad or try(f, bad)
	end
	if not bad then
		bad = try(case.f, bad)
	end
	for i = #finals, 1, -1 do
		bad = try(finals[i], bad)
	end
	for _, f in ipairs(chain_out(case.parent, "after_each")) do
		bad = try(f, bad)
	end
	spec.running, finals = nil, nil
	if not bad then
		tell(case, "passed")
	elseif bad.pending then
		tell(case, "pending", bad.e)
	else
		tell(case, bad.failed and "failed" or "error", message_of(bad.e))
	end
end

local function stop()
	return opt.fail_fast and spec.failed
end

local run_block

local function run_children(block)
	for _, c in ipairs(block.children) do
		if stop() then
			return
		end
		if c.f then
			run_case(c)
		else
			run_block(c)
		end
	end
end

local function fail_all(block, bad)
	for _, c in ipairs(block.children) do
		if not c.f then
			fail_all(c, bad)
		elseif wanted(c) then
			tell(c, "error", message_of(bad.e))
		end
	end
end

function run_block(block)
	local bad
	if not any_wanted(block) then
		return
	end
	if not opt.list then
		for _, f in ipairs(block.setup) do
			core.budget()
			bad = bad or try(f, bad)
		end
	end
	if bad then
		fail_all(block, bad)
	else
		run_children(block)
	end
	if not opt.list then
		for _, f in ipairs(block.teardown) do
			core.budget()
			bad = try(f, nil)
			if bad then
				tell({ name = "teardown", parent = block, tags = {}, file = nil }, "error", message_of(bad.e))
			end
		end
	end
end

--- Options are lines "key=value".
local function read_options(text)
	for k, v in text:gmatch("([%w_]+)=([^\n]*)") do
		opt[k] = v
	end
end

local function tell_coverage()
	for _, c in ipairs(hookwalk.coverage()) do
		c.type, c.rank = "rule", nil
		core.result(util.json(c))
	end
end

--- Once: each test gets a portion of instructions.
function spec.run(text)
	if spec.began then
		error("spec.run: once", 2)
	end
	spec.began = true
	read_options(text)
	run_block(root)
	if not opt.list then
		tell_coverage()
	end
end

function spec.has_cases()
	return #root.children > 0
end

function spec.setup(hw)
	hookwalk = hw
	for _, name in ipairs { "describe", "context", "insulate", "expose" } do
		_G[name] = describe
	end
	for _, name in ipairs { "it", "spec", "test" } do
		_G[name] = it
	end
	for _, key in ipairs { "before_each", "after_each", "setup", "teardown" } do
		_G[key] = adder(key)
	end
	strict_setup, lazy_setup, strict_teardown, lazy_teardown = setup, setup, teardown, teardown
	_G.pending, _G.finally = pending, finally
end

return spec
