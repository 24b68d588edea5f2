// Package zstack drives the simulated ZStack with the vendor's own Go SDK,
// unchanged: what the SDK cannot read, a faithful simulation must not send.
// It is a module of its own, so that the SDK is no dependency of the program.
// Run it with
//
//	cd simulate/sdktest/zstack && go test ./...
package zstack
