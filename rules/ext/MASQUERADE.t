@ip ip6
:POSTROUTING
*nat
-j MASQUERADE;=;OK
-j MASQUERADE --random;=;OK
-j MASQUERADE --random-fully;=;OK
-j MASQUERADE --random-fully --random;-j MASQUERADE --random --random-fully;OK
-p tcp -j MASQUERADE --to-ports 3000;=;OK
-p udp -j MASQUERADE --to-ports 3000-3999;=;OK
-p tcp -j MASQUERADE --random --to-ports 3000-3999;-p tcp -j MASQUERADE --to-ports 3000-3999 --random;OK
-p tcp -j MASQUERADE --to 3000;-p tcp -j MASQUERADE --to-ports 3000;OK
-p tcp -j MASQUERADE --to-ports ssh;-p tcp -j MASQUERADE --to-ports 22;OK
-p tcp -j MASQUERADE --to-ports 3000-3999/5;-p tcp -j MASQUERADE --to-ports 3000-3999/0;OK
-p icmp -j MASQUERADE --to-ports 3000;=;OK
-j MASQUERADE --to-ports 3000;;FAIL
-p gre -j MASQUERADE --to-ports 3000;;FAIL
-p tcp -j MASQUERADE --to-ports 3999-3000;;FAIL
-p tcp -j MASQUERADE --to-ports 3000:3999;;FAIL
-p tcp -j MASQUERADE --to-ports 70000;;FAIL
-p tcp -j MASQUERADE --to-ports 3000-ssh;;FAIL
-p tcp -j MASQUERADE --to-ports 3000 --to-ports 3001;;FAIL
-p tcp -j MASQUERADE ! --to-ports 3000;;FAIL
-j MASQUERADE --persistent;;FAIL
