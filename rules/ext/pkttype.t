@ip ip6
:INPUT,FORWARD,OUTPUT
-m pkttype --pkt-type unicast;=;OK
-m pkttype --pkt-type HOST;-m pkttype --pkt-type unicast;OK
-m pkttype --pkt-type bcast;-m pkttype --pkt-type broadcast;OK
-m pkttype ! --pkt-type mcast;-m pkttype ! --pkt-type multicast;OK
-m pkttype --pkt-type otherhost;=;OK
-m pkttype --pkt-type outgoing;;FAIL
-m pkttype;;FAIL
