package config

import (
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"syncer/catalog"
	"syncer/notify"
	"syncer/reach"
	"syncer/schedule"
)

func (c *checker) notifications(node *notificationsNode, lists []List) Notifications {
	if node == nil {
		return Notifications{}
	}
	keys := []string{"notifications"}
	checked := Notifications{PageURL: c.pageURL(append(keys, "page_url"), node.PageURL)}
	for _, name := range sortedKeys(node.Webhooks) {
		checked.Webhooks = append(checked.Webhooks, c.webhook([]string{"notifications", "webhooks", name}, name, node.Webhooks[name]))
	}
	used := map[string]bool{}
	for _, name := range sortedKeys(node.Rules) {
		rule := c.rule([]string{"notifications", "rules", name}, name, node.Rules[name], lists, sortedKeys(node.Webhooks))
		checked.Rules = append(checked.Rules, rule)
		used[rule.Webhook] = true
	}
	for _, webhook := range checked.Webhooks {
		if !used[webhook.Name] {
			c.fail([]string{"notifications", "webhooks", webhook.Name}, "no rule names this webhook: nothing would ever be sent to it")
		}
	}
	return checked
}

// pageURL stands in messages, so nothing in it may be a secret.
func (c *checker) pageURL(keys []string, text string) string {
	if text == "" {
		return ""
	}
	address, err := url.Parse(text)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" || address.User != nil {
		c.fail(keys, "want an address such as https://syncer.example.com/, without a user")
		return ""
	}
	return text
}

func (c *checker) webhook(keys []string, name string, node *webhookNode) Webhook {
	c.plainName(keys, name)
	if node == nil {
		c.fail(keys, "is empty; want at least url_file and secret_file")
		return Webhook{Name: name}
	}
	checked := Webhook{
		Name: name, InsecureHTTP: node.Insecure, PrivateNetwork: node.Private, authority: c.file(node.CAFile),
		urlFile: c.file(node.URLFile), keyFile: c.file(node.SecretFile), Given: catalog.NewSecret(node.URL),
	}
	fromEnvironment := func(field string) bool { text, _ := c.lookup(webhookEnvironment(name, field)); return text != "" }
	switch {
	case node.URL != "" && node.URLFile != "":
		c.fail(append(keys, "url"), "want one of url and url_file")
	case node.URL == "" && node.URLFile == "" && !fromEnvironment("url"):
		c.fail(keys, "has no address: want url_file, or url where the address is no secret, or set %s", webhookEnvironment(name, "url"))
	case node.URL != "":
		c.webhookURL(append(keys, "url"), node.URL, node.Insecure)
	}
	if node.SecretFile == "" && !fromEnvironment("secret") {
		c.fail(keys, "has no secret to sign with: want secret_file, or set %s", webhookEnvironment(name, "secret"))
	}
	return checked
}

// webhookURL never repeats the text: whoever knows the path can post.
func (c *checker) webhookURL(keys []string, text string, insecure bool) {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http":
		c.fail(keys, "want an address such as https://hooks.example.com/services/ID")
	case address.User != nil || address.Fragment != "":
		c.fail(keys, "want no user and no fragment in it")
	case address.Scheme == "http" && !insecure && !reach.IsLoopback(address.Hostname()):
		c.fail(keys, "want https, or http to this machine; insecure_http: true allows it to others")
	}
}

// plainName wants a name that can stand in an environment variable and a metric.
func (c *checker) plainName(keys []string, name string) {
	if _, err := catalog.ParseListID(name + "/x"); err != nil {
		c.fail(keys, "want a name of lower case letters, digits, dash and underscore")
	}
}

func (c *checker) rule(keys []string, name string, node *ruleNode, lists []List, webhooks []string) NotifyRule {
	c.plainName(keys, name)
	if node == nil {
		c.fail(keys, "is empty; want at least webhook")
		return NotifyRule{Name: name}
	}
	at := func(field string) []string { return slices.Concat(keys, []string{field}) }
	rule := NotifyRule{Name: name, Webhook: node.Webhook, Lists: node.Lists, Events: node.Events}
	if !slices.Contains(webhooks, node.Webhook) {
		c.fail(at("webhook"), "unknown webhook %q%s", node.Webhook, wantOne(node.Webhook, webhooks))
	}
	for _, pattern := range node.Lists {
		c.pattern(at("lists"), pattern, lists)
	}
	if len(rule.Events) == 0 {
		rule.Events = NotifyEvents()
	}
	for _, event := range rule.Events {
		if !slices.Contains(NotifyEvents(), event) {
			c.fail(at("events"), "unknown event %q%s", event, wantOne(event, NotifyEvents()))
		}
	}
	rule.Threshold = c.threshold(at("threshold_percent"), node.Threshold)
	rule.Up, rule.Down = c.direction(at("direction"), node.Direction)
	rule.Kinds = c.priceKinds(at("price_kinds"), node.PriceKinds)
	rule.Digest = c.digest(keys, node)
	if !slices.Contains(rule.Events, OnPriceChange) && (node.Threshold != "" || node.Direction != "" || node.PriceKinds != nil) {
		c.fail(keys, "threshold_percent, direction and price_kinds are about the event price_change, which the rule does not name")
	}
	return rule
}

func (c *checker) pattern(keys []string, pattern string, lists []List) {
	if _, err := path.Match(pattern, "a/b"); err != nil {
		c.fail(keys, "want SOURCE/LIST, SOURCE or a pattern such as iwinv/*, got %q", pattern)
		return
	}
	if !slices.ContainsFunc(lists, func(list List) bool { return notify.PatternCovers(pattern, list.ID) }) {
		c.fail(keys, "%q names no configured list", pattern)
	}
}

// threshold is read as a decimal, never as a float.
func (c *checker) threshold(keys []string, text string) decimal.Decimal {
	if text == "" {
		return decimal.Zero
	}
	value, err := decimal.NewFromString(strings.TrimSpace(text))
	if err != nil || value.IsNegative() || len(text) > 20 {
		c.fail(keys, "want a percentage of at least 0 such as 5 or 2.5, got %q", text)
		return decimal.Zero
	}
	return value
}

func (c *checker) direction(keys []string, text string) (up, down bool) {
	switch text {
	case "", "both":
		return true, true
	case "up":
		return true, false
	case "down":
		return false, true
	}
	c.fail(keys, "want up, down or both, got %q", text)
	return true, true
}

// priceKinds refuses fees: they fall by themselves from day to day.
func (c *checker) priceKinds(keys, names []string) []catalog.PriceKind {
	all := []catalog.PriceKind{catalog.PriceList, catalog.PriceContract}
	if names == nil {
		return all
	}
	var kinds []catalog.PriceKind
	for _, name := range names {
		if !slices.Contains(all, catalog.PriceKind(name)) {
			c.fail(keys, "want list, contract or both, got %q", name)
		}
		kinds = append(kinds, catalog.PriceKind(name))
	}
	if len(kinds) == 0 {
		c.fail(keys, "names no kind; want list, contract or both")
	}
	return kinds
}

func weekdays() []string {
	return []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
}

// digest is when the messages of a rule are put together.
func (c *checker) digest(keys []string, node *ruleNode) schedule.Schedule {
	at := func(field string) []string { return slices.Concat(keys, []string{field}) }
	if node.Digest == "" {
		if node.At != "" || node.Weekday != "" || node.Timezone != "" {
			c.fail(keys, "at, weekday and timezone are about a digest; set digest: daily or weekly")
		}
		return schedule.Schedule{}
	}
	zone, weekday := c.reports, ""
	if node.Timezone != "" {
		zone = c.location(at("timezone"), node.Timezone)
	}
	switch node.Digest {
	case "daily":
		if node.Weekday != "" {
			c.fail(at("weekday"), "is about digest: weekly")
		}
	case "weekly":
		weekday = c.weekday(at("weekday"), node.Weekday)
	default:
		c.fail(at("digest"), "want daily or weekly, got %q", node.Digest)
	}
	text := node.At
	if text == "" {
		text = defaultDigestTime
	}
	clock, err := time.Parse("15:04", text)
	if err != nil {
		c.fail(at("at"), "want a time of day such as \"09:00\", got %q", text)
	}
	times, err := schedule.Parse(digestExpression(clock, weekday), zone)
	if err != nil {
		c.fail(at("digest"), "%v", err)
	}
	return times
}

// weekday is its number in a cron expression; Monday if none is named.
func (c *checker) weekday(keys []string, name string) string {
	if name == "" {
		return "1"
	}
	day := slices.Index(weekdays(), strings.ToLower(name))
	if day < 0 {
		c.fail(keys, "want a day such as monday, got %q", name)
		return "1"
	}
	return strconv.Itoa(day)
}
