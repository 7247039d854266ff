-- error: MB of memory
local function more(s) return more(s .. s) end
for _ = 1, 2 do assert(not pcall(more, "0123456789")) end
more "0123456789"
