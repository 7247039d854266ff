-- error: stopped: more than 10 million instructions
local s = ("a"):rep(1e5):find(("a*"):rep(30) .. "b")
