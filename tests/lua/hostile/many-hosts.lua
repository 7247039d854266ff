-- error: more than 1000 hosts
local lab = hookwalk.lab { keep = 0 }
for i = 1, 2000 do lab:host("h" .. i, {}) end
