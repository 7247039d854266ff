@ip ip6
:INPUT,FORWARD
*filter
-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";=;OK
-m bpf --bytecode "1,6 0 0 65535";=;OK
-m bpf;;FAIL
-m bpf --bytecode "4";;FAIL
-m bpf --bytecode "2,6 0 0 0";;FAIL
-m bpf --bytecode "0,6 0 0 0";;FAIL
-m bpf --bytecode "1,48 0 0 9";;FAIL
