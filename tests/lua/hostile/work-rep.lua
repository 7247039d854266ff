-- error: stopped: more than 10 million instructions
while true do local s = ("a"):rep(1e7) end
