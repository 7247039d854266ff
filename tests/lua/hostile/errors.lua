-- error: an error without a message
error(nil)
