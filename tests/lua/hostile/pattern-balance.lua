-- error: stopped: more than 10 million instructions
local s = ("("):rep(2e5)
for i = 1, 2e5 do s:match("%b()", i) end
