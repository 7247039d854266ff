:INPUT,FORWARD,OUTPUT
# what iptables refuses at once, and what the kernel refuses then
-j ULOG;;FAIL
-j ULOG --ulog-nlgroup 1;;FAIL
-j ULOG --ulog-nlgroup 33;;FAIL
-j ULOG --ulog-qthreshold 0;;FAIL
-j ULOG --ulog-prefix "";;FAIL
