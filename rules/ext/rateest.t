@ip ip6
:INPUT,FORWARD
-m rateest --rateest nosuch --rateest-lt --rateest-bps 8bit;;FAIL
-m rateest --rateest nosuch --rateest-lt;;FAIL
-m rateest --rateest-lt --rateest-bps 8bit;;FAIL
-m rateest --rateest nosuch --rateest-lt --rateest-bps x;;FAIL
-m rateest --rateest nosuch ! --rateest-bps 5;;FAIL
-m rateest --rateest nosuch --rateest-lt --rateest-lt --rateest-bps 5;;FAIL
