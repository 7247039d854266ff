-- error: down is true or false
local lab = hookwalk.lab { seed = 1 }
lab:host("a", { eth0 = { lab:switch "w", "10.0.0.1/8", down = { "2s", "4s" } } })
