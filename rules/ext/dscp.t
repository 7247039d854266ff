@ip ip6
:INPUT,FORWARD,OUTPUT
-m dscp --dscp 0;-m dscp --dscp 0x00;OK
-m dscp --dscp 0x3f;=;OK
-m dscp ! --dscp 46;-m dscp ! --dscp 0x2e;OK
-m dscp --dscp-class EF;-m dscp --dscp 0x2e;OK
-m dscp ! --dscp-class cs5;-m dscp ! --dscp 0x28;OK
-m dscp --dscp-class af31;-m dscp --dscp 0x1a;OK
-m dscp --dscp-class BE;-m dscp --dscp 0x00;OK
-m dscp --dscp-class EFX;-m dscp --dscp 0x2e;OK
-m dscp --dscp-class AF44;;FAIL
-m dscp --dscp 64;;FAIL
-m dscp --dscp 1 --dscp-class EF;;FAIL
-m dscp;;FAIL
# a class is known by its beginning
@ip ip6
*mangle
:PREROUTING
-m dscp --dscp-class CS7%CS7;-m dscp --dscp 0x38;OK
-m dscp --dscp-class cs32;-m dscp --dscp 0x18;OK
-m dscp --dscp-class BEE;-m dscp --dscp 0x00;OK
-m dscp --dscp-class CS;;FAIL
