iptables -A INPUT -p tcp -m conntrack --ctstate NEW --dport 23 -j DROP
