ip6tables -I INPUT -p ipv6-icmp -j ACCEPT
