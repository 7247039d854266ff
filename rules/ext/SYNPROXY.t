@ip ip6
:INPUT,FORWARD
-p tcp -j SYNPROXY;=;OK
-p tcp -j SYNPROXY --mss 1460 --wscale 7 --timestamp --sack-perm;-p tcp -j SYNPROXY --sack-perm --timestamp --wscale 7 --mss 1460;OK
-p tcp -j SYNPROXY --ecn --mss 66996;-p tcp -j SYNPROXY --mss 1460 --ecn;OK
-p tcp -j SYNPROXY --wscale 300;-p tcp -j SYNPROXY --wscale 44;OK
-p tcp -j SYNPROXY --mss x;;FAIL
-j SYNPROXY --mss 1460;;FAIL
-p udp -j SYNPROXY --mss 1460;;FAIL
:OUTPUT
-p tcp -j SYNPROXY --mss 1460;;FAIL
