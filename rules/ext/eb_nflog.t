:INPUT
--nflog;--nflog-group 1 -j CONTINUE;OK
--nflog-group 0;;FAIL
--nflog-group 70000;--nflog-group 4464 -j CONTINUE;OK
--nflog-prefix "a b" --nflog-range 5 --nflog-threshold 3 -j DROP;--nflog-prefix "a b" --nflog-group 1 --nflog-range 5 --nflog-threshold 3 -j DROP;OK
--nflog-group 5 --nflog-group 6;;FAIL
--nflog-threshold x;;FAIL
! --nflog;;FAIL
-j nflog --nflog-group 5;--nflog-group 5 -j CONTINUE;OK
