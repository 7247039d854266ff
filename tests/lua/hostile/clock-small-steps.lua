-- error: stopped: more than 10 million instructions
local lab = hookwalk.lab()
local lan = lab:switch "lan"
local a = lab:host("a", { eth0 = { lan, "10.0.0.1/24", delay = "1ms" } })
local b = lab:host("b", { eth0 = { lan, "10.0.0.2/24" } })
a:serve("udp", 7, "echo")
b:serve("udp", 7, "echo")
lab:send("a.out: udp 10.0.0.1:7 > 10.0.0.2:7 data=x")
lab:run(1e9)
