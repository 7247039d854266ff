ip6tables -R FORWARD 2 -p tcp --dport 80 -j ACCEPT
