package doctor

import (
	"errors"
	"strings"
)

// advised is what to do when an error of a provider says something; the words
// are those of its documents and of what its servers were seen to answer.
type advised struct {
	provider string // "" for all
	class    string // the class of the error; "" for any
	says     string // a part of the error; "" for any
	do       string
}

// advices in the order in which they are tried.
var advices = []advised{
	{"", "", "clock is", "set this machine's clock (NTP): the signature is refused because its time is too far off"},
	{"iwinv", "", "CHECK_REQUEST_IP", "this machine's address is not on the key's allowlist: add it in the iwinv console (API keys)"},
	{"iwinv", "", "CHECK_IP", "this machine's address is not on the key's allowlist: add it in the iwinv console (API keys); iwinv was also seen to say so for a moment only"},
	{"iwinv", "", "CHECK_CREDENTIAL", "access_key is not known to iwinv: put the key of the console into its file"},
	{"iwinv", "", "SIGNATURE", "secret_key does not belong to access_key"},
	{"ncp", "", "Permission Denied", "the key is good and its sub account may not read this: give it the permission (Sub Account, View)"},
	{"ncp", "", "Invalid authentication information", "access_key or secret_key is wrong, or base_url is of another cloud (public, government, finance)"},
	{"ncp", "unauthorized", "", "access_key or secret_key is wrong, or base_url is of another cloud (public, government, finance)"},
	{"huawei", "", "The username or password is wrong", "correct domain, username and password; a locked or federated user cannot log in so"},
	{"huawei", "", "verify aksk signature fail", "secret_key does not belong to access_key, or a proxy changes headers"},
	{"huawei", "unauthorized", "", "the keys are of another account, or base_url is of another region than project_id"},
	{"huawei", "forbidden", "", "the user may not read Workspace APP (or, for prices, BSS): give it the policy"},
	{"huawei", "not_found", "", "this region may not offer Workspace APP, or project_id is wrong"},
	{"scp", "not_found", "", "SCP answers 404 where the signature headers are missing or incomplete: see that no proxy takes Scp-... headers away; then look at base_url and project"},
	{"scp", "", "has not target's endpoint", "the key's account has not subscribed to this service"},
	{"scp", "unauthorized", "", "access_key or secret_key is wrong, or the key is of another project"},
	{"scp", "forbidden", "", "the key's user may not read this: give it the role"},
	{"zstack", "", "requestTimeTooSkewed", "ZStack compares its own local time: set timezone of the source to the time zone of the management server"},
	{"zstack", "forbidden", "", "ZStack compares the date with its own local time: set timezone of the source to the time zone of the management server, and look at both clocks"},
	{"zstack", "", "ID.1002", "the account may not read this: give it the permission"},
	{"zstack", "", "ID.1006", "too many sessions of this account are open: wait, or raise the limit"},
	{"zstack", "", "ID.", "account or password is wrong"},
	{"zstack", "not_found", "", "base_url needs the context path (https://host:8080/zstack); the community edition has no price tables"},
	{"", "unauthorized", "", "the credentials are refused: look at the secret files"},
	{"", "forbidden", "", "the credentials are known and may not read this, or not from this address"},
	{"", "rate_limited", "", "the provider wants fewer requests: wait, and do not check in a loop"},
	{"", "address", "", "base_url leads to an address that is refused; for an installation of your own set the option private_network: true"},
	{"", "tls", "", "look at the certificate, and at ca_file for an authority of your own"},
	{"", "redirect", "", "set base_url to the address that the provider points to"},
	{"", "html", "", "a page for people answers: base_url is wrong, or a proxy or login page is in between"},
	{"", "network", "", "the provider cannot be reached: look at the lines about the network above"},
	{"", "server_error", "", "the provider fails: try again later"},
	{"", "not_found", "", "look at the path of base_url"},
}

// advice says what to do about a page that could not be fetched.
func advice(provider string, err error) string {
	var classed interface{ ErrorClass() string }
	class := ""
	if errors.As(err, &classed) {
		class = classed.ErrorClass()
	}
	for _, a := range advices {
		if (a.provider == "" || a.provider == provider) && (a.class == "" || a.class == class) &&
			strings.Contains(err.Error(), a.says) {
			return a.do
		}
	}
	return ""
}
