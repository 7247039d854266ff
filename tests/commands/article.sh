# The commands of the article that this project grew from, as written and with addresses put back.
iptables -A INPUT -p tcp --dport 22 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -j DROP
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -p tcp 8080 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I INPUT -p tcp 5432 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I OUTPUT -i eth1 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -A OUTPUT -d -p udp --dport 53 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -A OUTPUT -d 192.168.1.1 -p udp --dport 53 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -A OUTPUT -j REJECT
iptables-save
iptables -F
iptables -t nat -F
iptables -I OUTPUT -d -p tcp --dport 443 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I OUTPUT -d 192.168.1.0/24 -p tcp --dport 443 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s -d -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s 192.168.1.0/24 -d 10.10.0.0/16 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s -d -m conntract --ctstate ESTABLISHED -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s 10.10.0.0/16 -d 192.168.1.0/24 -m conntract --ctstate ESTABLISHED -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s 10.10.0.0/16 -d 192.168.1.0/24 -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s -d -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s 192.168.1.0/24 -d 172.17.0.0/16 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s -d -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I FORWARD -s 172.17.0.0/16 -d 192.168.1.0/24 -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I POSTROUTING -s -d -j SNAT --to
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I POSTROUTING -s 192.168.1.0/24 -d 172.17.0.0/16 -j SNAT --to 172.17.0.1
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I PREROUTING -d -p tcp --dport 80 -j DNAT --to
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I PREROUTING -d 192.168.1.10 -p tcp --dport 80 -j DNAT --to 172.17.0.2:8080
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I OUTPUT -o lo -p tcp -s --dport 80 -j DNAT --to
iptables-save
iptables -F
iptables -t nat -F
iptables -t nat -I OUTPUT -o lo -p tcp -s 127.0.0.1 --dport 80 -j DNAT --to 192.168.1.5:8080
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -m statistic --mode random --probability 0.33 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -m statistic --mode random --probability 0.33 -j DNAT --to-destination 172.17.0.2:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -m statistic --mode random --probability 0.5 -j DNAT --to-destination 172.17.0.3:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -j DNAT --to-destination 172.17.0.4:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -m statistic --mode nth --every 3 --packet 0 -j DNAT --to-destination 172.17.0.2:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -m statistic --mode nth --every 2 --packet 0 -j DNAT --to-destination 172.17.0.3:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d --dport 80 -j DNAT --to-destination
iptables-save
iptables -F
iptables -t nat -F
iptables -A PREROUTING -t nat -p tcp -d 192.168.1.10 --dport 80 -j DNAT --to-destination 172.17.0.4:80
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -p tcp --syn --dport 80 -m connlimit --connlimit-above 15 --connlimit-mask 32 -j REJECT --reject-with tcp-reset
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -m state --state RELATED,ESTABLISHED -m limit --limit 50/second --limit-burst 150 -j ACCEPT
iptables-save
iptables -F
iptables -t nat -F
iptables -I INPUT  -m conntrack --ctstate NEW -j LOG --log-prefix="New incomming: "
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -j LOG
iptables-save
iptables -F
iptables -t nat -F
iptables -A INPUT -j LOG --log-level 4
iptables-save
iptables -F
iptables -t nat -F
