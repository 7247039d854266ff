-- error: table:
error({})
