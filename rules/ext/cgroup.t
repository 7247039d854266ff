@ip ip6
:INPUT,OUTPUT
-m cgroup --cgroup 1;=;OK
-m cgroup ! --cgroup 0x100001;-m cgroup ! --cgroup 1048577;OK
-m cgroup --path "";=;OK
-m cgroup --path a --cgroup 1;;FAIL
-m cgroup;;FAIL
-m cgroup --cgroup x;;FAIL
:FORWARD
-m cgroup --cgroup 1;;FAIL
