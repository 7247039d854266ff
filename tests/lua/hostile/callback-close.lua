-- error: the lab is running
local lab = hookwalk.lab()
lab:at(1, function() lab:close() end)
lab:run(2)
