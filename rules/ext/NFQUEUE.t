@ip ip6
:INPUT,FORWARD,OUTPUT
-j NFQUEUE;-j NFQUEUE --queue-num 0;OK
-j NFQUEUE --queue-num 65535;=;OK
-j NFQUEUE --queue-bypass;-j NFQUEUE --queue-num 0 --queue-bypass;OK
-j NFQUEUE --queue-balance 1:4 --queue-cpu-fanout;=;OK
-j NFQUEUE --queue-bypass --queue-balance 0:65534;-j NFQUEUE --queue-balance 0:65534 --queue-bypass;OK
-j NFQUEUE --queue-balance 0:65535;;FAIL
-j NFQUEUE --queue-balance 4:4;;FAIL
-j NFQUEUE --queue-balance 4:3;;FAIL
-j NFQUEUE --queue-balance 4;;FAIL
-j NFQUEUE --queue-num 65536;;FAIL
-j NFQUEUE --queue-num 1 --queue-balance 1:2;;FAIL
-j NFQUEUE --queue-cpu-fanout;;FAIL
