-- SPDX-License-Identifier: MIT
-- util.lua - times, addresses, ordered loops, JSON out: what the other files of the library share.
local util = {}

local rawnext, type, tostring = next, type, tostring

local function before(a, b)
	local ta, tb = type(a), type(b)
	if ta ~= tb then
		return ta < tb
	end
	if ta == "number" or ta == "string" then
		return a < b
	end
	return false
end

--- A loop over a table in the order of its keys, so that the same script does the same each time.
function util.sorted_pairs(t)
	local meta = getmetatable(t)
	if type(meta) == "table" and meta.__pairs then
		return meta.__pairs(t)
	end
	local keys, rest = {}, {}
	for k in rawnext, t do
		local kind = type(k)
		if kind == "number" or kind == "string" then
			keys[#keys + 1] = k
		else
			rest[#rest + 1] = k
		end
	end
	table.sort(keys, before)
	table.move(rest, 1, #rest, #keys + 1, keys)
	local i = 0
	return function(_, _)
		while true do
			i = i + 1
			local k = keys[i]
			if k == nil then
				return nil
			end
			local v = t[k]
			if v ~= nil then
				return k, v
			end
		end
	end, t, nil
end

local units = { ns = 1e-9, us = 1e-6, ms = 1e-3, s = 1, m = 60, min = 60, h = 3600, [""] = 1 }

--- "10s", "1.5ms", 3: in seconds.
function util.seconds(t, what)
	if type(t) == "number" then
		return t
	end
	local n, unit = tostring(t):match("^%s*(%d+%.?%d*)%s*(%a*)%s*$")
	if not n or not units[unit] then
		error(("%s: a time is wanted, as in \"10s\", \"200ms\" or 1.5, not %q"):format(what or "time", tostring(t)), 0)
	end
	return tonumber(n) * units[unit]
end

--- "100/s", "6/minute", 50: per second.
function util.rate(r)
	if type(r) == "number" then
		return r
	end
	local n, unit = tostring(r):match("^%s*(%d+%.?%d*)%s*/%s*(%a+)%s*$")
	local per = unit and ({ s = 1, sec = 1, second = 1, m = 60, min = 60, minute = 60, h = 3600, hour = 3600 })[unit]
	if not per then
		error(("rate: as in \"100/s\", \"6/min\" or 50 (per second), not %q"):format(tostring(r)), 0)
	end
	return tonumber(n) / per
end

--- "10.0.0.1:80" as address and port.
function util.endpoint(s, what)
	local a, p = tostring(s):match("^(%d+%.%d+%.%d+%.%d+):(%d+)$")
	if not a then
		a, p = tostring(s):match("^%[([%x:.]+)%]:(%d+)$")
	end
	if not a then
		error(("%s: an address with a port is wanted, as in \"10.0.0.1:80\" or \"[2001:db8::1]:80\", not %q"):format(what or "to", tostring(s)), 0)
	end
	return a, math.tointeger(tonumber(p))
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function json_string(s)
	s = tostring(s)
	if not utf8.len(s) then
		s = s:gsub("[\128-\255]", "?")
	end
	return '"' .. s:gsub('[%c"\\]', function(c)
		return escapes[c] or ("\\u%04x"):format(c:byte())
	end) .. '"'
end

--- A value as JSON: tables with a first element are arrays.
function util.json(v)
	local kind = type(v)
	if kind == "table" then
		local parts = {}
		if v[1] ~= nil or v.is_array then
			for i = 1, #v do
				parts[i] = util.json(v[i])
			end
			return "[" .. table.concat(parts, ",") .. "]"
		end
		for k, x in util.sorted_pairs(v) do
			parts[#parts + 1] = json_string(k) .. ":" .. util.json(x)
		end
		return "{" .. table.concat(parts, ",") .. "}"
	elseif kind == "number" then
		return math.type(v) == "integer" and tostring(v) or ("%.9g"):format(v)
	elseif kind == "boolean" then
		return tostring(v)
	elseif kind == "nil" then
		return "null"
	end
	return json_string(v)
end

--- A value as Lua would write it, tables with their keys in order.
function util.show(v, depth, seen)
	local kind = type(v)
	depth, seen = depth or 0, seen or {}
	if kind == "string" then
		return (("%q"):format(v):gsub("\\\n", "\\n"))
	elseif kind ~= "table" then
		return tostring(v)
	end
	local meta = getmetatable(v)
	if type(meta) == "table" and meta.__tostring then
		return tostring(v)
	end
	if seen[v] then
		return "(again)"
	elseif depth > 6 then
		return "{...}"
	end
	seen[v] = true
	local parts, n = {}, #v
	for i = 1, n do
		parts[#parts + 1] = util.show(v[i], depth + 1, seen)
	end
	for k, x in util.sorted_pairs(v) do
		if not (math.type(k) == "integer" and k >= 1 and k <= n) then
			local key = type(k) == "string" and k:match("^[%a_][%w_]*$") or "[" .. util.show(k, depth + 1, seen) .. "]"
			parts[#parts + 1] = key .. " = " .. util.show(x, depth + 1, seen)
		end
	end
	seen[v] = nil
	return "{ " .. table.concat(parts, ", ") .. (#parts > 0 and " }" or "}")
end

--- Equal in all depth.
function util.same(a, b, seen)
	if a == b then
		return true
	end
	if type(a) ~= "table" or type(b) ~= "table" then
		return a ~= a and b ~= b
	end
	seen = seen or {}
	if seen[a] == b then
		return true
	end
	seen[a] = b
	for k, v in rawnext, a do
		if not util.same(v, b[k], seen) then
			return false
		end
	end
	for k in rawnext, b do
		if a[k] == nil then
			return false
		end
	end
	return true
end

return util
