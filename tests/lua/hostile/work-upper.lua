-- error: stopped: more than 10 million instructions
local s = ("a"):rep(1e7)
while true do pcall(string.byte, s:upper(), -1) end
