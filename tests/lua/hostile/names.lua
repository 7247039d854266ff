-- ok: nothing of the machine is in reach
for _, name in ipairs { "io", "os", "debug", "package", "dofile", "loadfile", "collectgarbage", "loadstring" } do
	assert(_G[name] == nil, name)
end
assert(string.dump == nil)
assert(not pcall(require, "hookwalk.core"))
assert(not pcall(require, "io"))
