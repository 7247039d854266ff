-- SPDX-License-Identifier: MIT
-- find, match, gmatch and gsub are hookwalk's own (lua/bind/pattern.c): what Lua 5.4's manual says of them, row by row.
local function show(...)
	local t = table.pack(...)
	for i = 1, t.n do
		t[i] = tostring(t[i])
	end
	return table.concat(t, "|")
end

local matches = {
	{ "hello world", "o w", "o w" }, { "hello", "l+", "ll" }, { "hello", "^l", "nil" }, { "hello", "(h)(.)", "h|e" }, { "hello", "()ll()", "3|5" },
	{ "  x y ", "^%s*(.-)%s*$", "x y" }, { "key = value", "^(%w+)%s*=%s*(%w+)$", "key|value" }, { "f(a(b)c)d", "%b()", "(a(b)c)" },
	{ "THE (quick) fox", "%f[%a]%a+%f[%A]", "THE" }, { "x]y", "[]]", "]" }, { "x^y", "[%^x]+", "x^" }, { "a-b", "[a%-]+", "a-" }, { "0x1F", "%x+$", "1F" },
	{ "abc", "[^a-b]", "c" }, { "aXb", "%u", "X" }, { "a.b", "%.", "." }, { '"say" and "no"', '(["\'])(.-)%1', '"|say' }, { "", "", "" },
	{ "", ".", "nil" }, { "aaa", "a-", "" }, { "aaab", "a-b", "aaab" }, { "ab", "a?b?c?", "ab" }, { "a\0b", "%z", "\0" }, { "a\0b", "[%z]", "\0" }, { "a\0b", "a.b", "a\0b" },
	{ "a$", "a$", "nil" }, { "a$", "a%$", "a$" }, { "a$b", "$b", "$b" }, { "\xe4", "%a", "nil" }, { "[x]", "%[(.)%]", "x" }, { "a-z", "[a-]+", "a-" },
	{ "5.4", "(%d+)%.(%d+)", "5|4" }, { "ab12", "%D+", "ab" }, { "tab\t", "%c", "\t" }, { "a b", "%S+", "a" },
}
local finds = {
	{ { "hello", "l" }, "3|3" }, { { "hello", "xyz" }, "nil" }, { { "hello", "" }, "1|0" }, { { "hello", "", 6 }, "6|5" }, { { "hello", "", 7 }, "nil" },
	{ { "hello", "l", -2 }, "4|4" }, { { "hello", "l", -99 }, "3|3" }, { { "a.b", ".", 1, true }, "2|2" }, { { "a+b", "+", 1, true }, "2|2" }, { { "hello", "(l)(l)" }, "3|4|l|l" },
	{ { "a\0b", "\0" }, "2|2" }, { { "hello", "^h" }, "1|1" }, { { "hello", "^l", 3 }, "3|3" }, { { "x", "[[]" }, "nil" }, { { "aXX", "XX", 0 }, "2|3" },
}
local subs = {
	{ { "hello", "l", "L" }, "heLLo|2" }, { { "hello", "l", "L", 1 }, "heLlo|1" }, { { "hello", "", "-" }, "-h-e-l-l-o-|6" }, { { "hello", "x*", "-" }, "-h-e-l-l-o-|6" },
	{ { "abc", "%w", "%0%0" }, "aabbcc|3" }, { { "hello world", "(%w+) (%w+)", "%2 %1" }, "world hello|1" }, { { "abc", "b", "%%" }, "a%c|1" },
	{ { "$a $b", "%$(%w+)", { a = "1", b = false } }, "1 $b|2" }, { { "abc", "%w", function(c) return c == "b" and 7 end }, "a7c|3" }, { { "abc", "^a", "x" }, "xbc|1" },
	{ { "aaa", "^a", "x" }, "xaa|1" }, { { "abc", "()", "%1" }, "1a2b3c4|4" }, { { "abc", "b", "x", 0 }, "abc|0" }, { { "a b", "b*", "x" }, "xax x|3" }, { { "x", "x", 5 }, "5|1" },
}
local errors = {
	{ "match", { "a", "%" }, "ends with '%%'" }, { "match", { "a", "[a" }, "missing ']'" }, { "match", { "a", "[%" }, "missing ']'" }, { "match", { "a", "(a" }, "unfinished capture" },
	{ "match", { "a", "a)" }, "invalid pattern capture" }, { "match", { "a", "%1" }, "invalid capture index" }, { "match", { "a", "%b(" }, "arguments to '%%b'" },
	{ "match", { "a", "%f" }, "missing '%[' after '%%f'" }, { "gsub", { "a", "a", "%2" }, "invalid capture index" }, { "gsub", { "a", "a", "%x" }, "invalid use of '%%'" },
	{ "gsub", { "a", "a", {}, "x" }, "number expected" }, { "gsub", { "a", "a" }, "string/function/table expected" }, { "gsub", { "a", "a", function() return {} end }, "invalid replacement value" },
	{ "match", { "a", ("()"):rep(33) }, "too many captures" }, { "find", { "a" }, "bad argument #2" }, { "match", { {}, "a" }, "bad argument #1" },
}

describe("patterns", function()
	it("match", function()
		for _, r in ipairs(matches) do
			assert.equal(r[3], show(r[1]:match(r[2])), r[2])
		end
	end)
	it("are found", function()
		for _, r in ipairs(finds) do
			assert.equal(r[2], show(string.find(table.unpack(r[1]))), r[1][2])
		end
	end)
	it("are replaced", function()
		for _, r in ipairs(subs) do
			assert.equal(r[2], show(string.gsub(table.unpack(r[1]))), r[1][2])
		end
	end)
	it("come one after the other", function()
		local function all(s, p, from)
			local t = {}
			for a, b in s:gmatch(p, from) do
				t[#t + 1] = b and a .. "=" .. b or a
			end
			return table.concat(t, ",")
		end
		assert.equal("one,two,three", all("one two three", "%a+"))
		assert.equal("a=1,b=2", all("a=1, b=2", "(%w+)=(%w+)"))
		assert.equal(",,,", all("abc", ""))
		assert.equal("a,", all("ab", "a*"))
		assert.equal("two,three", all("one two three", "%a+", 4))
		assert.equal("1,2,3,4", all("abc", "()"))
		assert.equal("", all("abc", "^b"))
	end)
	it("that are wrong are told", function()
		for _, r in ipairs(errors) do
			assert.error_matches(function() string[r[1]](table.unpack(r[2])) end, r[3])
		end
	end)
end)
