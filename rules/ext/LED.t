@ip ip6
# The kernel of the measuring machine has no LED: these lines stay without rows that it takes.
:INPUT
-j LED;;FAIL
-j LED --led-trigger-id averyverylongtriggername;;FAIL
-j LED --led-trigger-id a --led-delay x;;FAIL
