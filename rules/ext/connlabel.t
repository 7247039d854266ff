@ip ip6
:INPUT,FORWARD,OUTPUT
-m connlabel --label 5;-m connlabel --label "5";OK
-m connlabel ! --label 0x11 --set;-m connlabel ! --label "17" --set;OK
-m connlabel --set --label 127;-m connlabel --label "127" --set;OK
-m connlabel --label 128;;FAIL
-m connlabel --label 65536;-m connlabel --label "0";OK
-m connlabel --label eth0-in;;FAIL
-m connlabel --set;;FAIL
-m connlabel --label 1 --label 2;;FAIL
# an int that must not be negative, cut to 16 bits
@ip ip6
*filter
:INPUT
-m connlabel --label 65537;-m connlabel --label "1";OK
-m connlabel --label 4294967296;-m connlabel --label "0";OK
-m connlabel --label 65664;;FAIL
-m connlabel --label 6553665536;;FAIL
-m connlabel --label 2147483648;;FAIL
