$ create foo hash:ip counters
$ create six hash:ip family inet6
$ create ports bitmap:port range 0-1000
$ create np hash:net,port counters
$ create all list:set
:INPUT,FORWARD,OUTPUT
-m set --match-set foo src;=;OK
-m set --match-set foo dst;=;OK
-m set ! --match-set foo src;=;OK
-m set --match-set ports src;=;OK
-m set --match-set np src,dst;=;OK
-m set --match-set all src,src,dst;=;OK
# only the beginning of a word counts
-m set --match-set np source,dst;;FAIL
-m set --match-set np srcx,dsty;-m set --match-set np src,dst;OK
-m set --match-set np src,dst,src,dst,src,dst;=;OK
-m set --match-set np src,dst,src,dst,src,dst,src;;FAIL
-m set --match-set np src,;;FAIL
-m set --match-set np ,src;;FAIL
-m set --match-set nosuch src;;FAIL
-m set --match-set six src;;FAIL
-m set --match-set averyveryveryverylongnameforaset0 src;;FAIL
-m set;;FAIL
-m set --match-set foo;;FAIL
-m set --match-set foo -j ACCEPT;;FAIL
-m set --match-set foo src --match-set ports dst;;FAIL
-m set --match-set foo src -m set ! --match-set ports dst;=;OK
-m set --set foo src;-m set --match-set foo src;OK
-m set --match-set np src,dst --return-nomatch;=;OK
-m set --return-nomatch --match-set np src,dst;-m set --match-set np src,dst --return-nomatch;OK
-m set --match-set np src,dst ! --return-nomatch;;FAIL
-m set --match-set foo src ! --update-counters;=;OK
-m set --match-set foo src --update-counters;-m set --match-set foo src;OK
-m set --match-set all src ! --update-subcounters;=;OK
-m set --match-set foo src --packets-eq 5;=;OK
-m set --match-set foo src ! --packets-eq 0x10;-m set --match-set foo src ! --packets-eq 16;OK
-m set --match-set foo src --packets-lt 5 --bytes-gt 1000;=;OK
-m set --match-set foo src --packets-gt 5 ! --bytes-eq 1000;=;OK
-m set --match-set foo src --bytes-lt 18446744073709551615;=;OK
-m set --match-set foo src ! --packets-lt 5;;FAIL
-m set --match-set foo src ! --bytes-gt 5;;FAIL
-m set --match-set foo src --packets-eq 5 --packets-lt 7;;FAIL
-m set --match-set foo src --bytes-eq 5 --bytes-gt 7;;FAIL
-m set --match-set foo src --packets-eq 5x;;FAIL
