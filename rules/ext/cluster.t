@ip ip6
:INPUT,PREROUTING
*mangle
-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-hash-seed 0xdeadbeef;-m cluster --cluster-local-nodemask 0x00000001 --cluster-total-nodes 2 --cluster-hash-seed 0xdeadbeef;OK
-m cluster --cluster-total-nodes 4 ! --cluster-local-node 3 --cluster-hash-seed 5;-m cluster ! --cluster-local-nodemask 0x00000004 --cluster-total-nodes 4 --cluster-hash-seed 0x00000005;OK
-m cluster --cluster-total-nodes 4 --cluster-local-nodemask 0x5 --cluster-hash-seed 1;-m cluster --cluster-local-nodemask 0x00000005 --cluster-total-nodes 4 --cluster-hash-seed 0x00000001;OK
-m cluster --cluster-total-nodes 32 --cluster-local-node 32 --cluster-hash-seed 1;-m cluster --cluster-local-nodemask 0x80000000 --cluster-total-nodes 32 --cluster-hash-seed 0x00000001;OK
-m cluster --cluster-total-nodes 2 --cluster-local-node 3 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 2 --cluster-local-nodemask 4 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 33 --cluster-local-node 1 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 8 --cluster-local-nodemask 33 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 2 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 2 --cluster-local-node 1;;FAIL
-m cluster --cluster-local-node 1 --cluster-hash-seed 1;;FAIL
-m cluster --cluster-total-nodes 2 --cluster-local-node 1 --cluster-local-nodemask 1 --cluster-hash-seed 1;;FAIL
