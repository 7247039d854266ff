-- error: stopped: more than 10 million instructions
for _ in ("x"):rep(1e5):gmatch("%f[%w].-.-.-y") do end
