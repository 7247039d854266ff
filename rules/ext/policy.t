@ip ip6
:INPUT
-m policy --dir in --pol none;=;OK
-m policy --dir in --pol ipsec;=;OK
-m policy --pol ipsec --dir in --proto esp;-m policy --dir in --pol ipsec --proto esp;OK
-m policy --dir in --pol ipsec --reqid 3 --spi 16 --mode transport;-m policy --dir in --pol ipsec --reqid 3 --spi 0x10 --mode transport;OK
@ip
-m policy --dir in --pol ipsec --strict --mode tunnel --tunnel-dst 10.0.0.1 --next --proto ah;-m policy --dir in --pol ipsec --strict --mode tunnel --tunnel-dst 10.0.0.1 --next --proto ah;OK
-m policy --dir in --pol ipsec --mode tunnel ! --tunnel-src 10.0.0.0/8 ! --reqid 1;-m policy --dir in --pol ipsec ! --reqid 1 --mode tunnel ! --tunnel-src 10.0.0.0/8;OK
@ip ip6
-m policy --dir in --pol ipsec --tunnel-src 10.0.0.0/8;;FAIL
-m policy --dir in --pol ipsec --mode transport --tunnel-src 10.0.0.0/8;;FAIL
-m policy --dir out --pol none;;FAIL
-m policy --pol none;;FAIL
-m policy --dir both --pol none;;FAIL
-m policy --dir in --pol some;;FAIL
-m policy --dir in;-m policy --dir in --pol ipsec;OK
-m policy --dir in --pol none --strict;;FAIL
-m policy --dir in --pol none --proto esp;-m policy --dir in --pol none;OK
-m policy --dir in --pol ipsec --proto tcp;;FAIL
-m policy --dir in --pol ipsec --next;;FAIL
-m policy --dir in --pol ipsec --strict;;FAIL
-m policy --dir in --pol ipsec --reqid 1 --reqid 2;;FAIL
:FORWARD
-m policy --dir in --pol none;=;OK
-m policy --dir out --pol none;=;OK
:OUTPUT
-m policy --dir in --pol none;;FAIL
@ip6
:INPUT,FORWARD
-m policy --dir in --pol ipsec --strict --mode tunnel --tunnel-dst 2001:db8::/32 --tunnel-src 2001:db8::1;=;OK
-m policy --dir in --pol ipsec --strict --reqid 1 --spi 0x1 --proto ipcomp --mode tunnel --tunnel-dst 10::/8 --tunnel-src 10::/8 --next --reqid 2;=;OK
-m policy --dir in --pol ipsec --mode tunnel --tunnel-src 10.0.0.1;;FAIL
