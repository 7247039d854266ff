-- error: stopped: more than 10 million instructions
(("a"):rep(60000)):find((".-"):rep(30) .. "b")
