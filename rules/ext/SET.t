$ create foo hash:ip timeout 10
$ create bar hash:ip
$ create six hash:ip family inet6
$ create np hash:net,port skbinfo
:INPUT,FORWARD
-j SET --add-set foo src;=;OK
-j SET --add-set foo src --exist;=;OK
-j SET --add-set foo src --timeout 0;=;OK
-j SET --timeout 30 --exist --add-set foo src;-j SET --add-set foo src --exist --timeout 30;OK
-j SET --add-set foo src --timeout 4294967294;=;OK
-j SET --add-set foo src --timeout 4294967295;;FAIL
-j SET --add-set foo src --timeout 5x;;FAIL
-j SET --del-set foo src,dst;=;OK
-j SET --del-set foo src --add-set bar dst;-j SET --add-set bar dst --del-set foo src;OK
-j SET --del-set foo src --exist;;FAIL
-j SET --del-set foo src --timeout 5;;FAIL
-j SET;;FAIL
-j SET --exist;;FAIL
-j SET --add-set foo;;FAIL
-j SET --add-set foo src --add-set bar src;;FAIL
-j SET --add-set nosuch src;;FAIL
-j SET --add-set six src;;FAIL
# not in this table
-j SET --map-set np src,dst --map-mark;;FAIL
*mangle
-j SET --map-set np src,dst --map-mark;=;OK
-j SET --map-set np src,dst;;FAIL
-j SET --add-set foo src --map-mark;;FAIL
-j SET --add-set foo src --map-prio;;FAIL
-j SET --add-set foo src --map-queue;;FAIL
:FORWARD,OUTPUT,POSTROUTING
-j SET --map-set np src,dst --map-queue --map-prio --map-mark;-j SET --map-set np src,dst --map-mark --map-prio --map-queue;OK
-j SET --add-set foo dst --map-set np src,dst --map-prio;=;OK
:INPUT,PREROUTING
-j SET --map-set np src,dst --map-prio;;FAIL
-j SET --map-set np src,dst --map-queue;;FAIL
