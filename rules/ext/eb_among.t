:INPUT
--among-dst 1:2:3:4:5:6=10.0.0.1,1:2:3:4:5:6;;FAIL
--among-dst 1:2:3:4:5:6,1:2:3:4:5:6;--among-dst 1:2:3:4:5:6,0:0:0:0:0:0 -j CONTINUE;OK
--among-dst 1:2:3:4:5:6,;--among-dst 0:0:0:0:0:0,1:2:3:4:5:6 -j CONTINUE;OK
--among-src ! 0a:0:0:0:0:1=10.0.0.1,0a:0:0:0:0:1=10.0.0.2 -j DROP;--among-src ! a:0:0:0:0:1=10.0.0.1,a:0:0:0:0:1=10.0.0.2 -j DROP;OK
--among-src 2:0:0:0:0:1 --among-dst 2:0:0:0:0:2=10.0.0.2;--among-src 2:0:0:0:0:1 --among-dst 2:0:0:0:0:2=10.0.0.2 -j CONTINUE;OK
--among-src nosuch;;FAIL
--among-src 1:2:3:4:5:6=10.0.0;;FAIL
--among-src 1:2:3:4:5:6=10.0.0.1,1:2:3:4:5:7;--among-src 1:2:3:4:5:6=10.0.0.1,1:2:3:4:5:7 -j CONTINUE;OK
! --among-dst ff:ff:ff:ff:ff:ff;--among-dst ! ff:ff:ff:ff:ff:ff -j CONTINUE;OK
