package config

import (
	"net/url"
	"slices"
	"strings"

	"syncer/store/postgres"
)

func (c *checker) database(node *databaseNode) Database {
	if node == nil {
		return Database{}
	}
	keys := []string{"database"}
	given := 0
	for _, value := range []string{node.URL, node.URLFile, node.Embedded} {
		if value != "" {
			given++
		}
	}
	if given > 1 || given == 0 && node.ExecMode == "" { // DATABASE_URL may stand for the address
		c.fail(keys, "want exactly one of url_file, url and embedded")
	}
	if node.URL != "" {
		c.databaseURL(append(keys, "url"), node.URL)
	}
	if node.ExecMode != "" && !slices.Contains(postgres.ExecModes(), node.ExecMode) {
		c.fail(append(keys, "exec_mode"), "want one of %s, got %q", strings.Join(postgres.ExecModes(), ", "), node.ExecMode)
	}
	return Database{url: node.URL, urlFile: c.file(node.URLFile), Embedded: c.file(node.Embedded), ExecMode: node.ExecMode}
}

// databaseURL never repeats the text: it may hold a password.
func (c *checker) databaseURL(keys []string, text string) {
	address, err := url.Parse(text)
	if err != nil || !slices.Contains([]string{"postgres", "postgresql"}, address.Scheme) {
		c.fail(keys, "want an address such as postgres://user@host/database")
		return
	}
	_, hasPassword := address.User.Password()
	for name := range address.Query() {
		hasPassword = hasPassword || strings.Contains(strings.ToLower(name), "password")
	}
	if hasPassword {
		c.fail(keys, "holds a password; put the whole address into a file that only you can read and name it in url_file, or set DATABASE_URL")
	}
}
