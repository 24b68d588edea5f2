package config

import "syncer/ingest"

// document is the file as written; every field a text or a number, so that
// one place, check, judges them all and can say where they stand.
type document struct {
	Database       *databaseNode          `yaml:"database"`
	Sources        map[string]*sourceNode `yaml:"sources"`
	Guard          guardNode              `yaml:"guard"`
	Absence        absenceNode            `yaml:"absence"`
	Doubt          doubtNode              `yaml:"doubt"`
	SetAside       setAsideNode           `yaml:"set_aside"`
	Evidence       evidenceNode           `yaml:"evidence"`
	Listen         string                 `yaml:"listen"`
	PprofSocket    string                 `yaml:"pprof_socket"`
	HeartbeatURL   string                 `yaml:"heartbeat_url"`
	HeartbeatFile  string                 `yaml:"heartbeat_url_file"`
	Notifications  *notificationsNode     `yaml:"notifications"`
	ReportTimezone string                 `yaml:"report_timezone"`
}

type databaseNode struct {
	URL      string `yaml:"url"`
	URLFile  string `yaml:"url_file"`
	Embedded string `yaml:"embedded"`
	ExecMode string `yaml:"exec_mode"`
}

type sourceNode struct {
	Provider    string               `yaml:"provider"`
	BaseURL     string               `yaml:"base_url"`
	Credentials map[string]string    `yaml:"credentials"`
	Options     map[string]any       `yaml:"options"`
	Lists       map[string]*listNode `yaml:"lists"`
	Timezone    string               `yaml:"timezone"`
	CAFile      string               `yaml:"ca_file"`
	Insecure    bool                 `yaml:"insecure_http"`
}

type listNode struct {
	Schedule   string   `yaml:"schedule"`
	Timezone   string   `yaml:"timezone"`
	Jitter     string   `yaml:"jitter"`
	Pace       string   `yaml:"pace"`
	StaleAfter string   `yaml:"stale_after"`
	Ignore     []string `yaml:"ignore"`
}

// guardNode has the fields of ingest.Guard, under the names of the file.
type guardNode struct {
	Enabled                bool `yaml:"enabled"`
	IgnoreUpTo             int  `yaml:"ignore_up_to"`
	MaxRemovedPercent      int  `yaml:"max_removed_percent"`
	MaxUnpricedPercent     int  `yaml:"max_unpriced_percent"`
	MaxChangedPercent      int  `yaml:"max_changed_percent"`
	MaxTaxPercent          int  `yaml:"max_tax_percent"`
	MaxCurrencyUnitPercent int  `yaml:"max_currency_unit_percent"`
	MaxZeroPercent         int  `yaml:"max_zero_percent"`
	MaxStatusPercent       int  `yaml:"max_status_percent"`
	MaxEmptiedPercent      int  `yaml:"max_emptied_percent"`
	MaxGrowthFactor        int  `yaml:"max_growth_factor"`
	MaxDoubtfulPercent     int  `yaml:"max_doubtful_percent"`
}

type absenceNode struct {
	ConfirmSnapshots int    `yaml:"confirm_snapshots"`
	ConfirmFor       string `yaml:"confirm_for"`
}

type setAsideNode struct {
	MaxPercent int `yaml:"max_percent"`
}

// doubtNode is off, or its two limits.
type doubtNode struct {
	off              bool
	ConfirmSnapshots int    `yaml:"confirm_snapshots"`
	ConfirmFor       string `yaml:"confirm_for"`
}

type evidenceNode struct {
	Keep       string `yaml:"keep"`
	Mirror     string `yaml:"mirror"`
	PauseBelow string `yaml:"pause_below"`
}

type notificationsNode struct {
	PageURL  string                  `yaml:"page_url"`
	Webhooks map[string]*webhookNode `yaml:"webhooks"`
	Rules    map[string]*ruleNode    `yaml:"rules"`
}

type webhookNode struct {
	URL        string `yaml:"url"`
	URLFile    string `yaml:"url_file"`
	SecretFile string `yaml:"secret_file"`
	CAFile     string `yaml:"ca_file"`
	Insecure   bool   `yaml:"insecure_http"`
	Private    bool   `yaml:"private_network"`
}

type ruleNode struct {
	Webhook    string   `yaml:"webhook"`
	Lists      []string `yaml:"lists"`
	Events     []string `yaml:"events"`
	Threshold  string   `yaml:"threshold_percent"`
	Direction  string   `yaml:"direction"`
	PriceKinds []string `yaml:"price_kinds"`
	Digest     string   `yaml:"digest"`
	At         string   `yaml:"at"`
	Weekday    string   `yaml:"weekday"`
	Timezone   string   `yaml:"timezone"`
}

// defaults are the values of everything that may be left out.
func defaults() document {
	return document{
		Guard:          guardNode(ingest.DefaultGuard()),
		Absence:        absenceNode{ConfirmSnapshots: 2, ConfirmFor: "72h"},
		Doubt:          doubtNode{ConfirmSnapshots: 2, ConfirmFor: "72h"},
		SetAside:       setAsideNode{MaxPercent: 2},
		Evidence:       evidenceNode{Keep: string(KeepForever), PauseBelow: "1GB"},
		Listen:         "127.0.0.1:8630",
		ReportTimezone: "Asia/Seoul",
	}
}

// fieldNames are all fields of the file, for "did you mean".
func fieldNames() []string {
	return []string{
		"database", "sources", "guard", "absence", "doubt", "set_aside", "max_percent", "evidence", "listen", "pprof_socket", "heartbeat_url", "heartbeat_url_file", "report_timezone",
		"url", "url_file", "embedded", "exec_mode", "provider", "base_url", "credentials", "options", "lists", "timezone", "ca_file", "insecure_http",
		"schedule", "jitter", "pace", "stale_after", "ignore", "enabled", "ignore_up_to", "max_removed_percent", "max_unpriced_percent",
		"max_changed_percent", "max_tax_percent", "max_currency_unit_percent", "max_zero_percent", "max_status_percent", "max_emptied_percent", "max_growth_factor", "max_doubtful_percent",
		"confirm_snapshots", "confirm_for", "keep", "mirror", "pause_below",
		"notifications", "page_url", "webhooks", "secret_file", "private_network", "rules", "webhook", "events", "threshold_percent",
		"direction", "price_kinds", "digest", "at", "weekday",
	}
}
