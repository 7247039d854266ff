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
# of both options the later one holds
@ip ip6
*mangle
:FORWARD
-p tcp --syn -j TCPMSS --set-mss 536 --clamp-mss-to-pmtu;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --clamp-mss-to-pmtu;OK
-p tcp --syn -j TCPMSS --clamp-mss-to-pmtu --set-mss 536;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 536;OK
-p tcp --syn -j TCPMSS --set-mss 65495;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 65495;OK
@ip
-p tcp --syn -j TCPMSS --set-mss 65515;-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j TCPMSS --set-mss 65515;OK
@ip6
-p tcp --syn -j TCPMSS --set-mss 65496;;FAIL
