@ip ip6
:INPUT,FORWARD
*filter
-p tcp -m tcpmss --mss 1400;=;OK
-p tcp -m tcpmss --mss 1400:1460;=;OK
-p tcp -m tcpmss ! --mss 1:536;=;OK
-p tcp -m tcpmss --mss 5:3;;FAIL
-p tcp -m tcpmss;;FAIL
-m tcpmss --mss 42;;FAIL
-p udp -m tcpmss --mss 42;;FAIL
