module syncer/simulate/sdktest/scp

go 1.26.0

require (
	github.com/SamsungSDSCloud/terraform-sdk-samsungcloudplatformv2/v3 v3.3.2
	syncer v0.0.0
)

require github.com/shopspring/decimal v1.6.0 // indirect

replace syncer => ../../..
