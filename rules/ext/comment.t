@ip ip6
:INPUT,FORWARD,OUTPUT
-m comment --comment foo;=;OK
-m comment --comment foo-bar_9;=;OK
-m comment --comment "two words";=;OK
-m comment --comment "";=;OK
-m comment --comment "say \"hi\" \\ \'x\'";=;OK
-m comment --comment a.b;-m comment --comment "a.b";OK
-m comment --comment "x;y";=;OK
-m comment --comment one -j ACCEPT;=;OK
-m comment --comment one -m comment --comment two;=;OK
-m comment;;FAIL
-m comment --comment;;FAIL
-m comment ! --comment foo;;FAIL
-m comment --comment a --comment b;;FAIL
-m comment --comment two words;;FAIL
