@ip ip6
:INPUT,FORWARD,OUTPUT
-m mark --mark 1;-m mark --mark 0x1;OK
-m mark --mark 1/0xf;-m mark --mark 0x1/0xf;OK
-m mark ! --mark 0x10/0xff;=;OK
-m mark --mark 0;-m mark --mark 0x0;OK
-m mark --mark 0xffffffff/0xffffffff;-m mark --mark 0xffffffff;OK
-m mark --mark 4294967295;-m mark --mark 0xffffffff;OK
-m mark --mark 010;-m mark --mark 0x8;OK
-m mark --mark 8/0;-m mark --mark 0x8/0x0;OK
-m mark --mark 4294967296;;FAIL
-m mark --mark -1;;FAIL
-m mark --mark 1/;;FAIL
-m mark --mark foo;;FAIL
-m mark --mark 1/0xf/3;;FAIL
-m mark --mark 1 --mark 2;;FAIL
-m mark;;FAIL
