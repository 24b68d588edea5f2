package catalog

import (
	"crypto/x509"
	"log/slog"
	"time"
)

// Secret is a text that must not be seen. Every way of printing it, with fmt,
// slog or JSON, shows "[redacted]"; only Reveal returns it.
type Secret struct{ text string }

// NewSecret wraps a text.
func NewSecret(text string) Secret { return Secret{text: text} }

const redacted = "[redacted]"

// Reveal returns the text, for the one place that signs or logs in with it.
func (s Secret) Reveal() string { return s.text }

// IsZero reports whether there is no text.
func (s Secret) IsZero() bool { return s.text == "" }

// String hides the text.
func (s Secret) String() string { return redacted }

// GoString hides the text.
func (s Secret) GoString() string { return redacted }

// MarshalText hides the text from JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// Source is one configured account or installation of a provider.
type Source struct {
	Name     string // the operator's name
	Provider string
	BaseURL  string // scheme, host and prefix, without trailing slash
	// Credentials by the configuration's field name: access_key, secret_key,
	// account, password...
	Credentials map[string]Secret
	// Options are the provider's further settings by name (regions, ...).
	Options map[string]string
	// Lists are the names of the configured lists, for a provider that does
	// not know them itself.
	Lists []string
	// Location is the zone of the provider's zone-less times; never nil.
	Location *time.Location
	// InsecureHTTP allows plain http to other machines than this one.
	InsecureHTTP bool
	// Roots are the certificate authorities to trust; nil: those of the system.
	Roots *x509.CertPool
}
