package config

import (
	"slices"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// everyOption are the options of every provider: the rows asked for at once, and
// that a provider may be at a private address.
func everyOption() []string { return []string{"page_size", "private_network"} }

// hoist takes the providers' own settings (billing_url, regions...), which may
// stand beside base_url, out of the sources of a document, so that whatever
// is left is known to the structs or an error. It answers by source and name.
func hoist(root ast.Node, providers []Provider) (map[string]map[string]any, error) {
	all := make(map[string]map[string]any)
	sources := child(root, "sources")
	if sources == nil {
		return all, nil
	}
	known := optionNames(providers)
	mapping, _ := sources.Value.(*ast.MappingNode)
	if mapping == nil {
		return all, nil
	}
	for _, source := range mapping.Values {
		settings, err := taken(source.Value, known)
		if err != nil {
			return nil, err
		}
		all[source.Key.GetToken().Value] = settings
	}
	return all, nil
}

// optionNames are the names of all providers' own settings.
func optionNames(providers []Provider) []string {
	names := everyOption()
	for _, provider := range providers {
		names = append(names, provider.Options...)
	}
	return names
}

// switchedOff reports whether a group of settings is written as off, and takes it
// out of the document then.
func switchedOff(root ast.Node, name string) bool {
	group := child(root, name)
	if group == nil || group.Value.GetToken().Value != "off" {
		return false
	}
	if mapping, is := root.(*ast.MappingNode); is {
		mapping.Values = slices.DeleteFunc(mapping.Values, func(pair *ast.MappingValueNode) bool { return pair == group })
	} else {
		group.Value = ast.Null(group.Value.GetToken())
	}
	return true
}

// taken removes the named settings from a mapping and returns their values.
func taken(node ast.Node, names []string) (map[string]any, error) {
	settings := make(map[string]any)
	mapping, _ := node.(*ast.MappingNode)
	if mapping == nil {
		return settings, nil
	}
	var left []*ast.MappingValueNode
	for _, pair := range mapping.Values {
		name := pair.Key.GetToken().Value
		if !slices.Contains(names, name) {
			left = append(left, pair)
			continue
		}
		var value any
		if err := yaml.NodeToValue(pair.Value, &value); err != nil {
			return nil, err
		}
		settings[name] = value
	}
	mapping.Values = left
	return settings, nil
}
