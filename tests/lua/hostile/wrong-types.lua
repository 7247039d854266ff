-- ok: every function of the library with wrong arguments: an error, nothing else
local lab = hookwalk.lab()
local lan = lab:switch "lan"
local host = lab:host("a", { eth0 = { lan, "10.0.0.1/24" } })
local server = host:serve("tcp", 80, "x")
local c = host:connect("tcp", "10.0.0.1:80")
local p = lab:send "a.eth0: tcp 10.0.0.9:1 > 10.0.0.1:80 S"
local cap = lab:capture(lan)
local objects = { lab, lan, host, server, c, p, cap, lab:clients(1, { from = host, to = "10.0.0.1:80" }), host:ping "10.0.0.1", hookwalk }
local wrong = { 0, -1, 1e300, "", "x", ("x"):rep(1000), true, {}, { {} }, print, lab.core, coroutine.create(print), lan, host }
for _, o in ipairs(objects) do
	for name, f in pairs(getmetatable(o) or o) do
		if type(f) == "function" and name ~= "close" and not name:match "^__" and name ~= "collect" and name ~= "coverage" then
			for _, a in ipairs(wrong) do
				pcall(f, o, a)
				pcall(f, o, a, a)
				pcall(f, a, a, a, a)
			end
			pcall(f)
			pcall(f, o)
		end
	end
end
