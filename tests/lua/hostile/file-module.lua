-- error: module '../../x'
require "../../x"
