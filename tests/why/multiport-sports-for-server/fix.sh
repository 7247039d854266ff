iptables -R INPUT 2 -p tcp -m multiport --dports 80,443 -j ACCEPT
