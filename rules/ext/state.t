@ip ip6
:INPUT,FORWARD,OUTPUT
-m state --state NEW;=;OK
-m state --state ESTABLISHED,RELATED;-m state --state RELATED,ESTABLISHED;OK
-m state --state INVALID,NEW,UNTRACKED;=;OK
-m state ! --state new;-m state ! --state NEW;OK
-m state --state E,R;-m state --state RELATED,ESTABLISHED;OK
-m state --state NEW,NEW;-m state --state NEW;OK
-m state --state N;-m state --state NEW;OK
-m state --state SNAT;;FAIL
-m state --state NEWER;;FAIL
-m state --state NEW,;;FAIL
-m state --state ,NEW;;FAIL
-m state --state NEW,,RELATED;;FAIL
-m state --state NEW --state RELATED;;FAIL
-m state --state;;FAIL
-m state;;FAIL
