:INPUT
--pkttype-type 3;--pkttype-type otherhost -j CONTINUE;OK
--pkttype-type 0x12;--pkttype-type 18 -j CONTINUE;OK
--pkttype-type foo;;FAIL
--pkttype-type ! multicast -j ACCEPT;=;OK
--pkttype-type HOST;--pkttype-type host -j CONTINUE;OK
--pkttype-type 100;;FAIL
