:INPUT
--log;--log-level notice -j CONTINUE;OK
--log-level 7 --log-prefix "foo bar";--log-level debug --log-prefix "foo bar" -j CONTINUE;OK
--log-level warning --log-prefix abcdefghijklmnopqrstuvwxyz1234;;FAIL
! --log;;FAIL
--log-level 8;;FAIL
--log-level nosuch;;FAIL
--log-ip --log-arp --log-ip6 -j DROP;--log-level notice --log-ip --log-arp --log-ip6 -j DROP;OK
-p ARP --log-prefix ARP --log-arp -j ACCEPT;-p ARP --log-level notice --log-prefix "ARP" --log-arp -j ACCEPT;OK
--log --log-ip -j log;--log-level notice --log-ip --log-level notice -j CONTINUE;OK
--log-level ! 3;;FAIL
