:INPUT
--mark ! 0x5/0xf;--mark ! 0x5/0xf -j CONTINUE;OK
--mark 5/;--mark 0x5/0x0 -j CONTINUE;OK
--mark foo;;FAIL
--mark /0x2;--mark /0x2 -j CONTINUE;OK
--mark 42 -j DROP;--mark 0x2a -j DROP;OK
! --mark 0x1;--mark ! 0x1 -j CONTINUE;OK
--mark 1 --mark 2;--mark 0x2 -j CONTINUE;OK
