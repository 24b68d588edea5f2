package web

import (
	"maps"
	"slices"

	"syncer/catalog"
)

// Object is a JSON object of which every field is either asked for or, at
// Done, reported as unknown.
type Object struct {
	at     Value
	fields map[string]any
	asked  *[]string
}

// Object returns an object. Its absence fails the document, as does another type.
func (v Value) Object() Object {
	fields, ok := v.value.(map[string]any)
	if !ok {
		v.want("an object")
	}
	return Object{at: v, fields: fields, asked: new([]string)}
}

// Map returns an object that may be written [], as PHP writes an empty one.
func (v Value) Map() Object {
	if list, isList := v.value.([]any); isList && len(list) == 0 {
		return Object{at: v, asked: new([]string)}
	}
	return v.Object()
}

// Get returns a field, which counts as asked for. It may be absent.
func (o Object) Get(name string) Value {
	*o.asked = append(*o.asked, name)
	value, present := o.fields[name]
	return Value{doc: o.at.doc, value: value, present: present, at: o.at.doc.newPath(o.at.at, name, 0)}
}

// Names returns the names of all fields, sorted.
func (o Object) Names() []string { return slices.Sorted(maps.Keys(o.fields)) }

// Ignore marks fields as asked for: they are known and mean nothing here.
func (o Object) Ignore(names ...string) {
	*o.asked = append(*o.asked, names...)
}

// Keep puts the raw values of known fields into attributes; null is the same
// as absent.
func (o Object) Keep(attributes map[string]any, names ...string) {
	for _, name := range names {
		Keep(attributes, name, o.Get(name).Raw())
	}
}

// Keep puts a value into attributes unless there is none.
func Keep(attributes map[string]any, name string, value any) {
	if value != nil {
		attributes[name] = value
	}
}

// Done reports every field that nobody asked for.
func (o Object) Done() {
	asked := *o.asked
	var unknown []string
	for name := range o.fields {
		if !slices.Contains(asked, name) { // a dozen names: a map would cost more
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		value := o.Get(name)
		value.doc.report("field", value.at.pattern(), value.describe())
	}
}

// Attributes returns values as the canonical attributes of the object's entry.
func (o Object) Attributes(values map[string]any) catalog.Attributes {
	attributes, err := catalog.NewAttributes(values)
	if err != nil {
		o.at.Fail("%v", err)
	}
	return attributes
}
