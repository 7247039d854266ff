-- error: stopped: more than 10 million instructions
local t = table.move({ 1 }, 1, 1, 5e5)
for i = 1, 5e5 do t[i] = i end
while true do table.insert(t, 1, 0) table.remove(t, 1) end
