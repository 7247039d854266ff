@ip ip6
:INPUT,FORWARD
-j RATEEST --rateest-name in --rateest-interval 250ms --rateest-ewmalog 500ms;-j RATEEST --rateest-name in --rateest-interval 250.0ms --rateest-ewmalog 500.0ms;OK
-j RATEEST --rateest-name in --rateest-interval 1s --rateest-ewmalog 4s;-j RATEEST --rateest-name in --rateest-interval 1.0s --rateest-ewmalog 4.0s;OK
-j RATEEST --rateest-name in --rateest-interval 8s --rateest-ewmalog 1000s;-j RATEEST --rateest-name in --rateest-interval 8.0s --rateest-ewmalog 512.0s;OK
# the print overflows
-j RATEEST --rateest-name in --rateest-interval 1 --rateest-ewmalog 1000000;-j RATEEST --rateest-name in --rateest-interval 250.0ms --rateest-ewmalog 2223.0s;OK
-j RATEEST --rateest-name in --rateest-interval 9s --rateest-ewmalog 20s;;FAIL
-j RATEEST --rateest-name in --rateest-interval 1s --rateest-ewmalog 1s;;FAIL
-j RATEEST --rateest-name in --rateest-interval 0.7sec --rateest-ewmalog 2000msecs;-j RATEEST --rateest-name in --rateest-interval 1.0s --rateest-ewmalog 2.0s;OK
-j RATEEST --rateest-name averyveryverylongname --rateest-interval 1s --rateest-ewmalog 4s;-j RATEEST --rateest-name averyveryverylo --rateest-interval 1.0s --rateest-ewmalog 4.0s;OK
-j RATEEST --rateest-name in --rateest-interval 1x --rateest-ewmalog 4s;;FAIL
-j RATEEST --rateest-interval 1s --rateest-ewmalog 4s;;FAIL
-j RATEEST --rateest-name in --rateest-ewmalog 4s;;FAIL
-j RATEEST --rateest-name in --rateest-interval 1s;;FAIL
# negative times wrap
@ip
*filter
:INPUT
-j RATEEST --rateest-name b --rateest-interval -250ms --rateest-ewmalog 1s;;FAIL
