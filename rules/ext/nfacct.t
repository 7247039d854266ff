@ip ip6
:INPUT
-m nfacct --nfacct-name http;;FAIL
-m nfacct;;FAIL
