@ip ip6
:INPUT,FORWARD,OUTPUT
-p sctp -m sctp;=;OK
-p sctp -m sctp --sport 5;=;OK
-p 132 -m sctp --source-port 1:9 --destination-port :7;-p sctp -m sctp --sport 1:9 --dport 0:7;OK
-p sctp -m sctp ! --sport 5 ! --dport 9:10;=;OK
-p sctp -m sctp --dport :;-p sctp -m sctp --dport 0:65535;OK
-p sctp -m sctp --dport 9:8;;FAIL
-p sctp -m sctp --chunk-types all INIT,DATA;-p sctp -m sctp --chunk-types all DATA,INIT;OK
-p sctp -m sctp ! --chunk-types ANY init;-p sctp -m sctp ! --chunk-types any INIT;OK
-p sctp -m sctp --chunk-types only ALL;=;OK
-p sctp -m sctp --chunk-types any NONE;=;OK
-p sctp -m sctp --chunk-types any DATA:Be,ABORT:T;=;OK
-p sctp -m sctp --chunk-types any DATA:bEIu;-p sctp -m sctp --chunk-types any DATA:IubE;OK
-p sctp -m sctp --chunk-types any SHUTDOWN_COMPLETE:t,ASCONF;=;OK
-p sctp -m sctp --chunk-types any DATA:X;;FAIL
-p sctp -m sctp --chunk-types any INIT:I;;FAIL
-p sctp -m sctp --chunk-types some DATA;;FAIL
-p sctp -m sctp --chunk-types any BLURB;;FAIL
-p sctp -m sctp --chunk-types any;;FAIL
-p sctp -m sctp --sport 1 --sport 2;;FAIL
-p sctp -m sctp --sport 65536;;FAIL
-p tcp -m sctp --sport 1;;FAIL
-p sctp -m sctp --chunk-types any I_DATA,RE_CONFIG,PAD,ASCONF_ACK,FORWARD_TSN,I_FORWARD_TSN;-p sctp -m sctp --chunk-types any I_DATA,ASCONF_ACK,RE_CONFIG,PAD,FORWARD_TSN,I_FORWARD_TSN;OK
# the flags of chunks past SHUTDOWN_COMPLETE are looked for at another chunk, and not printed
-p sctp -m sctp --chunk-types any ASCONF_ACK,I_DATA:B;-p sctp -m sctp --chunk-types any I_DATA,ASCONF_ACK;OK
