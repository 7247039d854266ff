-- error: outside the lab's folder
local lab = hookwalk.lab()
local h = lab:host("a", { eth0 = lab:switch "s" })
lab:replay { host = h, iface = "eth0", file = "../../../scenarios/router/eth0.pcap" }
