-- error: MB of memory
local s = string.rep("x", 1 << 28)
