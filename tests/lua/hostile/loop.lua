-- error: endless loop
while true do end
