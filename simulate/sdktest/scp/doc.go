// Package scp drives the simulated Samsung Cloud Platform with the vendor's own
// SDK, unchanged: what the SDK cannot read, the simulation got wrong. The SDK
// is not served as a module, so its source must lie in a folder:
//
//	make sdktest SCP_SDK=FOLDER
package scp
