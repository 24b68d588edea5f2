package web

// UnknownWord reports a word within the value that no document lists, where
// one text holds several: cn-north-7a(sellout),cn-north-7b(mothballed).
func (v Value) UnknownWord(word string) { v.doc.report("word", v.pattern, clip(word, 60)) }
