@ip ip6
:INPUT,FORWARD,OUTPUT
-p tcp -m multiport --dports 80;=;OK
-p tcp -m multiport --dports 80,443,8000:8080;=;OK
-p udp -m multiport --sports 53,domain,ntp;-p udp -m multiport --sports 53,53,123;OK
-p tcp -m multiport --ports ssh,http:https;-p tcp -m multiport --ports 22,80:443;OK
-p tcp -m multiport ! --dports 22,25;=;OK
-p sctp -m multiport --source-ports 1:2;-p sctp -m multiport --sports 1:2;OK
-p dccp -m multiport --destination-ports 5;-p dccp -m multiport --dports 5;OK
-p udplite -m multiport --ports 7;=;OK
-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15;=;OK
-p tcp -m multiport --dports 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16;;FAIL
-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15;=;OK
-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16;;FAIL
-p tcp -m multiport --dports 0,65535;=;OK
-p tcp -m multiport --dports 0x50;-p tcp -m multiport --dports 80;OK
-p tcp -m multiport --dports 80:80;;FAIL
-p tcp -m multiport --dports 90:80;;FAIL
-p tcp -m multiport --dports :80;;FAIL
-p tcp -m multiport --dports 80:;;FAIL
-p tcp -m multiport --dports 80,;;FAIL
-p tcp -m multiport --dports 65536;;FAIL
-p tcp -m multiport --dports nosuchservice;;FAIL
-p tcp -m multiport --dports 80 --sports 90;;FAIL
-p tcp -m multiport --dports 80 --dports 90;;FAIL
-p icmp -m multiport --dports 80;;FAIL
-m multiport --dports 80;;FAIL
! -p tcp -m multiport --dports 80;;FAIL
-p tcp -m multiport;;FAIL
