-- error: stopped: more than 10 million instructions
pcall(string.gsub, ("a"):rep(1e5), ("a?"):rep(30) .. ("a"):rep(30) .. "b", "x")
