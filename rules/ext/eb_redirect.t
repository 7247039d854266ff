*nat
:PREROUTING
-j redirect;=;OK
-j redirect --redirect-target DROP;=;OK
-p IPv4 -j redirect --redirect-target CONTINUE;=;OK
-j redirect --redirect-target ACCEPT;-j redirect;OK
-j redirect --redirect-target FOO;;FAIL
-j redirect --redirect-target DROP --redirect-target DROP;;FAIL
:POSTROUTING
-j redirect;;FAIL
:OUTPUT
-j redirect;;FAIL
*filter
:INPUT
-j redirect;;FAIL
