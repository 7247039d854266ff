-- SPDX-License-Identifier: MIT
-- Labs speak both families: endpoints, many clients, packets, expectations, captures, replays.
local rules4 = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n" ..
	"-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n-A FORWARD -p tcp --dport 80 -j ACCEPT\n-A FORWARD -p udp --dport 53:54 -j ACCEPT\n" ..
	"-A FORWARD -p icmp -j ACCEPT\n-A FORWARD -p tcp --dport 22 -j REJECT --reject-with tcp-reset\nCOMMIT\n"
local rules6 = "*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n" ..
	"-A PREROUTING -i eth0 -p tcp --dport 8080 -j DNAT --to-destination [2001:db8:1::10]:80\n-A POSTROUTING -o eth0 -s 2001:db8:1::10 -j SNAT --to-source 2001:db8::99\nCOMMIT\n" ..
	(rules4:gsub("-p icmp", "-p icmpv6"):gsub("COMMIT", "-A FORWARD -p tcp --dport 23 -j REJECT --reject-with icmp6-adm-prohibited\n" ..
	"-A FORWARD -p udp --dport 9 -m limit --limit 1/min --limit-burst 3 -j ACCEPT\n-A FORWARD -p udp --dport 10 -j LOG --log-prefix six:\nCOMMIT"))

describe("a lab of both families", function()
	local lab, lan, wan, fw, www, you, inet

	before_each(function()
		lab = hookwalk.lab { seed = 1 }
		lan, wan = lab:switch "lan", lab:switch "wan"
		fw = lab:host("fw", { eth0 = { wan, "203.0.113.1/24", "2001:db8::1/64", "2001:db8::99/64" }, eth1 = { lan, "192.168.1.1/24", "2001:db8:1::1/64" }, rules = rules4,
			rules_v6 = rules6, forward = true, gateway = { "203.0.113.254", "2001:db8::fe" } })
		www = lab:host("www", { eth0 = { lan, "192.168.1.10/24", "2001:db8:1::10/64" }, gateway = { "192.168.1.1", "2001:db8:1::1" } })
		you = lab:host("you", { eth0 = { wan, "203.0.113.7/24", "2001:db8::7/64" }, routes = { "192.168.1.0/24 via 203.0.113.1", "2001:db8:1::/64 via 2001:db8::1" } })
	end)

	it("serves both from one call", function()
		local s, u = www:serve("tcp", 80, "hello"), www:serve("udp", 53, function(d, from) return d .. " from " .. from end)
		for _, a in ipairs { "192.168.1.10", "[2001:db8:1::10]" } do
			local c = you:connect("tcp", a .. ":80")
			assert.connection(c):established():reads "hello":answered_by(www)
			assert.packet(c.first):matched(fw, "filter", "FORWARD", 2):delivered_to(www):forwarded_by(fw):left_by(fw, "eth1"):state(fw, "NEW"):not_dropped()
			local q = you:connect("udp", a .. ":53", { data = "q", sport = 5000 })
			assert.equal("q from " .. (a:find("%[") and "[2001:db8::7]:5000" or "203.0.113.7:5000"), q:read())
		end
		assert.same({ 2, 2 }, { s.connections, u.datagrams })
		assert.rule(fw, "filter", "FORWARD", 2, "ipv6"):packets(1):matched()
		assert.rule(fw, "filter", "FORWARD", nil, "ipv6"):packets(0)
		assert.conntrack(fw, { family = "ipv6", proto = "tcp", state = "ESTABLISHED", dst = "2001:db8:1::10" }):count(1)
		assert.nothing_else(lab)
		local six = www:serve("udp", 54, "echo", { address = "2001:db8:1::10" })
		assert.equal("x", you:connect("udp", "[2001:db8:1::10]:54", { data = "x", from = "2001:db8::7" }):read())
		assert.same({ "[2001:db8::7]:" }, { (six.peers[1]:gsub("%d+$", "")) })
		assert.error_matches(function() you:connect("tcp", "192.168.1.10:80", { from = "2001:db8::7" }) end, "other family")
	end)

	it("pings", function()
		local p = you:ping("2001:db8:1::10", { count = 3, interval = "10ms" })
		assert.ping(p):answered(3)
		assert.packet(p.first):matched(fw, "filter", "FORWARD", 4)
		assert.equal(3, #p.received)
		assert.ping(you:ping("2001:db8:1::10", { ttl = 1 })):fails_with "ttl exceeded"
		assert.ping(you:ping("2001:db8:1::77", { timeout = 6 })):unanswered()
		assert.ping(you:ping "2001:db8:9::1"):fails_with "unreachable"
		assert.ping(you:ping "2001:db8::7"):answered(1)
		fw:ip6tables "-I FORWARD -p icmpv6 -j REJECT"
		assert.ping(you:ping "2001:db8:1::10"):fails_with "refused"
		local ll
		for _, a in ipairs(fw:addresses()[2]) do ll = a:match "^(fe80.*)/" or ll end
		assert.ping(you:ping(ll .. "%eth0")):answered(1)
		assert.ping(you:ping(ll)):unanswered()
		assert.error_matches(function() you:ping "fe80::1%eth7" end, "no device")
		assert.ping(you:ping("2001:db8::1", { size = 3000 })):answered(1)
	end)

	it("is told what was refused and rewritten", function()
		assert.connection(you:connect("tcp", "[2001:db8:1::10]:22")):refused()
		local c = you:connect("tcp", "[2001:db8:1::10]:23")
		assert.connection(c):unreachable()
		assert.packet(c.first):rejected_with("icmp6-adm-prohibited", fw):dropped_at(fw, "filter", "FORWARD", 6)
		assert.packet(you:connect("tcp", "[2001:db8:1::10]:22").first):rejected_with "tcp-reset"
		www:serve("tcp", 80, "hello")
		local d = you:connect("tcp", "[2001:db8::1]:8080")
		assert.connection(d):reads "hello"
		assert.packet(d.first):matched(fw, "nat", "PREROUTING", 1):dnat_to "[2001:db8:1::10]:80":dnat_to "2001:db8:1::10":delivered_to(www)
		you:serve("tcp", 81, "echo")
		fw:ip6tables "-I FORWARD -j ACCEPT"
		local o = www:connect("tcp", "[2001:db8::7]:81")
		assert.equal("established", o:wait())
		assert.packet(o.first):snat_to "2001:db8::99"
		assert.conntrack(fw, { reply_dst = "2001:db8::99", snat = true }):exists()
		assert.packet(you:send "udp [2001:db8::7]:9 > [2001:db8:1::10]:99"):rejected_with("icmp6-port-unreachable", www)
	end)

	it("says why, when an expectation fails", function()
		local p = you:send { host = you, proto = "tcp", src = "2001:db8::7", sport = 1000, dst = "2001:db8:1::10", dport = 443, flags = "S" }
		assert.error_matches(function() assert.packet(p):matched(fw, "filter", "FORWARD", 2) end, "it did not: dport is 443, rule wants 80.*2001:db8::7%]:1000.*its way:")
		assert.error_matches(function() assert.packet(p):delivered_to(www) end, "it was dropped at fw filter FORWARD policy")
		assert.error_matches(function() assert.packet(p):dnat_to "2001:db8::5" end, "it was not rewritten")
		assert.error_matches(function() assert.rule(fw, "filter", "FORWARD", 3, "ipv6"):packets(1) end, "rule 3: %-A FORWARD %-p udp .*protocol is tcp")
		assert.packet(p):dropped_at(fw, "filter", "FORWARD", "policy")
		assert.rule(fw, "filter", "FORWARD", "policy", "ipv6"):packets(1)
		assert.rule(fw, "filter", "FORWARD", "policy"):packets(0)
		assert.contains("[1:", fw:save(true, "ipv6"))
		assert.counters(fw, fw:save(true, "ipv6"), { family = "ipv6" })
		assert.counters(fw, fw:save(true))
	end)

	it("limits, logs and captures", function()
		local cap = lab:capture(lan)
		lab:flood { packet = { host = fw, iface = "eth0", proto = "udp", src = "2001:db8::7", sport = 5, dst = "2001:db8:1::10", dport = 9 }, count = 10, rate = 100, vary = "src" }
		lab:run "1s"
		assert.limiter(fw, "filter", "FORWARD", 7, "ipv6"):first_drop_at(4):passed(3)
		assert.capture(cap, "ip6 and udp port 9"):count(3)
		assert.capture(cap, "ip6 src 2001:db8::8"):count(1)
		assert.capture(cap, "icmp6 and ip6[40] == 135"):exists()
		assert.capture(cap, "ip"):none()
		local p = fw:send("udp [2001:db8::7]:5 > [2001:db8:1::10]:10", "eth0")
		assert.packet(p):logged(fw, "six:.*SRC=2001:0db8")
		assert.log(fw, "DST=2001:0db8:0001"):count(1)
	end)

	it("has an internet of both", function()
		inet = lab:internet("inet", wan, { via = { "203.0.113.1", "2001:db8::1" } })
		inet:serve("tcp", 443, "far")
		inet:serve("udp", 53, "echo")
		fw:sh "iptables -I FORWARD -j ACCEPT\nip6tables -I FORWARD -j ACCEPT\niptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE"
		fw:sh "ip6tables -t nat -F POSTROUTING"
		for _, a in ipairs { "8.8.8.8", "[2001:4860:4860::8888]" } do
			local c = www:connect("tcp", a .. ":443")
			assert.connection(c):reads "far"
			assert.equal(a .. ":443", c.peer)
			assert.equal("q", www:connect("udp", a .. ":53", { data = "q" }):read())
			assert.ping(www:ping((a:gsub("[%[%]]", "")))):answered(1)
		end
		www:serve("tcp", 80, "hello")
		local crowd = lab:clients(200, { from = inet, to = "[2001:db8:1::10]:80", rate = 1000, source = "2a00:1::ff", addresses = 100 })
		assert.is_true(crowd:wait())
		assert.same({ 200, { hello = 200 } }, { crowd.finished, crowd.answers })
		assert.conntrack(fw, { src = "2a00:1::162" }):exists()
		crowd = lab:clients(20, { from = inet, to = "[2001:db8:1::10]:53", proto = "udp", data = "x", rate = 1000 })
		lab:run "1s"
		assert.near(10, crowd.refused, 9)	-- as many as the limit of ICMPv6 errors lets through
		assert.error_matches(function() lab:clients(2, { from = inet, to = "[2001:db8:1::10]:80", source = "1.2.3.4" }) end, "other family")
		assert.error_matches(function() lab:internet("i2", wan, { via = { "10.0.0.1", "10.0.0.2" } }) end, "one of each family")
	end)

	it("replays captures with other addresses", function()
		local n, out = lab:replay { host = fw, iface = "eth0", file = "six.pcap", filter = "ip6", speed = 2, any_mac = true,
			rewrite = { ["2001:db8:aa::1"] = "2001:db8::7", ["2001:db8:bb::1"] = "2001:db8:1::10", ["10.9.0.1"] = "203.0.113.7" } }
		assert.same({ 3, 1 }, { n, out })
		assert.rule(fw, "filter", "FORWARD", 2, "ipv6"):packets(1)
		assert.rule(fw, "filter", "FORWARD", 3, "ipv6"):packets(1)
		assert.rule(fw, "filter", "FORWARD", 4, "ipv6"):packets(1)
		assert.conntrack(fw, { family = "ipv6", src = "2001:db8::7", dst = "2001:db8:1::10" }):count(2)	-- www refused the third
		assert.error_matches(function() lab:replay { host = fw, file = "six.pcap", rewrite = { ["10.0.0.1"] = "2001:db8::1" } } end, "one family")
	end)
end)
