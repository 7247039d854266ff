:INPUT
-s 10.0.0.0/31 -j MARK --set-mark 10;-j MARK -s 10.0.0.0/31 --set-mark 10;OK
-j MARK --or-mark 0x10;-j MARK --or-mark 10;OK
-j MARK --and-mark ff;=;OK
-j MARK;-j MARK --and-mark ffffffff;OK
-j MARK --set-mark 0;-j MARK --and-mark ffffffff;OK
-j MARK --set-mark x;;FAIL
-j MARK --set-mark 1 --or-mark 2;;FAIL
-j MARK --xor-mark 1;;FAIL
