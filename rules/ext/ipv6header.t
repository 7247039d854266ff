@ip6
:INPUT,FORWARD,OUTPUT
-m ipv6header --header hop;-m ipv6header --header hop-by-hop;OK
-m ipv6header --header hop-by-hop,frag;-m ipv6header --header hop-by-hop,ipv6-frag;OK
-m ipv6header --header prot,dst,route,auth,esp,none;-m ipv6header --header ipv6-opts,ipv6-route,ah,esp,ipv6-nonxt,protocol;OK
-m ipv6header --header 0,60,43,44,51,50,59,255;-m ipv6header --header hop-by-hop,ipv6-opts,ipv6-route,ipv6-frag,ah,esp,ipv6-nonxt,protocol;OK
-m ipv6header --header ipv6-opts,IPv6-Frag --soft;-m ipv6header --header ipv6-opts,ipv6-frag --soft;OK
-m ipv6header ! --header frag;-m ipv6header ! --header ipv6-frag;OK
-m ipv6header --soft ! --header frag,,hopopt;-m ipv6header ! --header hop-by-hop,ipv6-frag --soft;OK
-m ipv6header --header protocol;=;OK
-m ipv6header;;FAIL
-m ipv6header --header tcp;;FAIL
-m ipv6header --header foo;;FAIL
-m ipv6header --header 61;;FAIL
-m ipv6header --header ,;;FAIL
-m ipv6header --header frag ! --soft;;FAIL
-m ipv6header --soft;;FAIL
