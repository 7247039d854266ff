@ip ip6
:FORWARD,OUTPUT,POSTROUTING
*mangle
-p tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200;-p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1200;OK
-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu;OK
-p tcp -j TCPMSS --set-mss 1200;;FAIL
-p tcp ! --syn -j TCPMSS --set-mss 1200;;FAIL
-p tcp --syn -j TCPMSS;;FAIL
-p tcp --syn -j TCPMSS --set-mss 65516;;FAIL
-j TCPMSS --set-mss 1200;;FAIL
-p udp -j TCPMSS --set-mss 1200;;FAIL
:PREROUTING
-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu;;FAIL
-p tcp --syn -j TCPMSS --set-mss 536;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 536;OK
