// Package config reads syncer.yaml. It is strict: a field or name that is not
// known is an error with line, column and the line itself, never a setting
// that silently does nothing. Secrets do not stand in the file; it names files
// that hold them, or they come from the environment.
package config
