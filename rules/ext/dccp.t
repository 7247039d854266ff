@ip ip6
:INPUT,FORWARD,OUTPUT
-p dccp -m dccp;=;OK
-p dccp -m dccp --sport 5;=;OK
-p 33 -m dccp --source-port 1:9 --destination-port :7;-p dccp -m dccp --sport 1:9 --dport 0:7;OK
-p dccp -m dccp ! --sport 5 ! --dport 9:8;=;OK
-p dccp -m dccp --dport :;-p dccp -m dccp --dport 0:65535;OK
-p dccp -m dccp --dccp-types request,RESPONSE;-p dccp -m dccp --dccp-types REQUEST,RESPONSE;OK
-p dccp -m dccp ! --dccp-types SYNC,ACK,DATA;-p dccp -m dccp ! --dccp-types DATA,ACK,SYNC;OK
-p dccp -m dccp --dccp-types INVALID,RESET;-p dccp -m dccp --dccp-types RESET,INVALID;OK
-p dccp -m dccp --dccp-option 2;=;OK
-p dccp -m dccp ! --dccp-option 255;=;OK
-p dccp -m dccp --dccp-types NONE;;FAIL
-p dccp -m dccp --dccp-option 0;;FAIL
-p dccp -m dccp --dccp-option 256;;FAIL
-p dccp -m dccp --dport 1 --dport 2;;FAIL
-p tcp -m dccp --dport 1;;FAIL
-m dccp --dport 1;;FAIL
