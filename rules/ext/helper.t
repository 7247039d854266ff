@ip ip6
:INPUT,FORWARD,OUTPUT
-m helper --helper ftp;=;OK
-m helper ! --helper ftp-2121;=;OK
-m helper --helper "";-m helper --helper "";OK
-m helper --helper averyveryverylongnameofahelperthatiscut;-m helper --helper averyveryverylongnameofahelpe;OK
-m helper;;FAIL
-m helper --helper ftp --helper irc;;FAIL
