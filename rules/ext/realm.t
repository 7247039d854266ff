:INPUT,FORWARD,OUTPUT
-m realm --realm 1;-m realm --realm 0x1;OK
-m realm --realm 0x10/0xff;=;OK
-m realm ! --realm 5;-m realm ! --realm 0x5;OK
-m realm --realm 0;-m realm --realm cosmos;OK
-m realm --realm cosmos;=;OK
-m realm --realm 0/0xffffffff;-m realm --realm cosmos;OK
-m realm --realm 0/0xf;-m realm --realm 0x0/0xf;OK
-m realm --realm 4294967295;-m realm --realm 0xffffffff;OK
-m realm --realm 1/;;FAIL
-m realm --realm 1/2/3;;FAIL
-m realm --realm 1/x;;FAIL
-m realm --realm nosuchrealm;;FAIL
-m realm;;FAIL
:PREROUTING
*mangle
-m realm --realm 1;;FAIL
