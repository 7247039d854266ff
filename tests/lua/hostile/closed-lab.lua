-- error: the lab was closed
local lab = hookwalk.lab()
local a = lab:host("a", { eth0 = { lab:switch "s", "10.0.0.1/24" } })
local c = a:connect("tcp", "10.0.0.1:80")
lab:close()
lab:close()
c:read()
