package record

import (
	"bytes"
	"encoding/json"
	"fmt"

	"syncer/catalog"
)

// SettingsJSON are the settings by which a list is read, as they are kept.
func SettingsJSON(list catalog.List) (json.RawMessage, error) {
	if list.Settings == nil {
		return json.RawMessage("{}"), nil
	}
	text, err := json.Marshal(list.Settings)
	if err != nil {
		return nil, fmt.Errorf("%s: settings: %w", list.ID, err)
	}
	return text, nil
}

// SameSettings reports that two texts of settings say the same.
func SameSettings(a, b json.RawMessage) bool {
	x, errX := catalog.CanonicalAttributes(a)
	y, errY := catalog.CanonicalAttributes(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
