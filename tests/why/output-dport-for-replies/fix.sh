iptables -I OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
