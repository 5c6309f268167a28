package sharedcause

// CommonMode is for tests from outside.
var CommonMode = commonMode
