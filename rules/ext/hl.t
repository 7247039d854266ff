@ip6
:INPUT,FORWARD,OUTPUT
-m hl --hl-eq 64;=;OK
-m hl ! --hl-eq 0xff;-m hl ! --hl-eq 255;OK
-m hl --hl 1;-m hl --hl-eq 1;OK
-m hl --hl-lt 5;=;OK
-m hl --hl-gt 0;=;OK
-m hl;;FAIL
-m hl ! --hl 1;-m hl ! --hl-eq 1;OK
-m hl ! --hl-lt 5;;FAIL
-m hl --hl-gt 5 --hl-lt 9;;FAIL
-m hl --hl-eq 256;;FAIL
-m hl --hl-eq -1;;FAIL
@ip
-m hl --hl-eq 64;;FAIL
