ip6tables -A INPUT -p ipv6-icmp -j ACCEPT
