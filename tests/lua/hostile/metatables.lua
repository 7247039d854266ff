-- ok: the metatables of texts and labs are out of reach
local lab = hookwalk.lab()
assert(getmetatable(lab.core) == "lab" and getmetatable("") == "string")
assert(not pcall(setmetatable, lab.core, {}) and not pcall(setmetatable, "", {}))
