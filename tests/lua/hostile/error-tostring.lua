-- error: deep
error(setmetatable({}, { __tostring = function() error("deep") end }))
