-- error: cannot wait or run it
local lab = hookwalk.lab()
lab:at(1, function() lab:run(1) end)
lab:run(2)
