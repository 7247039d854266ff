-- error: stopped: more than 10 million instructions
local function nest() return coroutine.wrap(function() return nest()() end) end
assert(not pcall(nest()))
local n = 0
while true do coroutine.wrap(function() n = n + 1 end)() end
