-- error: pattern too complex
("x"):rep(1000):match(("(.?)"):rep(31) .. ("x?"):rep(1000))
