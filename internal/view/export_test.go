package view

// CauseKind is for tests from outside.
var CauseKind = causeKind
