@ip ip6
:INPUT,FORWARD,OUTPUT
-j IDLETIMER --timeout 42 --label hw0;=;OK
-j IDLETIMER --label hw1 --alarm --timeout 0x10;-j IDLETIMER --timeout 16 --label hw1 --alarm;OK
-j IDLETIMER --timeout 5 --label averyveryverylonglabelthatiscut;-j IDLETIMER --timeout 5 --label averyveryverylonglabelthati;OK
-j IDLETIMER --timeout 2147482 --label hw2;=;OK
-j IDLETIMER --timeout 2147483 --label hw2;;FAIL
-j IDLETIMER --timeout 0 --label hw2;;FAIL
-j IDLETIMER --timeout 5 --label "";;FAIL
-j IDLETIMER --timeout 5 --label power;;FAIL
-j IDLETIMER --timeout 5 --label a/b;;FAIL
-j IDLETIMER --timeout 5;;FAIL
-j IDLETIMER --label a;;FAIL
