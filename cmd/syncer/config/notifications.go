package config

import (
	"crypto/x509"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/schedule"
)

// Notifications say who is notified of what. The zero value notifies nobody.
type Notifications struct {
	// PageURL is where people see more; "" for nowhere.
	PageURL  string
	Webhooks []Webhook // by name
	Rules    []NotifyRule
}

// Webhook is one configured webhook without its secrets; Open adds them.
type Webhook struct {
	Name                         string
	InsecureHTTP, PrivateNetwork bool
	// Given is the address if it stands in the configuration, else zero.
	Given catalog.Secret

	urlFile   string
	keyFile   string
	authority string // ca_file
}

// NotifyRule is what a webhook is notified of.
type NotifyRule struct {
	Name, Webhook string
	Lists         []string // patterns; none is every list
	Events        []string // of NotifyEvents
	// Threshold is how far a price has to move, in percent of what it was.
	Threshold decimal.Decimal
	Up, Down  bool
	Kinds     []catalog.PriceKind
	// Digest is when messages are put together; the zero value sends each.
	Digest schedule.Schedule
}

// Events of rules.
const (
	OnPriceChange  = "price_change"
	OnStatusChange = "status_change"
	OnHold         = "hold"
	OnDoubt        = "doubt"
	OnRetraction   = "retraction"
	OnStale        = "stale"
)

// NotifyEvents are all events, which is what a rule that names none is about.
func NotifyEvents() []string {
	return []string{OnPriceChange, OnStatusChange, OnDoubt, OnHold, OnRetraction, OnStale}
}

// OpenWebhook is a webhook with its secrets, for the one place that sends.
type OpenWebhook struct {
	Webhook
	URL, Key catalog.Secret
	Roots    *x509.CertPool // nil for the system's
}

// Open reads the webhook's secrets. The environment goes before files.
func (w Webhook) Open(lookup Lookup) (OpenWebhook, error) {
	opened := OpenWebhook{Webhook: w}
	var err error
	if opened.URL, err = w.secret("url", lookup); err != nil {
		return OpenWebhook{}, fmt.Errorf("webhook %s: url: %w", w.Name, err)
	}
	if opened.Key, err = w.secret("secret", lookup); err != nil {
		return OpenWebhook{}, fmt.Errorf("webhook %s: secret: %w", w.Name, err)
	}
	if opened.Roots, err = rootsIn(w.authority); err != nil {
		return OpenWebhook{}, fmt.Errorf("webhook %s: ca_file: %w", w.Name, err)
	}
	return opened, nil
}

// webhookEnvironment is SYNCER_WEBHOOK_<NAME>_<FIELD>.
func webhookEnvironment(name, field string) string { return environmentName("webhook_"+name, field) }

func (w Webhook) secret(field string, lookup Lookup) (catalog.Secret, error) {
	variable := webhookEnvironment(w.Name, field)
	if text, _ := lookup(variable); text != "" {
		return oneLine(text, variable)
	}
	switch {
	case field == "url" && !w.Given.IsZero():
		return w.Given, nil
	case w.file(field) != "":
		return readSecret(w.file(field), lookup)
	}
	return catalog.Secret{}, fmt.Errorf("there is none: name a file in %s_file, or set %s", field, variable)
}

func (w Webhook) file(field string) string {
	if field == "url" {
		return w.urlFile
	}
	return w.keyFile
}

// Secrets are the secrets of the webhook, and whether they can be read.
func (w Webhook) Secrets(lookup Lookup) []Held {
	var all []Held
	for _, field := range []string{"url", "secret"} {
		held := Held{Field: field, From: w.file(field)}
		if text, _ := lookup(webhookEnvironment(w.Name, field)); text != "" {
			held.From = webhookEnvironment(w.Name, field)
		} else if field == "url" && !w.Given.IsZero() {
			held.From = "the configuration"
		}
		_, held.Err = w.secret(field, lookup)
		all = append(all, held)
	}
	return all
}

// RevealAll are the secrets that can be read now, for who has to keep them out
// of a text.
func (w Webhook) RevealAll(lookup Lookup) []catalog.Secret {
	var all []catalog.Secret
	for _, field := range []string{"url", "secret"} {
		if secret, err := w.secret(field, lookup); err == nil {
			all = append(all, secret)
		}
	}
	return all
}

// Names are the names of all webhooks.
func (n Notifications) Names() []string {
	var names []string
	for _, webhook := range n.Webhooks {
		names = append(names, webhook.Name)
	}
	return names
}

// defaultDigestTime is when a digest is sent whose rule does not say.
const defaultDigestTime = "09:00"

// digestExpression is a cron expression for a time of day, on a weekday or
// every day.
func digestExpression(at time.Time, weekday string) string {
	if weekday == "" {
		weekday = "*"
	}
	return fmt.Sprintf("%d %d * * %s", at.Minute(), at.Hour(), weekday)
}
