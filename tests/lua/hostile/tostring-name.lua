-- error: '__tostring' must return a string
local t = setmetatable({}, { __name = ("x"):rep(1e6), __tostring = function() return {} end })
assert(not pcall(tostring, t) and not pcall(string.format, "%s", t) and not pcall(print, t))
error(t)
