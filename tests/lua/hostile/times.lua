-- ok: times that are none are refused
local lab = hookwalk.lab()
for _, t in ipairs { -1, 1e300, 0 / 0, 1 / 0, "never", "-1s", {}, "1e9" } do
	assert(not pcall(lab.run, lab, t), tostring(t))
end
