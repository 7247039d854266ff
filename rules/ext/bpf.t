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
# instructions that Linux has not, shifts past 31, division by zero
@ip ip6
:INPUT
-m bpf --bytecode "4,9 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0";;FAIL
-m bpf --bytecode "2,100 0 0 32,6 0 0 0";;FAIL
-m bpf --bytecode "2,100 0 0 31,6 0 0 0";=;OK
-m bpf --bytecode "2,52 0 0 0,6 0 0 0";;FAIL
-m bpf --bytecode "2,148 0 0 3,6 0 0 0";=;OK
-m bpf --bytecode "2,132 0 0 0,22 0 0 0";=;OK
-m bpf --bytecode "2,140 0 0 0,22 0 0 0";;FAIL
-m bpf --bytecode "2,96 0 0 16,6 0 0 0";;FAIL
