@ip ip6
*mangle
:PREROUTING,FORWARD
@ip
-j HMARK --hmark-tuple src,dst --hmark-mod 10 --hmark-rnd 1;-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 32 --hmark-rnd 0x00000001 --hmark-mod 10;OK
-j HMARK --hmark-offset 100 --hmark-tuple ct,src,sport,dport,proto,dst --hmark-mod 4294967295 --hmark-rnd 0xfeedcafe;-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 32 --hmark-sport-mask 0xffff --hmark-dport-mask 0xffff --hmark-proto-mask 0xffff --hmark-rnd 0xfeedcafe --hmark-mod 4294967295 --hmark-offset 100 --hmark-tuple ct;OK
@ip ip6
-j HMARK --hmark-tuple ct --hmark-mod 1 --hmark-rnd 0;-j HMARK --hmark-rnd 0x00000000 --hmark-mod 1 --hmark-tuple ct;OK
-j HMARK --hmark-src-prefix 24 --hmark-sport 0x10 --hmark-dport 2 --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-src-prefix 24 --hmark-sport 0x0010 --hmark-dport 0x0002 --hmark-rnd 0x00000007 --hmark-mod 5;OK
-j HMARK --hmark-spi 5 --hmark-spi-mask 0xff --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-spi-mask 0x000000ff --hmark-spi 0x00000005 --hmark-rnd 0x00000007 --hmark-mod 5;OK
@ip
-j HMARK --hmark-tuple s,DS,spo --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-src-prefix 32 --hmark-dst-prefix 32 --hmark-sport-mask 0xffff --hmark-rnd 0x00000007 --hmark-mod 5;OK
@ip ip6
-j HMARK --hmark-tuple spi --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-spi-mask 0xffffffff --hmark-rnd 0x00000007 --hmark-mod 5;OK
-j HMARK --hmark-tuple spi,sport --hmark-mod 5 --hmark-rnd 7;;FAIL
-j HMARK --hmark-spi 5 --hmark-sport 6 --hmark-mod 5 --hmark-rnd 7;;FAIL
-j HMARK --hmark-tuple src,frob --hmark-mod 5 --hmark-rnd 7;;FAIL
-j HMARK --hmark-tuple src, --hmark-mod 5 --hmark-rnd 7;;FAIL
-j HMARK --hmark-tuple src --hmark-rnd 7;;FAIL
-j HMARK --hmark-tuple src --hmark-mod 5;;FAIL
-j HMARK --hmark-tuple src --hmark-mod 0 --hmark-rnd 7;;FAIL
-j HMARK --hmark-mod 5 --hmark-rnd 7;;FAIL
@ip
-j HMARK --hmark-src-prefix 33 --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-src-prefix 32 --hmark-rnd 0x00000007 --hmark-mod 5;OK
-j HMARK --hmark-src-prefix 255.255.0.0 --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-src-prefix 16 --hmark-rnd 0x00000007 --hmark-mod 5;OK
@ip ip6
-j HMARK --hmark-proto-mask 0x100 --hmark-mod 5 --hmark-rnd 7;-j HMARK --hmark-proto-mask 0x100 --hmark-rnd 0x00000007 --hmark-mod 5;OK
@ip6
:PREROUTING,FORWARD
-j HMARK --hmark-tuple src,dst --hmark-rnd 1 --hmark-mod 10;-j HMARK --hmark-src-prefix 128 --hmark-dst-prefix 128 --hmark-rnd 0x00000001 --hmark-mod 10;OK
-j HMARK --hmark-src-prefix 64 --hmark-rnd 7 --hmark-mod 5;-j HMARK --hmark-src-prefix 64 --hmark-rnd 0x00000007 --hmark-mod 5;OK
-j HMARK --hmark-dst-prefix ffff:ff:: --hmark-rnd 7 --hmark-mod 5;-j HMARK --hmark-dst-prefix 128 --hmark-rnd 0x00000007 --hmark-mod 5;OK
