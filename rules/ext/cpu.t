@ip ip6
:INPUT,FORWARD
*filter
-m cpu --cpu 0;=;OK
-m cpu ! --cpu 3;=;OK
-m cpu --cpu 4294967295;=;OK
-m cpu;;FAIL
-m cpu --cpu x;;FAIL
-m cpu --cpu 4294967296;;FAIL
