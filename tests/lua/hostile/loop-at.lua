-- error: endless loop
local lab = hookwalk.lab()
lab:at(1, function() while true do end end)
lab:run(2)
