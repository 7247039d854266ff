-- error: callback-error.lua:5: inside
local lab = hookwalk.lab()
local h = lab:host("a", { eth0 = { lab:switch "s", "10.0.0.1/24" } })
h:serve("tcp", 80, function()
	error("inside")
end)
local c = h:connect("tcp", "10.0.0.1:80", { data = "x" })
lab:run(1)
