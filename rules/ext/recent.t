@ip ip6
:INPUT,FORWARD,OUTPUT
@ip
-m recent --set;-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --set --name x --rsource;-m recent --set --name x --mask 255.255.255.255 --rsource;OK
-m recent ! --set;-m recent ! --set --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --rcheck;-m recent --rcheck --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --rcheck --seconds 60;-m recent --rcheck --seconds 60 --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --rcheck --seconds 60 --hitcount 4 --name SSH;-m recent --rcheck --seconds 60 --hitcount 4 --name SSH --mask 255.255.255.255 --rsource;OK
-m recent --update --seconds 60 --hitcount 4 --rttl --name SSH --rdest;-m recent --update --seconds 60 --hitcount 4 --rttl --name SSH --mask 255.255.255.255 --rdest;OK
-m recent ! --update --seconds 60;-m recent ! --update --seconds 60 --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --update --seconds 10 --reap;-m recent --update --seconds 10 --reap --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --remove;-m recent --remove --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent ! --remove --name x;-m recent ! --remove --name x --mask 255.255.255.255 --rsource;OK
-m recent --set --mask 255.255.255.0;-m recent --set --name DEFAULT --mask 255.255.255.0 --rsource;OK
-m recent --rcheck --mask 255.0.255.0 --rdest;-m recent --rcheck --name DEFAULT --mask 255.0.255.0 --rdest;OK
-m recent --rcheck --hitcount 0;-m recent --rcheck --name DEFAULT --mask 255.255.255.255 --rsource;OK
-m recent --rcheck --hitcount 65535;-m recent --rcheck --hitcount 65535 --name DEFAULT --mask 255.255.255.255 --rsource;OK
@ip ip6
-m recent --rcheck --hitcount 65536;;FAIL
-m recent --rcheck --seconds 0;;FAIL
-m recent --rcheck --reap;;FAIL
-m recent --set --seconds 5;;FAIL
-m recent --set --hitcount 5;;FAIL
-m recent --remove --hitcount 5;;FAIL
-m recent --set --rttl;;FAIL
-m recent --remove --rttl;;FAIL
-m recent --set --rcheck;;FAIL
-m recent --set --set;;FAIL
-m recent --set --name "";;FAIL
-m recent --set --name a/b;;FAIL
@ip
-m recent --set --name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;-m recent --set --name aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa --mask 255.255.255.255 --rsource;OK
-m recent --rcheck --rsource --rdest;-m recent --rcheck --name DEFAULT --mask 255.255.255.255 --rdest;OK
@ip ip6
-m recent --name x;;FAIL
-m recent;;FAIL
@ip6
:INPUT,FORWARD,OUTPUT
-m recent --set;-m recent --set --name DEFAULT --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource;OK
-m recent --rcheck --seconds 60 --hitcount 4 --name six --mask ffff:ffff:: --rdest;=;OK
-m recent ! --update --rttl --name six;-m recent ! --update --rttl --name six --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource;OK
-m recent --remove --mask ffff::1 --name six;-m recent --remove --name six --mask ffff::1 --rsource;OK
-m recent --set --mask 255.255.255.0;;FAIL
