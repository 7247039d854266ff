ip6tables -t nat -R POSTROUTING 1 -o eth0 -j MASQUERADE
