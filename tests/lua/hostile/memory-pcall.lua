-- error: MB of memory
local t = {}
local function more() for i = 1, 1e9 do t[#t + 1] = ("x"):rep(100000) .. i end end
for _ = 1, 5 do pcall(more) end
more()
