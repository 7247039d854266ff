-- error: never comes to rest
local lab = hookwalk.lab()
local s = lab:switch "s"
local a, b = lab:host("a", { eth0 = { s, "10.0.0.1/24" } }), lab:host("b", { eth0 = { s, "10.0.0.2/24" } })
a:serve("udp", 7, "echo")
b:serve("udp", 7, "echo")
lab:send "a.out: udp 10.0.0.1:7 > 10.0.0.2:7 data=\"x\""
