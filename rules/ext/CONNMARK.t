@ip ip6
:PREROUTING
*mangle
-j CONNMARK --set-mark 1;-j CONNMARK --set-xmark 0x1/0xffffffff;OK
-j CONNMARK --set-mark 0xa/0xf;-j CONNMARK --set-xmark 0xa/0xf;OK
-j CONNMARK --set-xmark 0xff/0x0f;-j CONNMARK --set-xmark 0xff/0xf;OK
-j CONNMARK --and-mark 0xf;-j CONNMARK --set-xmark 0x0/0xfffffff0;OK
-j CONNMARK --or-mark 0xf;-j CONNMARK --set-xmark 0xf/0xf;OK
-j CONNMARK --xor-mark 0xf;-j CONNMARK --set-xmark 0xf/0x0;OK
-j CONNMARK --save-mark;-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff;OK
-j CONNMARK --save-mark --mask 0xff;-j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff;OK
-j CONNMARK --save-mark --nfmask 0xf --ctmask 0xf0;=;OK
-j CONNMARK --restore-mark;-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff;OK
-j CONNMARK --restore-mark --mask 0xffff;-j CONNMARK --restore-mark --nfmask 0xffff --ctmask 0xffff;OK
-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf0;=;OK
-j CONNMARK --restore-mark --ctmask 0xff;-j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xff;OK
-j CONNMARK --save-mark --left-shift-mark 8;-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff --left-shift-mark 8;OK
-j CONNMARK --restore-mark --nfmask 0xff --right-shift-mark 8;-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xffffffff --right-shift-mark 8;OK
-j CONNMARK --set-mark 1 --left-shift-mark 32;;FAIL
-j CONNMARK --set-mark 1 --left-shift-mark 0;-j CONNMARK --set-xmark 0x1/0xffffffff;OK
-j CONNMARK --set-mark 1 --left-shift-mark 33;;FAIL
-j CONNMARK --set-mark 1 --mask 3;-j CONNMARK --set-xmark 0x1/0x3;OK
-j CONNMARK --left-shift-mark 1;;FAIL
-j CONNMARK --set-mark 1 --left-shift-mark 2 --right-shift-mark 3;-j CONNMARK --set-xmark 0x1/0xffffffff --right-shift-mark 3;OK
-j CONNMARK --save-mark --restore-mark;;FAIL
-j CONNMARK --save-mark --mask 1 --nfmask 2;;FAIL
-j CONNMARK --mask 1;;FAIL
-j CONNMARK;;FAIL
