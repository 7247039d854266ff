@ip6
:INPUT,FORWARD,OUTPUT
-m frag;=;OK
-m frag --fragid 7;=;OK
-m frag --fragid 7:9;=;OK
-m frag --fragid 9:7;=;OK
-m frag ! --fragid 7:7;-m frag ! --fragid 7;OK
-m frag --fragid :7;-m frag --fragid 0:7;OK
-m frag --fragid 0x10:;-m frag --fragid 16:4294967295;OK
-m frag ! --fragid 0:4294967295;-m frag;OK
-m frag --fraglen 0;=;OK
-m frag ! --fraglen 8;=;OK
-m frag --fragres --fragfirst --fragmore;=;OK
-m frag --fraglast --fragfirst;-m frag --fragfirst --fraglast;OK
-m frag --fragmore --fraglast;;FAIL
-m frag ! --fragfirst;;FAIL
-m frag --fragid 4294967296;;FAIL
-m frag --fragid 1:2:3;;FAIL
-m frag --fragid x;;FAIL
-m frag --fragfirst --fragfirst;;FAIL
@ip
-m frag;;FAIL
