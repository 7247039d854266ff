@ip ip6
:INPUT,FORWARD
-m mac --mac-source 02:aa:0A:00:00:05;-m mac --mac-source 02:aa:0a:00:00:05;OK
-m mac ! --mac-source 00:00:00:00:00:00;=;OK
-m mac --mac-source 2:a:b:c:d:e;-m mac --mac-source 02:0a:0b:0c:0d:0e;OK
-m mac --mac-source 02:aa:0a:00:00;;FAIL
-m mac --mac-source 02:aa:0a:00:00:05:06;;FAIL
-m mac --mac-source 02-aa-0a-00-00-05;;FAIL
-m mac --mac-source 002:aa:0a:00:00:05;;FAIL
-m mac;;FAIL
:OUTPUT
-m mac --mac-source 02:aa:0a:00:00:05;;FAIL
