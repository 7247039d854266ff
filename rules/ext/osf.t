:INPUT,FORWARD
-p tcp -m osf --genre Linux;=;OK
-p tcp -m osf ! --genre Windows --log 1 --ttl 2;-p tcp -m osf ! --genre Windows --ttl 2 --log 1;OK
-p tcp -m osf --genre averylonggenrethatistoolongforthekernel;-p tcp -m osf --genre averylonggenrethatistoolongfort;OK
-p tcp -m osf --genre Linux --ttl 3;;FAIL
-p tcp -m osf --genre Linux --log 3;;FAIL
-p tcp -m osf;;FAIL
-m osf --genre Linux;;FAIL
-p udp -m osf --genre Linux;;FAIL
:OUTPUT
-p tcp -m osf --genre Linux;;FAIL
