-- timeout: patterns are not counted in instructions
(("a"):rep(60000)):find((".-"):rep(30) .. "b")
