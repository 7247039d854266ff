-- error: stopped: more than 10 million instructions
local co = coroutine.create(function()
	local x <close> = setmetatable({}, { __close = function() while true do end end })
	while true do end
end)
pcall(coroutine.resume, co)
coroutine.close(co)
