@ip ip6
:INPUT,FORWARD,OUTPUT
@ip
-m connlimit --connlimit-upto 0;-m connlimit --connlimit-upto 0 --connlimit-mask 32 --connlimit-saddr;OK
-m connlimit --connlimit-above 10;-m connlimit --connlimit-above 10 --connlimit-mask 32 --connlimit-saddr;OK
-m connlimit ! --connlimit-above 10;-m connlimit --connlimit-upto 10 --connlimit-mask 32 --connlimit-saddr;OK
-m connlimit ! --connlimit-upto 4294967295;-m connlimit --connlimit-above 4294967295 --connlimit-mask 32 --connlimit-saddr;OK
@ip ip6
-m connlimit --connlimit-above 3 --connlimit-mask 24;-m connlimit --connlimit-above 3 --connlimit-mask 24 --connlimit-saddr;OK
-m connlimit --connlimit-above 3 --connlimit-mask 0;-m connlimit --connlimit-above 3 --connlimit-mask 0 --connlimit-saddr;OK
@ip
-m connlimit --connlimit-above 3 --connlimit-mask 255.255.0.0 --connlimit-daddr;-m connlimit --connlimit-above 3 --connlimit-mask 16 --connlimit-daddr;OK
-m connlimit --connlimit-above 3 --connlimit-saddr;-m connlimit --connlimit-above 3 --connlimit-mask 32 --connlimit-saddr;OK
-m connlimit --connlimit-above 3 --connlimit-mask 33;-m connlimit --connlimit-above 3 --connlimit-mask 32 --connlimit-saddr;OK
@ip ip6
-m connlimit --connlimit-above 4294967296;;FAIL
-m connlimit --connlimit-upto -1;;FAIL
-m connlimit --connlimit-upto 3 --connlimit-above 3;;FAIL
-m connlimit --connlimit-above 3 --connlimit-saddr --connlimit-daddr;;FAIL
-m connlimit --connlimit-mask 24;;FAIL
-m connlimit;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m connlimit --connlimit-above 10;-m connlimit --connlimit-above 10 --connlimit-mask 128 --connlimit-saddr;OK
-m connlimit --connlimit-upto 0 --connlimit-mask 64 --connlimit-daddr;=;OK
-m connlimit ! --connlimit-above 3 --connlimit-mask ffff::;-m connlimit --connlimit-upto 3 --connlimit-mask 16 --connlimit-saddr;OK
-m connlimit --connlimit-above 1 --connlimit-mask 0;-m connlimit --connlimit-above 1 --connlimit-mask 0 --connlimit-saddr;OK
-m connlimit --connlimit-above 1 --connlimit-mask 129;;FAIL
-m connlimit --connlimit-above 1 --connlimit-mask 255.0.0.0;;FAIL
