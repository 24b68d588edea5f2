module syncer/simulate/sdktest/ncp

go 1.26.0

require (
	github.com/NaverCloudPlatform/ncloud-sdk-go-v2 v1.6.30
	syncer v0.0.0
)

require (
	github.com/shopspring/decimal v1.6.0 // indirect
	golang.org/x/net v0.62.0 // indirect
)

replace syncer => ../../..
