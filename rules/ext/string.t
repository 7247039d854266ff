@ip ip6
:INPUT,FORWARD
*filter
-m string --string hello --algo bm;-m string --string "hello" --algo bm;OK
-m string --string "he l\"lo" --algo kmp;=;OK
-m string ! --string hello --algo bm;-m string ! --string "hello" --algo bm;OK
-m string --string hello --algo bm --icase;-m string --string "hello" --algo bm --icase;OK
-m string --hex-string "|0001|x" --algo kmp --from 20 --to 60;-m string --hex-string "|000178|" --algo kmp --from 20 --to 60;OK
-m string --hex-string "|41 42|c" --algo bm;-m string --string "ABc" --algo bm;OK
-m string --string x --algo bm --to 65535;-m string --string "x" --algo bm;OK
-m string --string x;;FAIL
-m string --algo bm;;FAIL
-m string --string x --algo foo;;FAIL
-m string --string x --hex-string y --algo bm;;FAIL
-m string --string x --algo bm --from 10 --to 5;;FAIL
-m string --hex-string "|0g|" --algo bm;;FAIL
-m string --hex-string "|0|" --algo bm;;FAIL
-m string --string x --algo bm --from 65536;;FAIL
