iptables -D FORWARD 2
iptables -I FORWARD 1 -p tcp --dport 80 -m string --string badsite --algo bm -j DROP
