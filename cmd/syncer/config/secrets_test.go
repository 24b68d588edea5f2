package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func environment(values map[string]string) Lookup {
	return func(name string) (string, bool) {
		value, found := values[name]
		return value, found
	}
}

func iwinv(files map[string]string) Source {
	return Source{Name: "iwinv-kr", Provider: providers()[0], files: files}
}

func TestCredentialsComeFromFilesAndEnvironment(t *testing.T) {
	source := iwinv(map[string]string{
		"access_key": secretFile(t, "from-file\n", 0o600), "secret_key": secretFile(t, "sk", 0o400),
	})
	opened, err := source.Open(environment(map[string]string{"SYNCER_IWINV_KR_ACCESS_KEY": "from-environment"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := opened.Credentials["access_key"].Reveal(); got != "from-environment" {
		t.Errorf("access_key: got %q", got)
	}
	if got := opened.Credentials["secret_key"].Reveal(); got != "sk" {
		t.Errorf("secret_key: got %q", got)
	}
}

func TestOneCompleteSetOfCredentialsIsEnough(t *testing.T) {
	source := Source{Name: "lab", Provider: providers()[1]}
	if _, err := source.Open(environment(map[string]string{"SYNCER_LAB_ACCESS_KEY_ID": "a", "SYNCER_LAB_ACCESS_KEY_SECRET": "b"})); err != nil {
		t.Error(err)
	}
	_, err := source.Open(environment(map[string]string{"SYNCER_LAB_ACCOUNT": "a", "SYNCER_LAB_ACCESS_KEY_SECRET": "b"}))
	want := "source lab: no credentials: want account and password, or access_key_id and access_key_secret; " +
		"name files under credentials (account_file: PATH) or set SYNCER_LAB_ACCOUNT"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestDoubtfulSecretFilesAreRefused(t *testing.T) {
	for name, test := range map[string]struct{ path, want string }{
		"group":       {secretFile(t, "hunter2", 0o640), "others can read it (mode 0640); run: chmod 600"},
		"others":      {secretFile(t, "hunter2", 0o604), "others can read it (mode 0604)"},
		"empty":       {secretFile(t, " \n", 0o600), "is empty"},
		"placeholder": {secretFile(t, Placeholder+"\n", 0o600), "still holds the placeholder"},
		"two lines":   {secretFile(t, "hunter2\nhunter3", 0o600), "want one line"},
		"large":       {secretFile(t, strings.Repeat("hunter2", 10_000), 0o600), "want a small file"},
		"folder":      {t.TempDir(), "want a small file"},
		"absent":      {filepath.Join(t.TempDir(), "none"), "no such file"},
		"no systemd":  {"$CREDENTIALS_DIRECTORY/ak", "CREDENTIALS_DIRECTORY is not set"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := iwinv(map[string]string{"access_key": test.path}).Open(environment(nil))
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "source iwinv-kr: access_key") {
				t.Fatalf("got %v, want %q", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter") {
				t.Errorf("shows the secret: %v", err)
			}
		})
	}
}

// TestSecretMayBeForTheGroup hands files to the process's own group, and to
// another: root, who runs the tests in CI, may give a file to anybody.
func TestSecretMayBeForTheGroup(t *testing.T) {
	us, ours := os.Geteuid(), os.Getegid()
	for name, test := range map[string]struct {
		mode     os.FileMode
		uid, gid int
		accepted bool
	}{
		"read only, our group":                 {0o440, us, ours, true},
		"the group alone":                      {0o040, us + 1, ours, true},
		"another owner writes, our group":      {0o640, us + 1, ours, true},
		"read only, another owner, our group":  {0o440, us + 1, ours, true},
		"written by us, whose group may read":  {0o640, us, ours, false},
		"another group":                        {0o440, us, ours + 1, false},
		"our group writes":                     {0o460, us, ours, false},
		"our group executes":                   {0o450, us, ours, false},
		"our group, and others read":           {0o444, us, ours, false},
		"our group, and others write":          {0o442, us, ours, false},
		"another owner, our group, and others": {0o644, us + 1, ours, false},
	} {
		path := secretFile(t, "hunter2", 0o600)
		if err := os.Chown(path, test.uid, test.gid); err != nil {
			if us == 0 {
				t.Fatal(err)
			}
			continue // nobody but root can make such a file
		}
		if err := os.Chmod(path, test.mode); err != nil {
			t.Fatal(err)
		}
		secret, err := readSecret(path, environment(nil))
		switch {
		case test.accepted && errors.Is(err, fs.ErrPermission): // not root
		case test.accepted && (err != nil || secret.Reveal() != "hunter2"):
			t.Errorf("%s: refused: %v", name, err)
		case !test.accepted && (err == nil || !strings.Contains(err.Error(), "others can read it")):
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSystemdCredentialsMayShowTheGroupsBits(t *testing.T) {
	path := secretFile(t, "ak", 0o440)
	secret, err := readSecret("$CREDENTIALS_DIRECTORY/secret", environment(map[string]string{"CREDENTIALS_DIRECTORY": filepath.Dir(path)}))
	if err != nil || secret.Reveal() != "ak" {
		t.Errorf("got %q, %v", secret.Reveal(), err)
	}
}

func TestDatabaseURL(t *testing.T) {
	set := environment(map[string]string{"DATABASE_URL": "postgres://environment"})
	for name, test := range map[string]struct {
		database Database
		lookup   Lookup
		want     string
		err      error
	}{
		"embedded":    {Database{Embedded: "/data"}, set, "", nil},
		"url":         {Database{url: "postgres://me@db"}, set, "postgres://me@db", nil},
		"file":        {Database{urlFile: secretFile(t, "postgres://me:pw@db\n", 0o600)}, set, "postgres://me:pw@db", nil},
		"environment": {Database{}, set, "postgres://environment", nil},
		"none":        {Database{}, environment(nil), "", ErrNoDatabase},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := test.database.URL(test.lookup)
			if got.Reveal() != test.want || !errors.Is(err, test.err) {
				t.Errorf("got %q, %v; want %q, %v", got.Reveal(), err, test.want, test.err)
			}
		})
	}
}
