@ip ip6
# The kernel of the measuring machine has no IPVS: these lines stay without rows that it takes.
:INPUT
-m ipvs;;FAIL
-m ipvs --vdir BOTH;;FAIL
-m ipvs --vmethod NAT;;FAIL
-m ipvs ! --ipvs --vport 80;;FAIL
