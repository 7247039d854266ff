@ip ip6
:PREROUTING
*mangle
-j MARK --set-mark 1;-j MARK --set-xmark 0x1/0xffffffff;OK
-j MARK --set-mark 0x4/0xff;-j MARK --set-xmark 0x4/0xff;OK
-j MARK --set-mark 0xf0/0x0f;-j MARK --set-xmark 0xf0/0xff;OK
-j MARK --set-xmark 1;-j MARK --set-xmark 0x1/0xffffffff;OK
-j MARK --set-xmark 0xf0/0x0f;-j MARK --set-xmark 0xf0/0xf;OK
-j MARK --and-mark 0xff;-j MARK --set-xmark 0x0/0xffffff00;OK
-j MARK --or-mark 0x10;-j MARK --set-xmark 0x10/0x10;OK
-j MARK --xor-mark 0x1;-j MARK --set-xmark 0x1/0x0;OK
-j MARK --set-mark 0;-j MARK --set-xmark 0x0/0xffffffff;OK
-j MARK --and-mark 1/2;;FAIL
-j MARK --set-mark 1 --or-mark 2;;FAIL
-j MARK --set-mark 5000000000;;FAIL
-j MARK --or-mark foo;;FAIL
-j MARK ! --set-mark 1;;FAIL
-j MARK;;FAIL
