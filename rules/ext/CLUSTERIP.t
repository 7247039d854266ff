:INPUT
-d 10.0.0.9/32 -i eth0 -j CLUSTERIP --new --hashmode sourceip --clustermac 01:00:5e:00:00:01 --total-nodes 2 --local-node 1 --hash-init 0;;FAIL
-j CLUSTERIP;;FAIL
