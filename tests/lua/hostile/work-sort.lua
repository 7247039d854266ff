-- error: stopped: more than 10 million instructions
table.sort(setmetatable({}, { __len = function() return 2147483646 end, __index = type, __newindex = type }))
