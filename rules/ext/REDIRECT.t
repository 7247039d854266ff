@ip ip6
:PREROUTING,OUTPUT
*nat
-j REDIRECT;=;OK
-p tcp -j REDIRECT --to-ports 3128;=;OK
-p tcp -j REDIRECT --to-ports 3128-3135;=;OK
-p tcp -j REDIRECT --to-ports 3128-3128;-p tcp -j REDIRECT --to-ports 3128;OK
-p tcp -j REDIRECT --to-ports 3128 --random;=;OK
-p tcp -j REDIRECT --random;=;OK
-p udp -j REDIRECT --to-ports domain;-p udp -j REDIRECT --to-ports 53;OK
-p tcp -j REDIRECT --to-ports 0;=;OK
-j REDIRECT --to-ports 3128;;FAIL
-p tcp -j REDIRECT --to-ports 3135-3128;;FAIL
-p tcp -j REDIRECT --to-ports 3128-3135/9;;FAIL
-p tcp -j REDIRECT --to-ports domain-80;;FAIL
-p tcp -j REDIRECT --to-ports 80-domain;;FAIL
-p tcp -j REDIRECT --to-ports 80:90;;FAIL
-p tcp -j REDIRECT --to-ports 10.0.0.1;;FAIL
-p tcp -j REDIRECT --to-ports 99999;;FAIL
-p tcp -j REDIRECT --random-fully;;FAIL
-p tcp -j REDIRECT ! --to-ports 80;;FAIL
# what is wrong with another option is told before a shifted range
@ip ip6
*nat
:OUTPUT
-p tcp -j REDIRECT --to-ports 5-9/7;;FAIL
-p tcp -j REDIRECT --to-ports 5-9/70000;;FAIL
