ip -6 route add default via 2001:db8::1
