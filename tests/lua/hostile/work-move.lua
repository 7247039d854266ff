-- error: stopped: more than 10 million instructions
table.move({}, 1, 1 << 53, 2)
