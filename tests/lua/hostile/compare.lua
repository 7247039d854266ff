-- timeout: comparing is not counted
local a, b = ("a"):rep(2e7) .. "x", ("a"):rep(2e7) .. "y"
while true do local x = a < b end
