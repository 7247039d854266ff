@ip ip6
:PREROUTING,POSTROUTING
*mangle
-j DSCP --set-dscp 0;-j DSCP --set-dscp 0x00;OK
-j DSCP --set-dscp 0x3f;=;OK
-j DSCP --set-dscp-class EF;-j DSCP --set-dscp 0x2e;OK
-j DSCP --set-dscp-class af11;-j DSCP --set-dscp 0x0a;OK
-j DSCP --set-dscp-class CS7;-j DSCP --set-dscp 0x38;OK
-j DSCP --set-dscp-class BE;-j DSCP --set-dscp 0x00;OK
-j DSCP;;FAIL
-j DSCP --set-dscp 64;;FAIL
-j DSCP --set-dscp-class AF44;;FAIL
-j DSCP --set-dscp 1 --set-dscp-class EF;;FAIL
# a class is known by its beginning
@ip ip6
*mangle
:PREROUTING
-j DSCP --set-dscp-class CS7%CS7;-j DSCP --set-dscp 0x38;OK
-j DSCP --set-dscp-class cs32;-j DSCP --set-dscp 0x18;OK
-j DSCP --set-dscp-class BEE;-j DSCP --set-dscp 0x00;OK
-j DSCP --set-dscp-class CS;;FAIL
