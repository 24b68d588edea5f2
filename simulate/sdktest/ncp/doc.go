// Package ncp drives the simulated NAVER Cloud with the vendor's own SDK,
// unchanged: what the SDK cannot read, the simulation got wrong. It is a module
// of its own, so that the SDK is no dependency of the program:
//
//	cd simulate/sdktest/ncp && go test ./...
package ncp
