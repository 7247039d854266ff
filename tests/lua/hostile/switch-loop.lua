-- error: never comes to rest
local lab = hookwalk.lab()
local s, t = lab:switch "s", lab:switch "t"
lab:join(s, t)
lab:join(s, t)
local a = lab:host("a", { eth0 = { s, "10.0.0.1/24" } })
a:ping("10.0.0.9")
