package cause

// Words is words, for tests from outside.
var Words = words
