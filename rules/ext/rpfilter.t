@ip ip6
:PREROUTING
*mangle
-m rpfilter;=;OK
-m rpfilter --loose;=;OK
-m rpfilter --validmark;=;OK
-m rpfilter --accept-local;=;OK
-m rpfilter --invert;=;OK
-m rpfilter --invert --accept-local --validmark --loose;-m rpfilter --loose --validmark --accept-local --invert;OK
-m rpfilter --loose --loose;;FAIL
-m rpfilter ! --loose;;FAIL
*raw
-m rpfilter --invert;=;OK
*nat
-m rpfilter;;FAIL
*mangle
:FORWARD
-m rpfilter;;FAIL
*filter
:INPUT
-m rpfilter;;FAIL
